"""How the recount makes a timeline of deliveries, in whatever order they came."""

import itertools
import json
from typing import Any

from aggregators.recount_events import Event, decode
from aggregators.recount_timeline import cases_of, queues_of, timeline_of


def event(identifier: str, kind: str, second: int = 0, **data: Any) -> Event:
    """Return one accepted event of case `c`."""
    source = data.pop("source", "/s")
    decoded = decode(
        json.dumps(
            {
                "specversion": "1.0",
                "id": identifier,
                "source": source,
                "type": kind,
                "subject": "c",
                "time": f"2026-03-02T10:00:{second:02d}Z",
                "data": data,
            }
        )
    )
    assert isinstance(decoded, Event)
    return decoded


def identifiers(*events: Event) -> list[str]:
    """Return the ids of the timeline, after checking that every order of delivery gives it."""
    topic = events[0].topic
    found = {
        tuple(one.identifier for one in timeline_of(topic, order).events)
        for order in itertools.permutations(events)
    }
    assert len(found) == 1
    return list(found.pop())


def test_ties_go_by_the_rows_of_the_tables_then_by_id_then_by_source() -> None:
    """Hold before unhold, offered before both."""
    assert identifiers(
        event("a", "call.unhold"), event("b", "call.hold"), event("c", "call.offered", queue="q")
    ) == [
        "c",
        "b",
        "a",
    ]
    timeline = timeline_of(
        "calls",
        [event("b", "call.ended", leg="2"), event("a", "call.ended", source="/z"), event("a", "call.ended")],
    )
    assert [(one.identifier, one.source) for one in timeline.events] == [
        ("a", "/s"),
        ("a", "/z"),
        ("b", "/s"),
    ]


def test_of_two_deliveries_the_earlier_then_the_smaller_one_stands() -> None:
    """The same id at seconds 5 and 3: the one of second 3; at the same second the smaller canonical JSON."""
    early, late = event("a", "call.ended", 3, agent="z"), event("a", "call.ended", 5, agent="a")
    small, large = event("a", "call.ended", 3, agent="a"), event("a", "call.ended", 3, agent="b")
    for order in ([early, late], [late, early]):
        assert timeline_of("calls", order).events == (early,)
    for order in ([small, large], [large, small]):
        assert timeline_of("calls", order).events == (small,)


def test_a_retracted_event_goes_and_its_natural_duplicate_stays() -> None:
    """Retractions come before natural duplicates."""
    first, twin = event("a", "call.ended", 3), event("b", "call.ended", 3)
    assert identifiers(first, twin) == ["a"]
    assert identifiers(first, twin, event("r", "call.hold", 1, retracts="a")) == ["r", "b"]


def test_a_retraction_needs_the_same_source_and_cannot_be_retracted() -> None:
    """Another source retracts nothing; r stands although s names it."""
    target = event("a", "call.ended", 3)
    assert identifiers(target, event("r", "call.hold", source="/z", retracts="a")) == ["r", "a"]
    retraction = event("r", "call.hold", retracts="a")
    assert identifiers(target, retraction, event("s", "call.unhold", 5, retracts="r")) == ["r", "s"]


def test_duplicates_are_compared_with_defaults_filled_in() -> None:
    """A stated default equals an absent one; another leg or source does not."""
    assert identifiers(event("a", "call.ended"), event("b", "call.ended", leg="1", priority="normal")) == [
        "a"
    ]
    assert identifiers(event("a", "call.ended"), event("b", "call.ended", leg="2")) == ["a", "b"]
    assert identifiers(event("a", "call.ended"), event("b", "call.ended", source="/z")) == ["a", "b"]


def test_the_first_channel_stated_in_timeline_order_holds() -> None:
    """Else the default of the topic."""
    stated = [
        event("a", "ticket.assigned", 5, channel="web"),
        event("b", "ticket.assigned", 9, channel="sms"),
    ]
    assert timeline_of("tickets", stated).channel == "web"
    assert timeline_of("tickets", [event("a", "ticket.assigned")]).channel == "email"


def test_a_queue_is_stated_or_its_legs_or_the_last_known_or_the_first_later_one() -> None:
    """In this order, and "none" where no event states one."""
    events = [
        event("a", "call.hold", 1),
        event("b", "call.hold", 2, queue="first"),
        event("c", "call.hold", 3),
        event("d", "call.hold", 4, leg="2"),
        event("e", "call.hold", 5, leg="2", queue="stated"),
    ]
    assert queues_of(events, {"2": "of the leg"}) == ["first", "first", "first", "of the leg", "stated"]
    assert queues_of(events[:1], {}) == ["none"]


def test_topics_of_one_subject_are_different_cases() -> None:
    """A ticket and a call may have the same id."""
    cases = cases_of(
        [event("a", "ticket.assigned", 9), event("a", "call.ended"), event("b", "ticket.assigned", 3)]
    )
    assert sorted((case.topic, len(case.deliveries)) for case in cases) == [("calls", 1), ("tickets", 2)]
    ticket = next(case for case in cases if case.topic == "tickets")
    assert [one.identifier for one in ticket.timeline_until(ticket.first_moment).events] == ["b"]
