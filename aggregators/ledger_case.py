"""Folding one event into its case: at the end where it can, else by deriving the case anew.

    events of one case ──► timeline ──► contributions(new) − contributions(old)

Law: after any order of deliveries the facts added so far sum to those of the one timeline they amount to.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import UNSET

from aggregators.cases import derive
from aggregators.configuration import Configuration
from aggregators.events import Event, Topic
from aggregators.facts import Facts, withdraw
from aggregators.stored_case import Case
from aggregators.timeline import preferred, sort_key, timeline_of

_SCAN_UP_TO: Final = 12
"""Cases with more deliveries look ids up in a dictionary; with fewer a scan is faster and smaller."""


class Change(Enum):
    """What an event did to its case."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    """Kept, because another delivery may yet be retracted, but it changed nothing."""
    REPEATED = "repeated"
    """Known already to the letter, or beaten by the delivery that stands: nothing to keep."""


APPLIED: Final = Change.APPLIED
DUPLICATE: Final = Change.DUPLICATE
REPEATED: Final = Change.REPEATED


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


def fold_into(case: Case, event: Event, topic: Topic, configuration: Configuration, facts: Facts) -> Change:
    """Fold one more event into a case and add the facts by which its contribution changes."""
    standing = _standing(case, event)
    if standing is not None:
        return _redeliver(case, standing, event, (topic, configuration), facts)
    kind = case.kind
    if kind is not None and _appends(case, event) and kind.holds_for(event):
        if case.timeline is not case.deliveries:
            case.timeline.append(event)
        _keep(case, event)
        kind.step(event, facts)
        return APPLIED
    case.detach()
    _keep(case, event)
    case.note_retractions((event,))
    return _derive_anew(case, (topic, configuration), facts)


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


def _redeliver(
    case: Case, standing: Event, event: Event, terms: tuple[Topic, Configuration], facts: Facts
) -> Change:
    """Take a second delivery of a known id: the same changes nothing, of two contents one stands."""
    if preferred(standing, event) is standing:
        return REPEATED
    case.detach()
    case.deliveries[case.deliveries.index(standing)] = event
    case.last = max(known.time for known in case.deliveries)
    if case.by_id is not None:
        case.by_id[event.source, event.id] = event
    case.retracted = None
    case.note_retractions(case.deliveries)
    _derive_anew(case, terms, facts)
    return APPLIED


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
