"""The Faust table: one ledger per partition, and no other store by accident."""

from typing import Any

import pytest
from faust.types import TP

from streams.faust_private import BatchApp, UnrecoveredTables
from streams.partition_table import LedgerStore, LedgerTable
from streams.wire_names import STORE_SCHEME


@pytest.fixture
async def table() -> Any:
    """Give a table of an app that was not started."""
    app = BatchApp("test", store=f"{STORE_SCHEME}://", autodiscover=False, TableManager=UnrecoveredTables)
    taken: list[set[int]] = []
    made = LedgerTable(
        app,
        name="test-calls",
        source="support.calls",
        changelog=app.topic("test-calls-changelog", internal=True, acks=False),
        take=taken.append,
    )
    app.tables.add(made)
    return made, taken


async def test_the_store_is_the_one_with_a_ledger_per_partition(table: Any) -> None:
    """A falsy store URL would silently give Faust's own."""
    made, _ = table
    assert isinstance(made.data, LedgerStore)
    made.ledgers[3] = ledger = object()
    assert made[3] is ledger
    assert (3 in made, 4 in made, len(made), list(made)) == (True, False, 1, [3])


async def test_a_rebalance_takes_the_partitions_of_the_source_topic(table: Any) -> None:
    """Kept ones too, because all are given up before a rebalance."""
    made, taken = table
    assigned = {TP("support.calls", 0), TP("support.calls", 2), TP("support.chats", 1)}
    await made.on_rebalance(assigned, set(), set(), 1)
    assert taken == [{0, 2}]


async def test_writing_through_the_mapping_is_refused(table: Any) -> None:
    """It would reach no changelog."""
    made, _ = table
    with pytest.raises(TypeError, match="checkpoints"):
        made[1] = object()
    made.ledgers[1] = object()
    with pytest.raises(TypeError, match="checkpoints"):
        del made[1]


async def test_nothing_is_persisted_on_disk_and_faust_recovers_nothing(table: Any) -> None:
    """Its recovery finds neither an offset nor a record."""
    made, _ = table
    assert made.persisted_offset(TP("test-calls-changelog", 0)) is None
    made.apply_changelog_batch([])
    made.ledgers[1] = object()
    made.reset_state()
    assert made.ledgers == {}
