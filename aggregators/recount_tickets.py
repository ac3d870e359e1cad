"""Tell what one ticket contributes to windows and states, for the independent recount.

Guarantee: windows use all events of the ticket, a state those with time ≤ T.
Source: METRICS.md *Windows*, *Edge rules: Tickets, Deadlines*.
Worked number: target 1 h, created 9:00, pending 9:30–11:00, solved 11:30: resolution met exactly at its
deadline.
Cost: one deadline per moment at which something happened to the ticket.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from aggregators.recount_calendar import NEVER, deadline, elapsed, elapsed_without_pauses
from aggregators.recount_facts import Arrival, Due, Facts, Observation, Place, Snapshot
from aggregators.recount_settings import Settings
from aggregators.recount_ticket_life import Period, Step, TicketLife, live
from aggregators.recount_timeline import Timeline


class Outcome(NamedTuple):
    """A target met or breached, when and in which queue."""

    sla: str
    measure: str
    time: int
    queue: str


class Entry(NamedTuple):
    """One count or duration in milliseconds at one position of the timeline."""

    position: int
    measure: str
    label: str = ""
    value: int | None = None


def ticket_snapshot(timeline: Timeline, settings: Settings) -> Snapshot:
    """Return the ticket's state after its timeline; valid until its next event."""
    life = live(timeline)
    last = life.steps[-1]
    places = frozenset(Place("tickets", timeline.channel, step.queue) for step in life.steps)
    place = Place("tickets", timeline.channel, last.queue)
    state = life.state()
    if state is None:
        return Snapshot(place, places=places, last_moment=last.time)
    outcomes = [outcome_of(life, period, settings) for period in life.open_periods.values()]
    dues = tuple(Due(outcome.sla, outcome.time) for outcome in outcomes if outcome is not None)
    since = life.waiting_since if state == "awaiting_reply" else None
    return Snapshot(place, state, since, dues, places, last.time)


def ticket_facts(timeline: Timeline, settings: Settings) -> Facts:
    """Return what the ticket contributes to windows."""
    life = live(timeline)
    places = [Place("tickets", timeline.channel, step.queue) for step in life.steps]
    facts = Facts(places=set(places))
    facts.observations += [
        Observation(life.steps[entry.position].time, places[entry.position], *entry[1:])
        for entry in _entries(life, settings)
    ]
    # Rule — "Before `ticket.created` arrives the case is in no volume or duration, only in the states"
    if life.created is None or life.deleted is not None:
        return facts
    for outcome in sla_outcomes(life, settings):
        place = Place("tickets", timeline.channel, outcome.queue)
        facts.observations.append(Observation(outcome.time, place, outcome.measure, outcome.sla))
    # Rule — "requests that arrived in the window and had no answer by its end (tickets: no public agent
    # message and not solved; … merged and deleted cases do not [count])". An agent message dated before the
    # creation answers no request.
    if life.merged is None:
        answers = [position for position in (life.first_reply, *life.solvings[:1]) if position is not None]
        answered = min((life.steps[position].time for position in answers), default=None)
        created = life.steps[life.created].time
        facts.arrivals.append(Arrival(created, places[life.created], answered))
    return facts


def _entries(life: TicketLife, settings: Settings) -> Iterator[Entry]:
    """Yield everything that is counted at an event of the ticket."""
    if life.deleted is not None:
        # Rule — "the case is retracted: it counts nowhere but in the deleted count"; "`deleted` alone counts
        # without [created]".
        yield Entry(life.deleted, "deleted")
    elif life.created is not None:
        yield from _lasting_entries(life)
        # Rule — "A merge excludes the case from first response, resolution and their counts, retroactively"
        if life.merged is None:
            yield from _first_response_entries(life, life.steps[life.created].time, settings)
            yield from _resolution_entries(life, life.steps[life.created].time, settings)


def _lasting_entries(life: TicketLife) -> Iterator[Entry]:
    """Yield what is counted of a ticket even when it is merged later."""
    # Rule — "Created by an agent: a request"; "[a merged case's] request stays"
    # Rule — "What agents, bots and statuses did before [the creation] is counted in nothing until it arrives,
    # then at its own time"
    once = {"requests": life.created, "assigned": life.assigned, "merged": life.merged}
    yield from (Entry(position, measure) for measure, position in once.items() if position is not None)
    # Rule — "a reopening before a merge stays counted"
    yield from (Entry(position, "reopened") for position in life.reopenings)
    for since, position in life.next_responses:
        yield Entry(position, "next_response", value=life.steps[position].time - since)


def _first_response_entries(life: TicketLife, start: int, settings: Settings) -> Iterator[Entry]:
    if life.first_response is None:
        return
    position, reply = life.first_response, life.steps[life.first_response]
    yield Entry(position, "first_response", value=reply.time - start)
    # Rule — "The queue at the observation decides on calendar and target."
    business = elapsed(settings.calendar(reply.queue), start, reply.time)
    yield Entry(position, "first_response_business", value=business)
    # Rule — "Tickets: the parts `answered` and `answered_within` are first responses and those in time (by
    # the target in force at the reply)"
    yield Entry(position, "part", "answered")
    due = _due(Period("first_response", start, position), reply, settings)
    if due is not None and reply.time <= due:
        yield Entry(position, "part", "answered_within")


def _resolution_entries(life: TicketLife, start: int, settings: Settings) -> Iterator[Entry]:
    # Rule — "resolved_cases: each case once, at its first solving"
    yield from (Entry(position, "resolved_cases") for position in life.solvings[:1])
    for position in life.solvings:
        # Rule — "resolved: every solving"
        yield Entry(position, "resolved")
        # Rule — "creation → each solving"; a solving dated before the creation took no time.
        solving = life.steps[position]
        end = max(start, solving.time)
        yield Entry(position, "resolution", value=end - start)
        # Rule — "Business resolution excludes pending time only."
        calendar = settings.calendar(solving.queue)
        business = elapsed_without_pauses(calendar, (start, end), solving.pauses)
        yield Entry(position, "resolution_business", value=business)


def sla_outcomes(life: TicketLife, settings: Settings) -> list[Outcome]:
    """Return every target met or breached; one not met is breached at its deadline, even a future one."""
    outcomes = []
    is_resolution_final = False
    for period in life.periods:
        # Rule — "an outcome already counted is final and never counted twice"
        if period.sla == "resolution" and is_resolution_final:
            continue
        outcome = outcome_of(life, period, settings)
        if outcome is not None:
            is_resolution_final = is_resolution_final or period.sla == "resolution"
            outcomes.append(outcome)
    return outcomes


def outcome_of(life: TicketLife, period: Period, settings: Settings) -> Outcome | None:
    """Return the outcome of one period of a target, or None when it has none or its clock stands still."""
    steps, position = life.steps, period.begin
    while True:
        moment = steps[position].time
        # Rule — "of several changes in one millisecond the last counts": go to the last step of this
        # millisecond.
        last = position
        while last != period.end and last + 1 < len(steps) and steps[last + 1].time == moment:
            last += 1
        due = _due(period, steps[last], settings)
        if last == period.end:
            return _outcome_at_end(period, steps[last], due)
        following = steps[last + 1].time if last + 1 < len(steps) else NEVER
        if due is not None and due < NEVER:
            # Rule — "where that is already past, the breach happens at the change"
            breach = max(due, moment)
            # Rule — "Exactly at the deadline is met; an unmet target is breached from that instant; anything
            # else that happens at that very instant (pending, solving, merge, change of priority or queue)
            # comes after the breach."
            is_met_now = period.is_fulfilled and period.end is not None and steps[period.end].time == breach
            if breach < following or (breach == following and not is_met_now):
                return Outcome(period.sla, "sla_breached", breach, steps[last].queue)
        if following == NEVER:
            return None
        position = last + 1


def _outcome_at_end(period: Period, end: Step, due: int | None) -> Outcome | None:
    if due is None:
        return None
    if not period.is_fulfilled:
        # A change in the very millisecond of the end may have put the deadline into the past.
        return Outcome(period.sla, "sla_breached", end.time, end.queue) if due <= end.time else None
    # Rule — "Exactly at the deadline is met"
    return Outcome(period.sla, "sla_met" if end.time <= due else "sla_breached", end.time, end.queue)


def _due(period: Period, step: Step, settings: Settings) -> int | None:
    """Return the deadline in force after a step: the one "that would have held from the start"."""
    # Rule — "Without an `[sla.…]` section there is no target and no SLA series."
    target = settings.target(period.sla, step.queue)
    if target is None:
        return None
    calendar = settings.calendar(step.queue) if target.is_business else None
    # Rule — "[sla.resolution] … the same; the clock stops in `pending`"
    pauses = step.pauses if period.sla == "resolution" else ()
    return deadline(calendar, period.origin, target.durations[step.priority], pauses)
