"""What is written durably."""

from aggregators.checkpoint import CHUNK_BYTES, PORTION, RestoredCases
from aggregators.ledger import PartitionLedger
from tests.building import at, call, configured


def ledger_of(*events: object) -> PartitionLedger:
    """Return a ledger of calls that folded the events."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold(events, len(events))  # type: ignore[arg-type]  # built by tests.building
    return ledger


def restored(*drafts: list[bytes]) -> dict[str, int]:
    """Return how many deliveries of each case come back."""
    cases = RestoredCases("calls", configured())
    for chunks in drafts:
        cases.add(chunks)
    return {name: len(events) for name, events, _ in cases.take()}


def test_a_draft_leads_from_the_last_position_to_this_one_and_forgets_the_news() -> None:
    """The second draft is empty."""
    ledger = ledger_of(call("offered", "10:00", queue="q"), call("answered", "10:01"))
    draft = ledger.draft_checkpoint(0)
    assert (draft.from_position, draft.to_position) == (0, 2)
    assert restored(draft.chunks) == {"c1": 2}
    assert restored(ledger.draft_checkpoint(0).chunks) == {}


def test_a_slice_holds_cases_in_full_and_ends_a_cycle_when_all_were_written() -> None:
    """Three cases in slices of two: the cycle is over in the second, the third begins the next."""
    ledger = ledger_of(*(call("offered", "10:00", case=name, queue="q") for name in "abc"))
    ledger.draft_checkpoint(0)
    drafts = [ledger.draft_checkpoint(2) for _ in range(3)]
    assert [draft.cycle for draft in drafts] == [1, 1, 2]
    assert restored(drafts[0].chunks) == {"a": 1, "b": 1}
    assert restored(drafts[1].chunks) == {"c": 1}


def test_a_case_that_begins_replaces_what_was_written_of_it_before() -> None:
    """After its eviction a case of the same name starts anew."""
    first, second = (
        ledger_of(call("offered", "10:00", queue="q"), call("answered", "10:01")),
        ledger_of(call("offered", "12:00", queue="q")),
    )
    drafts = [each.draft_checkpoint(0).chunks for each in (first, second)]
    assert restored(*drafts) == {"c1": 1}


def test_the_watermark_the_step_and_the_series_of_cases_that_left_are_carried() -> None:
    """They cannot be derived from the cases that are still there: c1 left four days later."""
    ledger = ledger_of(
        call("offered", "10:00", queue="q"),
        call("abandoned", "10:01"),
        call("offered", "2026-03-06T10:00:30", case="c2", queue="r"),
    )
    cases = RestoredCases("calls", configured())
    cases.add(ledger.draft_checkpoint(0).chunks)
    assert (cases.watermark, cases.step) == (at("2026-03-06T10:00:30"), at("2026-03-06T10:00:00"))
    assert cases.gone == {("phone", "q")}


def test_a_large_draft_is_cut_into_chunks_and_a_large_case_into_portions() -> None:
    """3,500 events of one case come back whole from chunks below the message limit."""
    events = [call("offered", "10:00", queue="q")]
    events += [
        call("ring_no_answer", f"10:{n // 60:02d}:{n % 60:02d}", agent="a" * 120) for n in range(1, 3_500)
    ]
    draft = ledger_of(*events).draft_checkpoint(0)
    assert len(events) > PORTION
    assert len(draft.chunks) > 1
    assert max(map(len, draft.chunks)) < 2 * CHUNK_BYTES
    assert restored(draft.chunks) == {"c1": 3_500}
