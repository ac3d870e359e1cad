"""From checkpoints back to a ledger."""

from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration
from tests.building import at, call, configured


def test_a_restored_ledger_stands_where_the_last_checkpoint_was() -> None:
    """With the same cases, rows and states."""
    ledger = PartitionLedger("calls", configured())
    restoration = Restoration("calls", configured())
    batches = ([call("offered", "10:00", queue="q")], [call("answered", "10:01"), call("ended", "10:05")])
    position = 0
    for batch in batches:
        position += len(batch)
        ledger.fold(batch, position)
        draft = ledger.draft_checkpoint(0)
        restoration.add(draft.chunks, draft.to_position)
    for _ in restoration.steps():
        pass
    found = restoration.ledger
    assert (found.position, found.watermark, found.step) == (3, ledger.watermark, ledger.step)
    now, end = at("10:05:01"), at("10:05:10")
    assert found.moment(now, end) == ledger.moment(now, end)


def test_restoring_nothing_gives_an_empty_ledger_at_the_position() -> None:
    """A checkpoint of refused records only has no cases."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([], 9)
    draft = ledger.draft_checkpoint(0)
    restoration = Restoration("calls", configured())
    restoration.add(draft.chunks, draft.to_position)
    assert list(restoration.steps()) == []
    assert (restoration.ledger.position, len(restoration.ledger.cases)) == (9, 0)


def test_totals_start_anew_with_the_process() -> None:
    """What was counted before the restart is not counted again."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00", queue="q")], 1)
    draft = ledger.draft_checkpoint(0)
    restoration = Restoration("calls", configured())
    restoration.add(draft.chunks, draft.to_position)
    list(restoration.steps())
    assert ledger.totals.sums()
    assert not restoration.ledger.totals.sums()
