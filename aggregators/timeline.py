"""From deliveries to a timeline: second deliveries, retractions, natural duplicates, ties.

Guarantee: the result depends only on the set of deliveries, not on their order or number. The three steps are
taken in the order of the contract: deliveries, then retractions, then natural duplicates.

Worked: deliveries e1 (10:00 offered), e1 again, e5 and e5b (both 10:02:08 ended, equal otherwise) give the
timeline offered, ended: e5 stands because its id is smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

import msgspec
from msgspec import UNSET

from aggregators.events import DEFAULT_LEG, TYPE_NAME, Event, Rank

_DEFAULTS: Final[dict[int, dict[str, object]]] = {
    Rank.TICKET_CREATED: {"author": "customer"},
    Rank.TICKET_MESSAGE: {"public": True},
    Rank.CALL_BLOCKED: {"reason": "other"},
    Rank.CALL_OFFERED: {"via": "inbound"},
    Rank.CALL_EXITED: {"reason": "other"},
    Rank.CHAT_STARTED: {"author": "customer"},
}
_id_of: Final = attrgetter("id")
_COMMON_DEFAULTS: Final[dict[str, object]] = {"priority": "normal", "leg": DEFAULT_LEG}
"""Queue and channel are left as stated: what they default to is decided by the case, not by the event."""


def canonical(event: Event) -> bytes:
    """Return the canonical JSON of what was stated: sorted keys, no white space, no unknown fields."""
    return msgspec.json.encode(
        {"data": event.data, "id": event.id, "source": event.source, "type": TYPE_NAME[event.rank]},
        order="sorted",
    )


def sort_key(event: Event) -> tuple[int, int, str, str]:
    """Return the order of the timeline: time, then row of the tables, then id, then source."""
    return (event.time, event.rank, event.id, event.source)


def preferred(standing: Event, other: Event) -> Event:
    """Return which of two deliveries of one (source, id) stands: the earliest, then the smallest content."""
    if standing.time != other.time:
        return standing if standing.time < other.time else other
    if standing.rank == other.rank and standing.data == other.data:
        return standing
    return standing if canonical(standing) <= canonical(other) else other


def deliveries_of(events: Iterable[Event]) -> dict[tuple[str, str], Event]:
    """Return for every (source, id) of one case the delivery that stands."""
    standing: dict[tuple[str, str], Event] = {}
    for event in events:
        key = (event.source, event.id)
        known = standing.get(key)
        standing[key] = event if known is None else preferred(known, event)
    return standing


def with_defaults(event: Event) -> tuple[object, ...]:
    """Return everything about an event but its id, defaults filled in: equal for natural duplicates."""
    data = event.data
    values: list[object] = []
    defaults = _DEFAULTS.get(event.rank, {})
    for name in data.__struct_fields__:
        value = getattr(data, name)
        values.append(defaults.get(name, _COMMON_DEFAULTS.get(name)) if value is UNSET else value)
    return (event.time, event.rank, event.source, *values)


def is_timeline(events: Sequence[Event]) -> bool:
    """Say whether the deliveries of a case, as they came, are its timeline: in order, each another one."""
    before = rank_before = -1
    for event in events:
        time = event.time
        if time <= before and (time < before or event.rank <= rank_before):
            return False
        if event.data.retracts is not UNSET:
            return False
        before, rank_before = time, event.rank
    return len(events) == 1 or len(set(map(_id_of, events))) == len(events)


def timeline_of(deliveries: Iterable[Event]) -> list[Event]:
    """Return the timeline of one case.

    deliveries: one standing event for each (source, id), see `deliveries_of`.
    """
    events = sorted(deliveries, key=sort_key)
    retracted = {(event.source, event.data.retracts) for event in events if event.data.retracts is not UNSET}
    if retracted:
        events = [
            event
            for event in events
            if event.data.retracts is not UNSET or (event.source, event.id) not in retracted
        ]
    return _without_natural_duplicates(events)


def _without_natural_duplicates(events: list[Event]) -> list[Event]:
    """Equal events share time and rank, so they stand in one run of the sorted list."""
    kept: list[Event] = []
    run: set[tuple[object, ...]] = set()
    for event in events:
        if kept and kept[-1].time == event.time and kept[-1].rank == event.rank:
            if not run:
                run = {with_defaults(kept[-1])}
            described = with_defaults(event)
            if described in run:
                continue
            run.add(described)
        elif run:
            run = set()
        kept.append(event)
    return kept
