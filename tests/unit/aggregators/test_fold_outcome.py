"""What became of the events of a batch."""

from aggregators.bounds import Bound
from aggregators.events import Rank
from aggregators.fold_outcome import Exceptions
from tests.building import call


def test_events_are_counted_by_type_and_what_became_of_them() -> None:
    """Of five endings one was refused, one repeated, one late; an offer was applied."""
    events = [call("ended", f"10:0{minute}") for minute in range(5)]
    offer = call("offered", "10:00", queue="q")
    outcome = Exceptions([0], [events[2]], [events[1]]).outcome([*events, offer])
    assert outcome.expired == [0]
    assert outcome.results == {
        (Rank.CALL_ENDED, "applied"): 2,
        (Rank.CALL_ENDED, "duplicate"): 1,
        (Rank.CALL_ENDED, "late"): 1,
        (Rank.CALL_OFFERED, "applied"): 1,
    }


def test_a_late_duplicate_is_a_duplicate() -> None:
    """One event delivered twice, both times late: once late, once a duplicate."""
    event = call("ended", "10:00")
    outcome = Exceptions([], [event, event], [event]).outcome([event, event])
    assert outcome.results == {(Rank.CALL_ENDED, "duplicate"): 1, (Rank.CALL_ENDED, "late"): 1}


def test_what_was_refused_at_a_bound_is_neither_applied_nor_late() -> None:
    """Its place in the batch is told."""
    kept, refused = call("ended", "10:00"), call("ended", "10:01")
    outcome = Exceptions(late=[refused], beyond=[(refused, Bound.CASE_FULL)]).outcome([kept, refused])
    assert outcome.beyond == {1: Bound.CASE_FULL}
    assert outcome.results == {(Rank.CALL_ENDED, "applied"): 1}
