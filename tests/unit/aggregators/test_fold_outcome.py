"""What became of the events of a batch."""

from aggregators.events import Rank
from aggregators.fold_outcome import fold_outcome
from tests.building import call


def test_events_are_counted_by_type_and_what_became_of_them() -> None:
    """Of five endings one was refused, one repeated, one late; an offer was applied."""
    events = [call("ended", f"10:0{minute}") for minute in range(5)]
    offer = call("offered", "10:00", queue="q")
    outcome = fold_outcome([*events, offer], [0], [events[2]], [events[1]])
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
    outcome = fold_outcome([event, event], [], [event, event], [event])
    assert outcome.results == {(Rank.CALL_ENDED, "duplicate"): 1, (Rank.CALL_ENDED, "late"): 1}
