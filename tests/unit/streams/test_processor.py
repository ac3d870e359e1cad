"""The facade without a broker: it stays up, says why, and ends when it is told to."""

import asyncio
import gc
from typing import Any

import pytest

from streams import processor as module
from streams.changelog import StateMismatch
from streams.processor import GARBAGE_THRESHOLDS, Processor
from testbed.counting_core import counting_engine
from testbed.counting_processor import processor_settings


def new_processor() -> Processor:
    """Return a processor of a broker that nobody reaches."""
    return Processor(processor_settings("127.0.0.1:1", "calls", "calls"), engine=counting_engine())


def test_before_it_runs_there_is_nothing_and_it_says_so() -> None:
    """Readers need no special case."""
    processor = new_processor()
    assert processor.ledgers == {}
    assert processor.partitions == []
    assert processor.partition_counts == {}
    assert processor.trouble == "starting"


async def test_without_a_broker_it_tries_again_and_can_be_stopped() -> None:
    """The reason is stated; the end is clean."""
    processor = new_processor()
    running = asyncio.create_task(processor.run())
    async with asyncio.timeout(20):
        while processor.statistics.app_failures < 2:  # noqa: ASYNC110  # polls what has no event, with a deadline
            await asyncio.sleep(0.01)
        assert processor.trouble is not None
        assert "127.0.0.1:1" in processor.trouble
        assert gc.get_threshold() == GARBAGE_THRESHOLDS
        processor.stop()
        await running
    assert gc.get_threshold() != GARBAGE_THRESHOLDS


async def test_what_trying_again_cannot_help_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator has to decide."""

    async def mismatched(*_: Any, **__: Any) -> None:
        raise StateMismatch("another number of partitions")

    monkeypatch.setattr(module, "prepare_topics", mismatched)
    with pytest.raises(StateMismatch, match="another number"):
        await new_processor().run()
