"""Tell what one call or chat contributes to windows and states, for the independent recount.

Guarantee: volume is counted once per case, waits and handling once per leg.
Source: METRICS.md *Windows*, *Service level*, *Edge rules: States, Calls and chats*.
Worked number: offered at sales 10:00:00, at tech 10:04:12, wrap-up of tech ends 10:07:32: one request at
sales, two offers, resolution of 452 s at tech.
Cost: about 20 µs a call.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregators.recount_calendar import elapsed
from aggregators.recount_events import Event
from aggregators.recount_facts import Arrival, Facts, Observation, Place, Snapshot, Wait, within
from aggregators.recount_settings import Settings
from aggregators.recount_timeline import Timeline
from aggregators.recount_visits import Visit, leg_of, visits_of


def contact_snapshot(timeline: Timeline) -> Snapshot:
    """Return the state of a call or chat after its timeline; valid until its next event."""
    visits, queues = visits_of(timeline)
    places = places_of(timeline, visits, queues)
    last_moment = timeline.events[-1].time
    # Rule — "A case with two legs counts once: `awaiting_reply` if any leg waits, else `in_progress`."
    # Rule — "Two legs waiting: the one that has waited longest gives queue and age; two in progress: the last
    # answered."
    waiting = [visit for visit in visits if visit.outcome is None]
    if waiting:
        oldest = min(waiting, key=lambda visit: (visit.start, visit.position))
        place = Place(timeline.topic, timeline.channel, oldest.queue)
        return Snapshot(place, "awaiting_reply", oldest.start, (), places, last_moment)
    talking = [visit for visit in visits if visit.is_talking]
    if talking:
        newest = max(talking, key=_answer_order)
        place = Place(timeline.topic, timeline.channel, newest.queue)
        return Snapshot(place, "in_progress", None, (), places, last_moment)
    return Snapshot(
        Place(timeline.topic, timeline.channel, queues[-1]), places=places, last_moment=last_moment
    )


def contact_facts(timeline: Timeline, settings: Settings) -> Facts:
    """Return what a call or chat contributes to windows."""
    visits, queues = visits_of(timeline)
    facts = Facts(places=set(places_of(timeline, visits, queues)))
    moments = tuple(event.time for event in timeline.events)
    for visit in visits:
        place = Place(timeline.topic, timeline.channel, visit.queue)
        level = settings.service_level(*place)
        facts.waits.append(Wait(place, visit.start, visit.end, level.threshold, moments))
        facts.observations += _wait_observations(visit, place, settings)
        facts.observations += _handling_observations(visit, place)
    answered = [visit for visit in visits if visit.outcome == "answered"]
    # Rule — "assigned: first assignment of a case (calls and chats: its first answer)"
    first_answer = min(answered, key=_answer_order, default=None)
    answer_moment = None
    if first_answer is not None and first_answer.end is not None:
        answer_moment = first_answer.end
        place = Place(timeline.topic, timeline.channel, first_answer.queue)
        facts.observations.append(Observation(answer_moment, place, "assigned"))
    arrival = _arrival(timeline, visits, queues)
    if arrival is not None:
        moment, queue = arrival
        place = Place(timeline.topic, timeline.channel, queue)
        facts.observations.append(Observation(moment, place, "requests"))
        # Rule — "abandoned and exited contacts count [as unanswered]"
        facts.arrivals.append(Arrival(moment, place, answer_moment))
    if timeline.topic == "calls":
        facts.observations += _blocked(timeline, queues)
        resolution = _call_resolution(visits)
    else:
        facts.observations += _first_response(timeline, visits, queues, settings)
        resolution = _chat_resolution(timeline.events, visits, queues)
    if resolution is not None:
        facts.observations += _resolution_observations(timeline, resolution, settings)
    return facts


def places_of(timeline: Timeline, visits: Sequence[Visit], queues: Sequence[str]) -> frozenset[Place]:
    """Return every place the case has been seen at."""
    seen = {visit.queue for visit in visits} | set(queues)
    return frozenset(Place(timeline.topic, timeline.channel, queue) for queue in seen)


def _answer_order(visit: Visit) -> tuple[int, int]:
    return visit.end or 0, visit.end_position or 0


def _wait_observations(visit: Visit, place: Place, settings: Settings) -> list[Observation]:
    level = settings.service_level(*place)
    found = [Observation(visit.start, place, "offered")]
    found += [Observation(moment, place, "ring_no_answer") for moment in visit.rings]
    if visit.transferred is not None:
        found.append(Observation(visit.transferred, place, "transferred"))
    if visit.outcome is None or visit.end is None:
        return found
    wait = visit.end - visit.start
    found.append(Observation(visit.end, place, visit.outcome))
    # A = answered, B = abandoned, F = exited; "A_T = answered with wait ≤ T", and so on.
    found.append(Observation(visit.end, place, "part", visit.outcome))
    if within(wait, level):
        found.append(Observation(visit.end, place, "part", f"{visit.outcome}_within"))
    if visit.outcome == "answered":
        found.append(Observation(visit.end, place, "answer", value=wait))
    if visit.outcome == "abandoned":
        found.append(Observation(visit.end, place, "abandon", value=wait))
        # Rule — "B_S = abandoned with wait < S (short)"
        if wait < level.short_abandon:
            found.append(Observation(visit.end, place, "short_abandoned"))
            found.append(Observation(visit.end, place, "part", "abandoned_short"))
    # Rule — "[wait:] the same over answered and abandoned legs"
    if visit.outcome != "exited":
        found.append(Observation(visit.end, place, "wait", value=wait))
    return found


def _handling_observations(visit: Visit, place: Place) -> list[Observation]:
    if visit.end is None or visit.talk_end is None or visit.wrapup_end is None:
        return []
    # Rule — "talk + hold + wrap-up of a leg, at wrap-up end …; queue wait is never in it"
    # Rule — "Mean hold is over all handled legs, zeros included."
    durations = {
        "handle": visit.wrapup_end - visit.end,
        "talk": visit.talk_end - visit.end - visit.hold,
        "hold": visit.hold,
        "wrapup": visit.wrapup_end - visit.talk_end,
    }
    found = [
        Observation(visit.wrapup_end, place, measure, value=value) for measure, value in durations.items()
    ]
    return [*found, Observation(visit.wrapup_end, place, "handled")]


def _arrival(timeline: Timeline, visits: Sequence[Visit], queues: Sequence[str]) -> tuple[int, str] | None:
    """Return moment and queue at which the case arrived."""
    # Rule — "The first start … of a chat stand[s]": a chat arrives when it starts, even with a bot.
    for event, queue in zip(timeline.events, queues, strict=True):
        if event.type == "chat.started":
            return event.time, queue
    # Rule — "The first offer seen is the arrival, whatever its `via`."
    return (visits[0].start, visits[0].queue) if visits else None


def _blocked(timeline: Timeline, queues: Sequence[str]) -> list[Observation]:
    # Rule — "Each `call.blocked` counts."
    return [
        Observation(
            event.time, Place(timeline.topic, timeline.channel, queue), "blocked", event.text("reason") or ""
        )
        for event, queue in zip(timeline.events, queues, strict=True)
        if event.type == "call.blocked"
    ]


def _call_resolution(visits: Sequence[Visit]) -> tuple[int, int, str] | None:
    """Return start, end and queue of the call's resolution."""
    # Rule — "Resolution of a call: at the wrap-up end of the leg offered last; none if that leg was not
    # answered."
    if not visits or visits[-1].wrapup_end is None:
        return None
    return visits[0].start, visits[-1].wrapup_end, visits[-1].queue


def _chat_resolution(
    events: Sequence[Event], visits: Sequence[Visit], queues: Sequence[str]
) -> tuple[int, int, str] | None:
    """Return start, end and queue of the chat's resolution."""
    # Rule — "The first start and end of a chat stand; no resolution without a start or without acceptance."
    start = next((event.time for event in events if event.type == "chat.started"), None)
    end = next((position for position, event in enumerate(events) if event.type == "chat.ended"), None)
    if start is None or end is None:
        return None
    if not any(visit.outcome == "answered" and (visit.end_position or 0) < end for visit in visits):
        return None
    return start, max(start, events[end].time), queues[end]


def _first_response(
    timeline: Timeline, visits: Sequence[Visit], queues: Sequence[str], settings: Settings
) -> list[Observation]:
    started = next((event for event in timeline.events if event.type == "chat.started"), None)
    # Rule — "A chat started by an agent has no first response"
    if not visits or (started is not None and started.fields["author"] == "agent"):
        return []
    # Rule — "chats: `chat.queued` (else started) → first agent message. One per case"
    waiting = visits[0]
    abandons = {visit.leg: visit.end_position for visit in visits if visit.outcome == "abandoned"}
    for position, event in enumerate(timeline.events):
        # Rule — "An agent message before any wait is no first response."
        if position < waiting.position or event.type != "chat.message" or event.fields["author"] != "agent":
            continue
        # Rule — "anything after an abandon [is] ignored"
        abandon = abandons.get(leg_of(event))
        if abandon is not None and abandon < position:
            continue
        place = Place(timeline.topic, timeline.channel, queues[position])
        business = elapsed(settings.calendar(place.queue), waiting.start, event.time)
        return [
            Observation(event.time, place, "first_response", value=event.time - waiting.start),
            Observation(event.time, place, "first_response_business", value=business),
        ]
    return []


def _resolution_observations(
    timeline: Timeline, resolution: tuple[int, int, str], settings: Settings
) -> list[Observation]:
    start, end, queue = resolution
    place = Place(timeline.topic, timeline.channel, queue)
    # Rule — "resolved: … (calls and chats: where their resolution is observed); resolved_cases: each case
    # once"
    return [
        Observation(end, place, "resolution", value=end - start),
        Observation(end, place, "resolution_business", value=elapsed(settings.calendar(queue), start, end)),
        Observation(end, place, "resolved"),
        Observation(end, place, "resolved_cases"),
    ]
