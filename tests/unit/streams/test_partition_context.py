"""What stands around a source partition."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.unit.streams.partition_bench import Bench, batch, given_up, ids


@pytest.fixture
async def bench(memory_log: Any, memory_sender: Any) -> AsyncIterator[Bench]:
    """Give a partition in memory; it is given up at the end."""
    made = Bench(memory_log, memory_sender)
    async with given_up(made):
        yield made


def test_the_changelog_is_stamped_with_the_configuration(memory_log: Any, memory_sender: Any) -> None:
    """The fingerprint of a context is that of its configuration."""
    context = Bench(memory_log, memory_sender).context
    assert context.fingerprint == context.configuration.fingerprint


async def test_nothing_is_folded_while_somebody_reads_in_steps(bench: Bench) -> None:
    """A batch that comes meanwhile waits for the end of the reading and is then folded whole."""
    ledger = await bench.live()
    async with bench.context.state_lock:
        folding = asyncio.create_task(bench.partition.fold(batch(0, 5)))
        await asyncio.sleep(0.02)
        assert ledger.ids == []
    await folding
    assert ledger.ids == ids(0, 5)


async def test_a_partition_given_up_during_a_reading_folds_nothing_more(bench: Bench) -> None:
    """What waited for the reading is dropped: the next owner reads it again."""
    ledger = await bench.live()
    async with bench.context.state_lock:
        folding = asyncio.create_task(bench.partition.fold(batch(0, 5)))
        await asyncio.sleep(0.02)
        await bench.partition.give_up()
    await folding
    assert ledger.ids == []
