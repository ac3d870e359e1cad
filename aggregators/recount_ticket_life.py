"""Walk through the timeline of one ticket, for the independent recount.

Guarantee: the walk reads the events of the timeline in order, once, and notes what METRICS.md says about
each.
Source: EVENTS.md *Tickets*; METRICS.md *State now*, *Edge rules: States, Tickets, Deadlines*.
Worked number: created 9:00, agent 9:20, solved 10:00, reopened 12:00, solved 13:00: one first response, two
solvings.
Cost: a few microseconds a ticket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from aggregators.recount_calendar import NEVER
from aggregators.recount_events import Event
from aggregators.recount_timeline import Timeline, queues_of

DONE = ("solved", "closed")


class Step(NamedTuple):
    """What holds after one event; the pauses are the pending times so far, an open one ends at NEVER."""

    time: int
    queue: str
    priority: str
    pauses: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Period:
    """The time in which one target is in force: the start of its clock, the steps of its begin and end."""

    sla: str
    origin: int
    begin: int
    end: int | None = None
    is_fulfilled: bool = False


@dataclass(slots=True)
class TicketLife:
    """One ticket as far as its timeline goes; every number is a position in the timeline or milliseconds."""

    steps: list[Step] = field(default_factory=list)
    created: int | None = None
    by_customer: bool = False
    assigned: int | None = None
    merged: int | None = None
    deleted: int | None = None
    first_reply: int | None = None
    first_response: int | None = None
    next_responses: list[tuple[int, int]] = field(
        default_factory=list
    )  # (waiting since, position of the answer)
    solvings: list[int] = field(default_factory=list)
    reopenings: list[int] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    open_periods: dict[str, Period] = field(default_factory=dict)
    status: str = "new"
    priority: str = "normal"
    pauses: list[tuple[int, int]] = field(default_factory=list)
    waiting_since: int | None = None
    next_since: int | None = None  # the oldest unanswered customer message after the first reply
    is_answered: bool = False  # the last word is ours

    @property
    def is_done(self) -> bool:
        """Tell whether the ticket is solved or closed."""
        return self.status in DONE

    def state(self) -> str | None:
        """Return the one state the ticket is in, or None when it is not open."""
        if self.merged is not None or self.deleted is not None or self.is_done:
            return None
        # Rule — "Each case is in one state: an unanswered customer wins, then `on_hold`, `awaiting_customer`,
        # `in_progress`."
        if self.waiting_since is not None:
            return "awaiting_reply"
        if self.status == "on_hold":
            return "on_hold"
        # Rule — "After a public agent message an open ticket is `awaiting_customer` until a customer message,
        # a solving or a reopening. Any other open ticket (created by an agent, or reopened without a message)
        # is `in_progress`."
        if self.status == "pending" or self.is_answered:
            return "awaiting_customer"
        return "in_progress"


def live(timeline: Timeline) -> TicketLife:
    """Return the life of a ticket as its timeline tells it."""
    life = TicketLife()
    # What an event states as its queue is read from every event, whatever else of it is ignored.
    for event, queue in zip(timeline.events, queues_of(timeline.events, {}), strict=True):
        position = len(life.steps)
        # Rule — "Deletion beats a merge": it is the only thing after a merge that is not ignored.
        if event.type == "ticket.deleted" and life.deleted is None:
            life.deleted = position
        # Rule — "A merge excludes the case …; what comes later is ignored."
        if life.merged is None:
            _apply(life, event, position)
        life.steps.append(Step(event.time, queue, life.priority, tuple(life.pauses)))
    return life


def _apply(life: TicketLife, event: Event, position: int) -> None:
    match event.type:
        case "ticket.created":
            _created(life, event, position)
        case "ticket.assigned":
            # Rule — "the first one per case counts as assigned"
            if life.assigned is None:
                life.assigned = position
        case "ticket.message" if event.fields["public"]:
            _public_message(life, event, position)
        case "ticket.status":
            _status(life, event, position)
        case "ticket.priority":
            # Rule — "A priority is changed by `ticket.priority` and set by `ticket.created`; on other types
            # it is ignored."
            life.priority = event.text("priority") or ""
        case "ticket.merged":
            life.merged = position
            # Rule — "Solved or merged without a reply: the response targets end without outcome unless
            # already breached."
            for sla in list(life.open_periods):
                _close(life, sla, position, is_fulfilled=False)


def _created(life: TicketLife, event: Event, position: int) -> None:
    # Rule — "The first `created` stands."
    if life.created is not None:
        return
    life.created = position
    life.priority = event.text("priority") or ""
    # Rule — "by an agent: no customer is waiting yet"; "Created by an agent: a request, and no first response
    # is measured."
    life.by_customer = event.fields["author"] == "customer"
    if life.by_customer and life.waiting_since is None:
        life.waiting_since = event.time
    # A ticket that was solved before it was created stays so: `created` is no status, hence no reopening.
    if not life.is_done:
        _open(life, "resolution", event.time, position)
        if life.by_customer:
            _open(life, "first_response", event.time, position)


def _public_message(life: TicketLife, event: Event, position: int) -> None:
    # Rule — "a public agent message is an answer; bot, system and private ones are not"; "A private customer
    # message is ignored."
    if event.fields["author"] == "customer":
        _customer_message(life, event, position)
    elif event.fields["author"] == "agent":
        _agent_message(life, position)


def _customer_message(life: TicketLife, event: Event, position: int) -> None:
    # Rule — "Awaiting reply: from `ticket.created` by a customer, or a public customer message"
    life.is_answered = False
    if life.waiting_since is None:
        life.waiting_since = event.time
    # Rule — "`pending` → `awaiting_customer`; a customer message ends it"
    if life.status == "pending":
        life.status = "open"
        _end_pause(life, event.time)
    # Rule — "oldest unanswered customer message after the first reply → next public agent message"
    if life.first_reply is not None and life.next_since is None:
        life.next_since = event.time
        # Rule — "The next-response target for a message on a solved ticket starts at the reopening."
        if not life.is_done:
            _open(life, "next_response", event.time, position)


def _agent_message(life: TicketLife, position: int) -> None:
    life.is_answered = True
    life.waiting_since = None
    if life.next_since is not None:
        life.next_responses.append((life.next_since, position))
        life.next_since = None
        _close(life, "next_response", position, is_fulfilled=True)
    # Rule — "an agent message dated before the creation is no first response"
    if life.created is None or life.first_reply is not None:
        return
    life.first_reply = position
    # Rule — "A public agent message while the ticket is solved or closed is no first response, and the case
    # gets none later."
    if life.by_customer and not life.is_done:
        life.first_response = position
        _close(life, "first_response", position, is_fulfilled=True)


def _status(life: TicketLife, event: Event, position: int) -> None:
    before, after = life.status, event.text("to") or ""
    life.status = after
    if before == "pending" and after != "pending":
        _end_pause(life, event.time)
    if after == "pending" and before != "pending":
        life.pauses.append((event.time, NEVER))
    # Rule — "Solving = entering solved or closed from outside; solved ↔ closed is neither a solving nor a
    # reopening."
    if after in DONE and before not in DONE:
        _solved(life, position)
    # Rule — "solved/closed → anything else is a reopen"
    if before in DONE and after not in DONE:
        _reopened(life, event, position)


def _solved(life: TicketLife, position: int) -> None:
    life.solvings.append(position)
    life.is_answered = False
    # Rule — "Solving ends a wait without measuring a next response."
    life.waiting_since = None
    life.next_since = None
    # Rule — "Solved or merged without a reply: the response targets end without outcome unless already
    # breached."
    _close(life, "first_response", position, is_fulfilled=False)
    _close(life, "next_response", position, is_fulfilled=False)
    _close(life, "resolution", position, is_fulfilled=True)


def _reopened(life: TicketLife, event: Event, position: int) -> None:
    life.reopenings.append(position)
    life.is_answered = False
    # Rule — "After a reopening the resolution target resumes with the deadline from creation"
    if life.created is not None:
        _open(life, "resolution", life.steps[life.created].time, position)
    # Rule — "The next-response target for a message on a solved ticket starts at the reopening."
    if life.next_since is not None:
        _open(life, "next_response", event.time, position)


def _open(life: TicketLife, sla: str, origin: int, position: int) -> None:
    period = Period(sla, origin, position)
    life.periods.append(period)
    life.open_periods[sla] = period


def _close(life: TicketLife, sla: str, position: int, *, is_fulfilled: bool) -> None:
    period = life.open_periods.pop(sla, None)
    if period is not None:
        period.end = position
        period.is_fulfilled = is_fulfilled


def _end_pause(life: TicketLife, moment: int) -> None:
    start, _ = life.pauses[-1]
    life.pauses[-1] = (start, moment)
