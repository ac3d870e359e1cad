"""Folding one event into its case."""

from aggregators.facts import Facts
from aggregators.ledger_case import Change, fold_into, new_case
from aggregators.measures import Count
from tests.building import call, configured, counted

TERMS = ("calls", configured())


def folded(*events: object) -> tuple[list[Change], Facts]:
    """Fold events into one case; return what each did, and the facts added."""
    first, *others = events
    facts: Facts = []
    case = new_case(first, *TERMS, facts)  # type: ignore[arg-type]  # built by tests.building
    return [fold_into(case, event, *TERMS, facts) for event in others], facts  # type: ignore[arg-type]  # as above


def test_an_event_at_the_end_is_applied() -> None:
    """It only adds facts."""
    changes, facts = folded(call("offered", "10:00", queue="q"), call("answered", "10:01"))
    assert changes == [Change.APPLIED]
    assert counted(facts, Count.ANSWERED) == 1


def test_an_event_from_the_past_replaces_what_followed() -> None:
    """Answered at 10:01, but the abandon at 10:00:30 came first: the answer is withdrawn."""
    changes, facts = folded(
        call("offered", "10:00:00", queue="q"), call("answered", "10:01:00"), call("abandoned", "10:00:30")
    )
    assert changes == [Change.APPLIED, Change.APPLIED]
    assert (counted(facts, Count.ANSWERED), counted(facts, Count.ABANDONED)) == (0, 1)


def test_a_repeated_delivery_leaves_no_trace() -> None:
    """The same id with the same content."""
    offered = call("offered", "10:00", queue="q")
    changes, facts = folded(offered, offered)
    assert changes == [Change.REPEATED]
    assert counted(facts, Count.OFFERED) == 1


def test_a_natural_duplicate_is_kept_and_counts_once() -> None:
    """If its twin is retracted, it counts."""
    twin = call("ring_no_answer", "10:00:10", id="b")
    changes, facts = folded(
        call("offered", "10:00:00", queue="q"),
        call("ring_no_answer", "10:00:10", id="a"),
        twin,
        call("answered", "10:00:20", retracts="a"),
    )
    assert changes == [Change.APPLIED, Change.DUPLICATE, Change.APPLIED]
    assert counted(facts, Count.RING_NO_ANSWER) == 1


def test_a_retraction_that_came_first_keeps_its_target_out() -> None:
    """In whatever order they arrive."""
    changes, facts = folded(
        call("offered", "10:00", queue="q"),
        call("ended", "10:02", retracts="x"),
        call("answered", "10:01", id="x"),
    )
    assert changes == [Change.APPLIED, Change.DUPLICATE]
    assert counted(facts, Count.ANSWERED) == 0


def test_of_two_contents_the_smaller_stands_whichever_came_first() -> None:
    """Queue a beats queue b."""
    a, b = call("offered", "10:00", id="x", queue="a"), call("offered", "10:00", id="x", queue="b")
    assert folded(b, a)[0] == [Change.APPLIED]
    assert folded(a, b)[0] == [Change.REPEATED]
