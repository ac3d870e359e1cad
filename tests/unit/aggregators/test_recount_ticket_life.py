"""What the recount notes on its walk through a ticket."""

import json
from typing import Any

from aggregators.recount_calendar import NEVER
from aggregators.recount_events import Event, decode
from aggregators.recount_ticket_life import TicketLife, live
from aggregators.recount_timeline import timeline_of

START = 1_772_445_600_000  # 2026-03-02T10:00:00Z


def life_of(*parts: str) -> TicketLife:
    """Return the life of a ticket told in parts like `5 status to=open`: second, type, fields."""
    events = []
    for number, part in enumerate(parts):
        second, kind, *words = part.split()
        data: dict[str, Any] = dict(word.split("=") for word in words)
        attributes = {
            "specversion": "1.0",
            "source": "/s",
            "subject": "t",
            "type": f"ticket.{kind}",
            "data": data,
        }
        time = f"2026-03-02T10:00:{int(second):02d}Z"
        event = decode(json.dumps({**attributes, "id": f"e{number}", "time": time}))
        assert isinstance(event, Event)
        events.append(event)
    return live(timeline_of("tickets", events))


def test_pending_pauses_until_another_status_or_a_customer_message() -> None:
    """An open pause ends never; pending twice in a row is one pause."""
    assert life_of("0 created", "5 status to=pending", "6 status to=pending").pauses == [
        (START + 5000, NEVER)
    ]
    ended = life_of("0 created", "5 status to=pending", "9 message author=customer", "11 status to=open")
    assert ended.pauses == [(START + 5000, START + 9000)]


def test_a_priority_is_set_by_the_creation_and_changed_by_its_own_event_only() -> None:
    """The assignment's priority is ignored."""
    steps = life_of("0 created priority=high", "1 assigned priority=low", "2 priority priority=urgent").steps
    assert [step.priority for step in steps] == ["high", "high", "urgent"]


def test_nothing_after_a_merge_is_noted_but_a_deletion() -> None:
    """The created, the solving and the priority are ignored; deletion beats a merge."""
    life = life_of(
        "0 merged into=x", "1 created", "2 status to=solved", "3 priority priority=low", "4 deleted"
    )
    assert (life.merged, life.created, life.solvings, life.priority, life.deleted) == (
        0,
        None,
        [],
        "normal",
        4,
    )


def test_the_wait_is_that_of_the_oldest_unanswered_message() -> None:
    """A second message does not start it anew; the answer ends it, and the next response is measured once."""
    life = life_of(
        "0 created", "1 message author=agent", "5 message author=customer", "9 message author=customer"
    )
    assert (life.waiting_since, life.next_since, life.state()) == (
        START + 5000,
        START + 5000,
        "awaiting_reply",
    )
    life = life_of(
        "0 created",
        "1 message author=agent",
        "5 message author=customer",
        "9 message author=agent",
        "10 message author=agent",
    )
    assert life.next_responses == [(START + 5000, 3)]


def test_solving_ends_a_wait_without_a_next_response() -> None:
    """The answer after the reopening answers nothing."""
    life = life_of(
        "0 created",
        "1 message author=agent",
        "2 message author=customer",
        "3 status to=solved",
        "4 status to=open",
        "5 message author=agent",
    )
    assert life.next_responses == []


def test_periods_of_a_target_are_the_times_in_which_it_is_in_force() -> None:
    """Resolution: from creation to the solving, and from the reopening on with the clock of the creation."""
    life = life_of("0 created", "5 status to=solved", "7 status to=open")
    noted = [
        (period.sla, period.origin - START, period.begin, period.end, period.is_fulfilled)
        for period in life.periods
    ]
    assert noted == [
        ("resolution", 0, 0, 1, True),
        ("first_response", 0, 0, 1, False),
        ("resolution", 0, 2, None, False),
    ]
