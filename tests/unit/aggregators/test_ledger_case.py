"""Folding events into their case."""

import pytest

from aggregators import ledger_case
from aggregators.facts import Facts
from aggregators.ledger_case import Change, fold_case, fold_events, new_case
from aggregators.measures import Count
from tests.building import call, configured, counted, event

TERMS = ("calls", configured())


def folded(*events: object) -> tuple[list[Change], Facts]:
    """Fold events into one case, one by one and at once; return what each did, and the facts added."""
    first, *others = events
    facts: Facts = []
    case = new_case(first, *TERMS, facts)  # type: ignore[arg-type]  # built by tests.building
    changes = [fold_events(case, [event], TERMS, facts)[0] for event in others]  # type: ignore[list-item]  # as above
    at_once: Facts = []
    whole = new_case(first, *TERMS, at_once)  # type: ignore[arg-type]  # as above
    assert fold_events(whole, others, TERMS, at_once) == changes  # type: ignore[arg-type]  # as above
    assert balance(at_once) == balance(facts)
    return changes, facts


def balance(facts: Facts) -> dict[tuple[object, ...], int]:
    """Return what facts sum to, without what is 0."""
    sums: dict[tuple[object, ...], int] = {}
    for *what, sign in facts:
        sums[tuple(what)] = sums.get(tuple(what), 0) + sign
    return {what: amount for what, amount in sums.items() if amount}


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


def test_twins_that_come_out_of_order_in_one_batch_are_told_apart() -> None:
    """The smaller id stands, also where a greater one had come before it."""
    changes, facts = folded(
        call("offered", "10:00:00", queue="q"),
        call("answered", "10:00:30"),
        call("ring_no_answer", "10:00:10", id="b"),
        call("ring_no_answer", "10:00:10", id="c"),
        call("ring_no_answer", "10:00:10", id="a"),
        call("ended", "10:00:40", retracts="a"),
        call("ring_no_answer", "10:00:10", id="aa"),
    )
    applied, duplicate = Change.APPLIED, Change.DUPLICATE
    assert changes == [applied, applied, duplicate, applied, applied, applied]
    assert counted(facts, Count.RING_NO_ANSWER) == 1


def test_a_full_case_takes_second_deliveries_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second delivery adds no event."""
    monkeypatch.setattr(ledger_case, "MOST_EVENTS", 2)
    offered = call("offered", "10:00", id="x", queue="b")
    changes, facts = folded(
        offered,
        call("answered", "10:01"),
        call("ended", "10:02"),
        offered,
        call("offered", "10:00", id="x", queue="a"),
    )
    assert changes == [Change.APPLIED, Change.FULL, Change.REPEATED, Change.APPLIED]
    assert counted(facts, Count.ANSWERED) == 1


def test_of_an_agent_the_newer_half_is_kept_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """By event time, whatever the order of arrival; only the newest says what the agent does."""
    monkeypatch.setattr(ledger_case, "AGENT_EVENTS", 4)
    states = [
        event("agent.state", f"10:0{minute}", case="a1", state=state)
        for minute, state in ((0, "available"), (3, "break"), (1, "ringing"), (2, "wrapup"))
    ]
    case = new_case(states[0], "agents", configured(), [])
    fold_case(case, states[1:], ("agents", configured()), [])
    assert case.is_cut
    assert [each.time for each in case.deliveries] == [states[3].time, states[1].time]
    assert case.kind is not None
    assert case.kind.status().agent_state == "break"
