"""Turn the delivered events of one case into its timeline, for the independent recount.

Guarantee: the timeline depends on the set of deliveries only, never on their order or number.
Source: EVENTS.md — "Order of treatment: deliveries, then retractions, then natural duplicates", and *Ties*.
Worked number: events e1, e1 (again), e1b (equal but for its id) and r (retracts e1) leave e1b and r.
Cost: one sort per case, about 2 µs an event.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aggregators.recount_events import RANK_OF, Event

DEFAULT_CHANNEL = {"tickets": "email", "calls": "phone", "chats": "chat"}
NO_QUEUE = "none"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events of one case that stand, in order, and the channel that holds for the whole case."""

    topic: str
    channel: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that was ever delivered for one subject of one topic, sorted by time."""

    topic: str
    subject: str
    deliveries: tuple[Event, ...]

    @property
    def first_moment(self) -> int:
        """Return the time of the earliest delivery in milliseconds."""
        return self.deliveries[0].time

    @property
    def last_moment(self) -> int:
        """Return the time of the latest delivery in milliseconds."""
        return self.deliveries[-1].time

    def timeline(self) -> Timeline:
        """Return the timeline of all events: "windows use all events"."""
        return timeline_of(self.topic, self.deliveries)

    def timeline_until(self, moment: int) -> Timeline:
        """Return the timeline of the events with time ≤ `moment`, retractions and deletions included."""
        count = bisect_right(self.deliveries, moment, key=lambda event: event.time)
        return timeline_of(self.topic, self.deliveries[:count])


def cases_of(events: Iterable[Event]) -> list[Case]:
    """Return the events gathered by topic and subject.

    The topics of one subject are different records in different places, so each topic has its own case.
    """
    gathered: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        gathered.setdefault((event.topic, event.subject), []).append(event)
    return [
        Case(topic, subject, tuple(sorted(deliveries, key=lambda event: event.time)))
        for (topic, subject), deliveries in gathered.items()
    ]


def timeline_of(topic: str, deliveries: Sequence[Event]) -> Timeline:
    """Return the timeline of some deliveries of one case."""
    # Rule — "Order of treatment: deliveries, then retractions, then natural duplicates."
    events = without_duplicates(without_retracted(standing_deliveries(deliveries)))
    # Rule — "events of a case with equal time are ordered by the row order of the tables above (hold before
    # unhold), then by `id`, then by `source`"
    ordered = sorted(events, key=_timeline_order)
    # Rule — "The channel of a case is the first one stated in timeline order and holds for the whole case."
    stated = (event.text("channel") for event in ordered)
    channel = next((name for name in stated if name is not None), DEFAULT_CHANNEL.get(topic, ""))
    return Timeline(topic, channel, tuple(ordered))


def standing_deliveries(deliveries: Sequence[Event]) -> list[Event]:
    """Return one event per (source, id) of a case."""
    standing: dict[tuple[str, str], Event] = {}
    for event in deliveries:
        key = (event.source, event.identifier)
        other = standing.get(key)
        # Rule — "Two deliveries of one (`source`, `id`) with different content: the one with the earliest
        # time, then the smallest canonical JSON, stands."
        if other is None or _delivery_order(event, other):
            standing[key] = event
    return list(standing.values())


def without_retracted(events: Sequence[Event]) -> list[Event]:
    """Return the events that no other event of the same source retracts."""
    # Rule — "`retracts` (id of an event of the same source and subject, in whatever order they arrive, which
    # is then treated as if it had never arrived; a retracting event counts like any event of its type and
    # cannot itself be retracted)"
    retracted = {
        (event.source, event.text("retracts")) for event in events if event.text("retracts") is not None
    }
    if not retracted:
        return list(events)
    return [
        event
        for event in events
        if event.text("retracts") is not None or (event.source, event.identifier) not in retracted
    ]


def without_duplicates(events: Sequence[Event]) -> list[Event]:
    """Return the events with each set of natural duplicates reduced to the one with the smallest id."""
    # Rule — "two events that are equal in everything but their `id` (known fields compared after decoding,
    # defaults filled in) count once"
    smallest: dict[tuple[object, ...], Event] = {}
    for event in events:
        key = (event.source, event.type, event.time, *event.fields.values())
        other = smallest.get(key)
        if other is None or event.identifier < other.identifier:
            smallest[key] = event
    return list(smallest.values())


def queues_of(events: Sequence[Event], leg_queues: Mapping[str, str]) -> list[str]:
    """Return the queue of every event of a timeline.

    Args:
        events: the events in timeline order.
        leg_queues: the queue of each leg that has entered one.
    """
    # Rule — "`queue` (string; when absent the queue of its leg, else the last known one of the case, else the
    # first one stated later, else "none")"
    stated = [event.text("queue") for event in events]
    known = next((name for name in stated if name is not None), NO_QUEUE)
    queues = []
    for event, name in zip(events, stated, strict=True):
        if name is not None:
            known = name
        queues.append(name if name is not None else leg_queues.get(event.text("leg") or "", known))
    return queues


def _timeline_order(event: Event) -> tuple[int, int, str, str]:
    return event.time, RANK_OF[event.type], event.identifier, event.source


def _delivery_order(event: Event, other: Event) -> bool:
    if event.time != other.time:
        return event.time < other.time
    return event.content != other.content and _canonical(event) < _canonical(other)


def _canonical(event: Event) -> str:
    # Sorted keys, no white space, the text as it is: the canonical form of JSON.
    return json.dumps(event.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
