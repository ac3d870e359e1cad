"""Tickets: from a timeline to facts and a state.

Pure: the same timeline gives the same facts and status. Events of one millisecond are taken as one group,
because at one instant fulfilments come before breaches, and breaches before every other change.

Worked (scenario *reopen*): created 09:00, answered 09:20 (first response 1,200 s), solved 10:00 (resolution
3,600 s), message and reopening 12:00, answered 12:30 (next response 1,800 s), solved 13:00 (resolution 14,400
s, resolved twice, resolved case once).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from aggregators.case_context import CaseContext
from aggregators.configuration import Configuration, SlaName
from aggregators.events import NO_QUEUE, Event, Priority, Rank, stated_or
from aggregators.facts import (
    FIRST_RESPONSE,
    FIRST_RESPONSE_BUSINESS,
    NEXT_RESPONSE,
    RESOLUTION,
    RESOLUTION_BUSINESS,
    Fact,
    Facts,
    count,
    withdraw,
)
from aggregators.measures import Count, Series
from aggregators.parts import CaseState
from aggregators.pauses import Pauses, deadline_after, elapsed
from aggregators.status import Status, Visit
from aggregators.targets import Outcome, Target
from aggregators.ticket_events import creation_of, is_public_message, time_of

_SOLVED: Final = frozenset(("solved", "closed"))
# Looking a member of an enum up costs 0.1 µs each time; these are compared several times for every event.
_CREATED: Final = int(Rank.TICKET_CREATED)
_ASSIGNED: Final = int(Rank.TICKET_ASSIGNED)
_MESSAGE: Final = int(Rank.TICKET_MESSAGE)
_STATUS: Final = int(Rank.TICKET_STATUS)
_PRIORITY: Final = int(Rank.TICKET_PRIORITY)
_MERGED: Final = int(Rank.TICKET_MERGED)
_DELETED: Final = int(Rank.TICKET_DELETED)


class Ticket:
    """One ticket; grows at its end with `step`, else it is derived anew from the whole timeline."""

    __slots__ = (
        "answered", "arrival", "author", "configuration", "context", "counts", "created", "deleted",
        "first_solved", "is_assigned", "is_created", "is_merged", "is_next_wait", "is_replied", "last",
        "past", "pauses", "priority", "reopened", "replied_last", "retractable", "status_now", "targets",
        "waiting_since",
    )  # fmt: skip

    topic: Final = "tickets"

    def __init__(self, configuration: Configuration, timeline: Sequence[Event], facts: Facts) -> None:
        self.configuration = configuration
        self.context = CaseContext("tickets", timeline)
        created = creation_of(timeline)
        self.created: int | None = None if created is None else created.time
        self.deleted = any(event.rank == _DELETED for event in timeline)
        self.counts = created is not None and not self.deleted
        self.is_created = False
        self.author = "customer" if created is None else stated_or(created.data.author, "customer")  # type: ignore[attr-defined]  # TicketCreated by its rank
        self.priority: Priority = "normal"
        self.status_now = "open"
        self.is_assigned = self.is_merged = self.is_replied = self.first_solved = False
        self.replied_last = False
        self.reopened = 0
        self.waiting_since: int | None = None
        self.is_next_wait = False
        self.answered: int | None = None
        self.arrival: tuple[int, Series] | None = None
        self.pauses = Pauses()
        self.targets: dict[SlaName, Target] = {}
        self.past: list[Target | Outcome | None] = []
        self.retractable: list[Fact] = []
        self.last = timeline[0].time
        if self.deleted:
            self._count_deletion(timeline, facts)
        for time, group in groupby(timeline, key=time_of):
            self._instant(time, list(group), facts)

    def holds_for(self, event: Event) -> bool:
        """Say whether an event after the last one leaves what was derived so far as it is."""
        if event.rank == _DELETED:
            return False
        if event.rank == _CREATED and not self.is_created and not self.is_merged:
            return False
        return event.time > self.last and self.context.holds_for(event)

    def step(self, event: Event, facts: Facts) -> None:
        """Feed one event later than all before."""
        self._instant(event.time, [event], facts)

    def _instant(self, time: int, events: list[Event], facts: Facts) -> None:
        """Feed all events of one millisecond: fulfilments, breaches, then the changes."""
        self.last = time
        if self._has_left():
            return
        emitted: Facts = facts if self.counts else []
        for target in self.targets.values():
            deadline = target.deadline
            if deadline is not None and deadline <= time:
                target.pass_to(time, is_fulfilled=self._is_fulfilled(target.name, events))
        terms, pauses = self._terms(), self._pause_terms()
        for event in events:
            self.context.note(event)
            self._apply(event, emitted)
            if self._has_left():
                return
        is_changed = self._terms() != terms
        is_resolution_changed = is_changed or self._pause_terms() != pauses
        for target in self.targets.values():
            # A target that started within this instant may have met its terms halfway.
            is_due = is_resolution_changed if target.name == "resolution" else is_changed
            if is_due or target.start == time:
                self._settle(target, time, emitted)

    def _terms(self) -> tuple[object, ...]:
        """Return what deadlines depend on: a change of it settles them anew."""
        return (self.priority, self.context.last_queue, self.reopened)

    def _pause_terms(self) -> tuple[object, ...]:
        """Return what the deadline of a resolution depends on as well."""
        return (self.status_now == "pending", len(self.pauses))

    def _is_fulfilled(self, name: SlaName, events: list[Event]) -> bool:
        if name == "resolution":
            return any(event.rank == _STATUS and event.data.to in _SOLVED for event in events)  # type: ignore[attr-defined]  # TicketStatusChanged by its rank
        return any(is_public_message(event, "agent") for event in events)

    def _apply(self, event: Event, facts: Facts) -> None:
        rank = event.rank
        if rank == _MESSAGE:
            if is_public_message(event, "customer"):
                self._customer_wrote(event.time, facts)
            elif is_public_message(event, "agent"):
                self._agent_wrote(event.time, self._series(event), facts)
        elif rank == _STATUS:
            self._status_changed(event, facts)
        elif rank == _CREATED:
            self._was_created(event, facts)
        elif rank == _ASSIGNED:
            if not self.is_assigned:
                self.is_assigned = True
                count(facts, event.time, self._series(event), Count.ASSIGNED)
        elif rank == _PRIORITY:
            self.priority = stated_or(event.data.priority, self.priority)
        elif rank == _MERGED:
            self._was_merged(event, facts)

    def _series(self, event: Event) -> Series:
        return self.context.series(self.context.queue_of(event))

    def _was_created(self, event: Event, facts: Facts) -> None:
        """The first creation stands: the request; by a customer it starts a wait."""
        if self.is_created:
            return
        self.is_created = True
        self.priority = stated_or(event.data.priority, "normal")
        series = self._series(event)
        self.arrival = (event.time, series)
        count(facts, event.time, series, Count.REQUESTS)
        if self.answered is None:
            count(facts, event.time, series, Count.UNANSWERED)
        if self.author == "customer":
            if self.waiting_since is None:
                self.waiting_since = event.time
                self.is_next_wait = False
            self._start("first_response", event.time, facts)
        self._start("resolution", event.time, facts)
        if self._is_solved():
            for target in self.targets.values():
                target.end(facts)

    def _customer_wrote(self, time: int, facts: Facts) -> None:
        """A public customer message ends pending and starts a wait, after the first reply for another."""
        if self.status_now == "pending":
            self.pauses.end(time)
            self.status_now = "open"
        self.replied_last = False
        if self.waiting_since is None:
            self.waiting_since = time
            self.is_next_wait = self.is_replied
            if self.is_next_wait and not self._is_solved():
                self._start("next_response", time, facts)

    def _agent_wrote(self, time: int, series: Series, facts: Facts) -> None:
        """A public agent message answers whoever waits."""
        if self.is_created:
            if not self.is_replied and self.author == "customer" and not self._is_solved():
                self._first_response(time, series, facts)
            elif self.waiting_since is not None and self.is_next_wait:
                facts.append((time, series, NEXT_RESPONSE, time - self.waiting_since, 1))
                self._fulfil("next_response", time, series, facts)
            self.is_replied = True
            self._was_answered(time, facts)
        self.waiting_since = None
        self.replied_last = True

    def _first_response(self, time: int, series: Series, facts: Facts) -> None:
        created = self.created or 0
        calendar = self.configuration.calendar(series[1])
        found: Facts = [
            (time, series, FIRST_RESPONSE, time - created, 1),
            (time, series, FIRST_RESPONSE_BUSINESS, elapsed(calendar, created, time), 1),
            (time, series, int(Count.TICKET_ANSWERED), 1, 1),
        ]
        target = self.configuration.sla_target(series[1], "first_response")
        if target is not None:
            clock = calendar if target.clock == "business" else None
            deadline = deadline_after(clock, created, target.allowed[self.priority])
            if deadline is None or time <= deadline:
                found.append((time, series, int(Count.TICKET_ANSWERED_WITHIN), 1, 1))
        facts.extend(found)
        self.retractable.extend(found)
        self._fulfil("first_response", time, series, facts)

    def _was_answered(self, time: int, facts: Facts) -> None:
        """The first answer or solving takes the request out of the unanswered."""
        if self.answered is None:
            self.answered = time
            if self.arrival is not None:
                facts.append((self.arrival[0], self.arrival[1], int(Count.UNANSWERED), 1, -1))

    def _status_changed(self, event: Event, facts: Facts) -> None:
        to: str = event.data.to  # type: ignore[attr-defined]  # TicketStatusChanged by its rank
        was_solved = self._is_solved()
        if self.status_now == "pending" and to != "pending":
            self.pauses.end(event.time)
        elif to == "pending" and self.status_now != "pending":
            self.pauses.begin(event.time)
        self.status_now = to
        if to in _SOLVED:
            if not was_solved:
                self._was_solved(event, facts)
        elif was_solved:
            self._was_reopened(event, facts)

    def _was_solved(self, event: Event, facts: Facts) -> None:
        """Entering solved or closed from outside."""
        time, series = event.time, self._series(event)
        created = time if self.created is None else min(self.created, time)
        calendar = self.configuration.calendar(series[1])
        business = self.pauses.elapsed(calendar, created, time)
        found: Facts = [
            (time, series, int(Count.RESOLVED), 1, 1),
            (time, series, RESOLUTION, time - created, 1),
            (time, series, RESOLUTION_BUSINESS, business, 1),
        ]
        if not self.first_solved:
            self.first_solved = True
            found.append((time, series, int(Count.RESOLVED_CASES), 1, 1))
        facts.extend(found)
        self.retractable.extend(found)
        self._fulfil("resolution", time, series, facts)
        for target in self.targets.values():
            if target.name != "resolution":
                # A change of this millisecond may have put the deadline into the past: that breach comes
                # first.
                self._settle(target, time, facts)
            target.end(facts)
        self.waiting_since = None
        self.replied_last = False
        self._was_answered(time, facts)

    def _was_reopened(self, event: Event, facts: Facts) -> None:
        """From solved or closed to anything else: the resolution target resumes, a hidden wait shows."""
        count(facts, event.time, self._series(event), Count.REOPENED)
        self.replied_last = False
        self.reopened += 1
        resolution = self.targets.get("resolution")
        if resolution is not None:
            resolution.is_running = True
        if self.waiting_since is not None and self.is_next_wait:
            self._start("next_response", event.time, facts)

    def _was_merged(self, event: Event, facts: Facts) -> None:
        """End the case: no first response, no resolution and no unanswered request of it counts any more."""
        self.is_merged = True
        count(facts, event.time, self._series(event), Count.MERGED)
        for fact in self.retractable:
            withdraw(facts, fact)
        for target in self.targets.values():
            # The merge may itself state a queue whose deadline is past: that breach comes before the end.
            self._settle(target, event.time, facts)
            target.end(facts)
        self._was_answered(event.time, facts)
        self.answered = self.created

    def _count_deletion(self, timeline: Sequence[Event], facts: Facts) -> None:
        """A deleted case counts nowhere but here, at its first deletion."""
        for event in timeline:
            self.context.note(event)
            if event.rank == _DELETED:
                count(facts, event.time, self._series(event), Count.DELETED)
                return

    def _start(self, name: SlaName, time: int, facts: Facts) -> None:
        """Start a target; a change of terms within the same instant settles it again."""
        before = self.targets.get(name)
        if before is not None and (before.met or before.breach):
            self.past.append(before)
        self.targets[name] = Target(name, time, _turn_after(before, time))
        self._settle(self.targets[name], time, facts)

    def _fulfil(self, name: SlaName, time: int, series: Series, facts: Facts) -> None:
        """Fulfil a target under the terms of this very moment: the queue at the observation decides."""
        target = self.targets.get(name)
        if target is not None and target.is_running:
            target.is_configured = self.configuration.sla_target(series[1], name) is not None
            target.fulfil(time, self._deadline(target, series[1]), series, facts)
            target.is_running = name == "resolution"

    def _settle(self, target: Target, time: int, facts: Facts) -> None:
        """Give a target the deadline that would have held from its start under the present terms."""
        series = self.context.series(self.context.last_queue or NO_QUEUE)
        target.is_configured = self.configuration.sla_target(series[1], target.name) is not None
        target.settle(self._deadline(target, series[1]), time, series, facts)

    def _deadline(self, target: Target, queue: str) -> int | None:
        """Return the deadline in a queue, None where no target is configured or its clock stands still."""
        terms = self.configuration.sla_target(queue, target.name)
        if terms is None:
            return None
        calendar = self.configuration.calendar(queue) if terms.clock == "business" else None
        allowed = terms.allowed[self.priority]
        if target.name == "resolution":
            return self.pauses.deadline(calendar, target.start, allowed)
        return deadline_after(calendar, target.start, allowed)

    def _is_solved(self) -> bool:
        return self.status_now in _SOLVED

    def is_open(self) -> bool:
        """Say whether the case has a state now."""
        return not (self._has_left() or self._is_solved())

    def is_at_rest(self) -> bool:
        """Say whether hardly ever anything follows: after a merge, a deletion or a closing."""
        return self._has_left() or self.status_now == "closed"

    def _has_left(self) -> bool:
        return self.deleted or self.is_merged

    def visits(self) -> Sequence[Visit]:
        """Tickets wait for a reply, not in a queue."""
        return ()

    def place(self) -> Series:
        """Return the series that the ticket is in now."""
        return self.context.series(self.context.last_queue or NO_QUEUE)

    def status(self) -> Status:
        """Return the state at the end of the timeline."""
        series = self.place()
        state: CaseState | None = None
        deadlines: list[tuple[SlaName, Series, int]] = []
        if self.is_open():
            state = self._state()
            for target in self.targets.values():
                deadline = target.gauge()
                if deadline is not None and self.counts:
                    deadlines.append((target.name, series, deadline))
        return Status(
            state=state,
            series=series,
            since=self.waiting_since if state == "awaiting_reply" else None,
            last=self.last,
            deadlines=tuple(deadlines),
            arrival=self.arrival if self.counts else None,
            answered=self.answered,
        )

    def outcomes(self) -> list[Outcome]:
        """Return what is counted of every target in every cycle, those still ahead included."""
        if not self.counts:
            return []
        # What is past changes no more: it is put into words once, and only where somebody asks.
        self.past[:] = [each.stated() if isinstance(each, Target) else each for each in self.past]
        stated = [*self.past, *(target.stated() for target in self.targets.values())]
        return [each for each in stated if isinstance(each, Outcome)]

    def _state(self) -> CaseState:
        if self.waiting_since is not None:
            return "awaiting_reply"
        if self.status_now == "on_hold":
            return "on_hold"
        return "awaiting_customer" if self.status_now == "pending" or self.replied_last else "in_progress"


def _turn_after(before: Target | None, time: int) -> int:
    """Return the number of a cycle among those that began at `time`."""
    return before.turn + 1 if before is not None and before.start == time else 0
