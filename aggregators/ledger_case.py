"""Folding events into their case: at the end where they can, else by deriving the case anew, once for all.

    events of one case ──► timeline ──► contributions(new) − contributions(old)

Law: after any order of deliveries the facts added so far sum to those of the one timeline they amount to.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from msgspec import UNSET

from aggregators.bounds import AGENT_EVENTS, MOST_EVENTS
from aggregators.cases import derive
from aggregators.configuration import Configuration
from aggregators.events import Event, Topic
from aggregators.facts import Facts, withdraw
from aggregators.known_series import lasting_series
from aggregators.measures import Series
from aggregators.stored_case import Case
from aggregators.timeline import preferred, sort_key, timeline_of, with_defaults

_SCAN_UP_TO: Final = 12
"""Cases with more deliveries look ids up in a dictionary; with fewer a scan is faster and smaller."""


class Change(Enum):
    """What an event did to its case."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    """Kept, because another delivery may yet be retracted, but it changed nothing."""
    REPEATED = "repeated"
    """Known already to the letter, or beaten by the delivery that stands: nothing to keep."""
    FULL = "full"
    """Refused: its case has as many events as are kept."""


APPLIED: Final = Change.APPLIED
DUPLICATE: Final = Change.DUPLICATE
REPEATED: Final = Change.REPEATED
FULL: Final = Change.FULL


def new_case(event: Event, topic: Topic, configuration: Configuration, facts: Facts) -> Case:
    """Return a case with its first event."""
    events = [event]
    case = Case(events, events, derive(topic, configuration, events, facts))
    case.note_retractions(events)
    return case


def derived_case(deliveries: list[Event], topic: Topic, configuration: Configuration, facts: Facts) -> Case:
    """Derive a case from its standing deliveries (not empty) and add its facts."""
    timeline = timeline_of(deliveries)
    if timeline == deliveries:
        timeline = deliveries
    kind = derive(topic, configuration, timeline, facts) if timeline else None
    case = Case(deliveries, timeline, kind)
    case.note_retractions(deliveries)
    return case


def lasting_of(case: Case, topic: Topic, configuration: Configuration) -> set[Series]:
    """Return the series that a case leaves behind when it goes: those of its facts, and its own."""
    facts: Facts = []
    if case.timeline:
        derive(topic, configuration, case.timeline, facts)
    return {*lasting_series(facts), *(() if case.place is None else (case.place,))}


def fold_events(
    case: Case, events: Sequence[Event], terms: tuple[Topic, Configuration], facts: Facts
) -> list[Change]:
    """Fold further events into a case and add the facts by which its contribution changes.

    Returns what each did. However many come out of order, the case is derived anew once, at the end: a flood
    of events of one case costs about as much in any order.
    """
    kind = case.kind
    changes: list[Change] = []
    loose: dict[int, Event] = {}  # kept, but not in the timeline yet, by their place among the events
    is_replaced = False
    for event in events:
        standing = _standing(case, event)
        if standing is not None:
            if preferred(standing, event) is standing:
                changes.append(REPEATED)
                continue
            _note_duplicates(case, loose, changes)
            loose.clear()
            _replace(case, standing, event)
            is_replaced = True
        elif len(case.deliveries) >= MOST_EVENTS:
            changes.append(FULL)
            continue
        elif (
            not (loose or is_replaced)
            and kind is not None
            and _appends(case, event)
            and kind.holds_for(event)
        ):
            if case.timeline is not case.deliveries:
                case.timeline.append(event)
            _keep(case, event)
            kind.step(event, facts)
        else:
            case.detach()
            _keep(case, event)
            case.note_retractions((event,))
            loose[len(changes)] = event
        changes.append(APPLIED)
    if len(loose) == 1 and not is_replaced:
        changes[next(iter(loose))] = _derive_anew(case, terms, facts)
    elif loose or is_replaced:
        _note_duplicates(case, loose, changes)
        if is_replaced or any(changes[place] is APPLIED for place in loose):
            _derive_anew(case, terms, facts)
    return changes


def _note_duplicates(case: Case, loose: dict[int, Event], changes: list[Change]) -> None:
    """Find out which of the loose events changed nothing when they came, for no timeline tells afterwards.

    One did not if it had been retracted before, or a natural twin with a smaller id was there.
    """
    wanted = {(event.time, event.rank) for event in loose.values()}
    places = {id(event): place for place, event in loose.items()}
    retracted: set[tuple[str, str]] = set()
    twins: dict[tuple[object, ...], list[Event]] = {}

    def stands(event: Event) -> bool:
        return event.data.retracts is not UNSET or (event.source, event.id) not in retracted

    for event in case.deliveries if loose else ():
        if (event.time, event.rank) in wanted:
            others = twins.setdefault(with_defaults(event), [])
            place = places.get(id(event))
            if place is not None and not (
                stands(event) and all(event.id < other.id or not stands(other) for other in others)
            ):
                changes[place] = DUPLICATE
            others.append(event)
        if event.data.retracts is not UNSET:
            retracted.add((event.source, event.data.retracts))


def fold_case(
    case: Case, events: Sequence[Event], terms: tuple[Topic, Configuration], facts: Facts
) -> list[Change]:
    """Fold further events into a case by the bounds of its topic."""
    return (_fold_agent if terms[0] == "agents" else fold_events)(case, events, terms, facts)


def _fold_agent(
    case: Case, events: Sequence[Event], terms: tuple[Topic, Configuration], facts: Facts
) -> list[Change]:
    """Do the same for an agent, who never ends: at `AGENT_EVENTS` the older half is let go."""
    changes: list[Change] = []
    while len(changes) < len(events):
        room = AGENT_EVENTS - len(case.deliveries)
        changes += fold_events(case, events[len(changes) : len(changes) + room], terms, facts)
        if len(case.deliveries) >= AGENT_EVENTS:
            newer = sorted(case.deliveries, key=sort_key)[-(AGENT_EVENTS // 2) :]
            case.become(derived_case(newer, *terms, []))
            case.is_cut = True
    return changes


def stays(case: Case | bytes | None, event: Event, limit: int) -> bool:
    """Say whether a case is sure to have an event later than `limit` (ms) after this one, too.

    A second delivery may be dated earlier than the first and take its place.
    """
    return isinstance(case, Case) and case.last > limit and _standing(case, event) is None


def _standing(case: Case, event: Event) -> Event | None:
    """Return the delivery of the same (source, id) that stands so far."""
    if case.by_id is not None:
        return case.by_id.get((event.source, event.id))
    identity = event.id
    for known in case.deliveries:
        if known.id == identity and known.source == event.source:
            return known
    return None


def _appends(case: Case, event: Event) -> bool:
    """Say whether an event simply goes on at the end of a timeline that is not empty."""
    if event.data.retracts is not UNSET:
        return False
    if case.retracted is not None and (event.source, event.id) in case.retracted:
        return False
    last = case.timeline[-1]
    if event.time == last.time:
        # Of one rank it may be a natural duplicate, and then the smaller id stands.
        return event.rank > last.rank
    return event.time > last.time


def _keep(case: Case, event: Event) -> None:
    case.deliveries.append(event)
    case.last = max(case.last, event.time)
    if case.by_id is not None:
        case.by_id[event.source, event.id] = event
    elif len(case.deliveries) > _SCAN_UP_TO:
        case.by_id = {(known.source, known.id): known for known in case.deliveries}


def _replace(case: Case, standing: Event, event: Event) -> None:
    """Put a second delivery of a known id in the place of the one that stood; the timeline follows later."""
    case.detach()
    case.deliveries[case.deliveries.index(standing)] = event
    case.last = max([known.time for known in case.deliveries])
    if case.by_id is not None:
        case.by_id[event.source, event.id] = event
    case.retracted = None
    case.note_retractions(case.deliveries)


def _derive_anew(case: Case, terms: tuple[Topic, Configuration], facts: Facts) -> Change:
    """Replace the facts of the old timeline by those of the new one."""
    timeline = timeline_of(case.deliveries)
    if [sort_key(event) for event in timeline] == [sort_key(event) for event in case.timeline] and all(
        new.data == old.data for new, old in zip(timeline, case.timeline, strict=True)
    ):
        return DUPLICATE
    old: Facts = []
    if case.timeline:
        derive(*terms, case.timeline, old)
    for fact in old:
        withdraw(facts, fact)
    case.timeline = timeline
    case.kind = derive(*terms, timeline, facts) if timeline else None
    return APPLIED
