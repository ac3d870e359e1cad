"""Walk through the queue visits (legs) of one call or chat, for the independent recount.

Guarantee: every leg is walked on its own, in timeline order, once.
Source: EVENTS.md *Calls*, *Chats*; METRICS.md *Edge rules: Calls and chats*.
Worked number: offered 10:00:00, answered :12, hold 30 s, transferred 10:04:12, wrap-up ended 10:04:32:
handled in 260 s, of which talk 210 s, hold 30 s, wrap-up 20 s.
Cost: a few microseconds a leg.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aggregators.recount_events import Event
from aggregators.recount_timeline import Timeline, queues_of

ENTRANCE = {"calls": "offered", "chats": "queued"}


@dataclass(slots=True)
class Visit:
    """One leg from its offer on; times in milliseconds, positions in the timeline."""

    leg: str
    queue: str
    position: int
    start: int
    outcome: str | None = None  # answered, abandoned or exited
    end: int | None = None  # of the wait
    end_position: int | None = None
    rings: list[int] = field(default_factory=list)
    transferred: int | None = None
    talk_end: int | None = None
    hold_since: int | None = None
    hold: int = 0
    wrapup_end: int | None = None

    @property
    def is_talking(self) -> bool:
        """Tell whether the leg is answered and its talk has not ended."""
        return self.outcome == "answered" and self.talk_end is None


def visits_of(timeline: Timeline) -> tuple[list[Visit], list[str]]:
    """Return the visits of a call or chat in the order of their offers, and the queue of every event."""
    events = timeline.events
    entrances: dict[str, int] = {}
    for position, event in enumerate(events):
        # Rule — "The first offer … of a leg in timeline order stand[s]"
        if kind_of(event) == ENTRANCE[timeline.topic]:
            entrances.setdefault(leg_of(event), position)
    # Rule — "a leg's queue is its offer's"
    leg_queues = {leg: events[position].text("queue") or "" for leg, position in entrances.items()}
    start = implicit_start(events, entrances) if timeline.topic == "chats" else None
    if start is not None:
        leg = leg_of(events[start])
        leg_queues[leg] = queues_of(events, leg_queues)[start]
        entrances[leg] = start
    visits = [
        walk(events, Visit(leg, leg_queues[leg], position, events[position].time))
        for leg, position in sorted(entrances.items(), key=lambda item: item[1])
    ]
    return visits, queues_of(events, leg_queues)


def implicit_start(events: Sequence[Event], entrances: dict[str, int]) -> int | None:
    """Return the position of the `chat.started` from which the chat waits without a `chat.queued`, if any."""
    # Rule — "The first start … of a chat stand[s]"
    start = next((position for position, event in enumerate(events) if event.type == "chat.started"), None)
    # Rule — "A chat started by an agent has … no wait before a queue is stated."
    if start is None or events[start].fields["author"] == "agent":
        return None
    leg = leg_of(events[start])
    # Rule — "`chat.queued`: waits for a human from here; without one, the wait starts at `chat.started`"
    if leg in entrances:
        return None
    outcomes = ("accepted", "abandoned", "transferred", "ended")
    own = (
        position
        for position, event in enumerate(events)
        if leg_of(event) == leg and kind_of(event) in outcomes
    )
    outcome = next(own, None)
    # The queue of another leg is "one" as well, unless this leg had its own way out of a wait.
    if outcome is None and entrances:
        return None
    # Rule — "A chat in which only a bot has spoken has no state and no queue visit until `chat.queued`; a
    # chat without bot messages waits from `chat.started`." A bot that speaks after the wait has ended does
    # not undo it.
    spoken = events if outcome is None else events[:outcome]
    has_bot = any(event.type == "chat.message" and event.fields["author"] == "bot" for event in spoken)
    return None if has_bot else start


def walk(events: Sequence[Event], visit: Visit) -> Visit:
    """Return the visit after all events of its leg."""
    for position, event in enumerate(events):
        if leg_of(event) == visit.leg:
            # Rule — "anything after an abandon [is] ignored"
            if visit.outcome == "abandoned":
                break
            _apply(visit, event, position)
    return visit


def _apply(visit: Visit, event: Event, position: int) -> None:
    # Rule — "An outcome without an offer counts when the offer arrives …; dated before its offer it is a wait
    # of 0 at the offer."
    moment = max(event.time, visit.start)
    # Rule — "Transfers, rings and holds of a leg without an offer are ignored."
    is_offered = position > visit.position
    match kind_of(event):
        case "answered" | "accepted":
            _leave(visit, "answered", moment, position)
        case "abandoned":
            _leave(visit, "abandoned", moment, position)
        case "exited":
            _leave(visit, "exited", moment, position)
        case "ended":
            # Rule — "A leg that ends while waiting is an abandon"
            _leave(visit, "abandoned", moment, position)
            _end_talk(visit, moment)
        case "transferred" if is_offered and visit.transferred is None:
            # Rule — "transferred while waiting, a transfer and an exit"; "a second transfer [is] ignored"
            visit.transferred = moment
            _leave(visit, "exited", moment, position)
            _end_talk(visit, moment)
        case "ring_no_answer" if is_offered and visit.outcome != "answered":
            # Rule — "Rings after the answer [are] ignored"
            visit.rings.append(moment)
        case "hold" if is_offered and visit.is_talking and visit.hold_since is None:
            # Rule — "holds … while waiting [are] ignored"
            visit.hold_since = moment
        case "unhold" if visit.hold_since is not None:
            _end_hold(visit, moment)
        case "wrapup_ended" if visit.outcome == "answered" and visit.wrapup_end is None:
            # Rule — "wrap-ups while waiting [are] ignored"; "`wrapup_ended` without `ended` …: talk and hold
            # end there"
            _end_talk(visit, moment)
            visit.wrapup_end = moment


def _leave(visit: Visit, outcome: str, moment: int, position: int) -> None:
    # Rule — "The first offer, answer and outcome of a leg in timeline order stand"
    if visit.outcome is None:
        visit.outcome, visit.end, visit.end_position = outcome, moment, position


def _end_talk(visit: Visit, moment: int) -> None:
    if visit.is_talking:
        visit.talk_end = moment
        # Rule — "an end with an open hold: … hold end[s] there"
        _end_hold(visit, moment)


def _end_hold(visit: Visit, moment: int) -> None:
    if visit.hold_since is not None:
        visit.hold += moment - visit.hold_since
        visit.hold_since = None


def kind_of(event: Event) -> str:
    """Return the type without its topic: `call.answered` is `answered`."""
    return event.type.partition(".")[2]


def leg_of(event: Event) -> str:
    """Return the leg an event belongs to."""
    return event.text("leg") or ""
