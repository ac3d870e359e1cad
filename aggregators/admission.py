"""Who is let in near the bounds of a partition: one event at a time, by what is known before it.

Worked: 20,000 pairs are known. A call in the queue "new" is refused as `too_many_queues`; one in a known
queue is folded, and so is one in a configured queue.
Cost: 20 to 50 µs for an event while a bound is near, nothing at all otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import UNSET

from aggregators import bounds
from aggregators.bounds import Bound
from aggregators.customers import series_stated
from aggregators.events import CHANNELS, Event
from aggregators.measures import Series

if TYPE_CHECKING:
    from aggregators.ledger import PartitionLedger

_AGENTS: Final = "agents"
_CUSTOMERS: Final = "customers"
_SERIES_OF_CUSTOMER: Final = 4
"""Series that one event may make known: product, currency, and both of the site."""


def is_bound_near(ledger: PartitionLedger, events: Sequence[Event]) -> bool:
    """Say whether these events could take a partition beyond a bound."""
    cases, series = len(ledger.cases), ledger.known.most()
    if cases + len(events) > bounds.MOST_CASES and cases + len(_cases_of(events)) > bounds.MOST_CASES:
        return True
    if ledger.topic == _CUSTOMERS:
        if series + _SERIES_OF_CUSTOMER * len(events) <= bounds.MOST_SERIES:
            return False
        stated = {found for event in events for found in series_stated(event)}
        return series + 2 * len(stated) > bounds.MOST_SERIES
    return series + len(events) > bounds.MOST_SERIES and series + len(_queues_of(events)) > bounds.MOST_SERIES


def admitted(
    ledger: PartitionLedger, events: Sequence[Event], beyond: list[tuple[Event, Bound]]
) -> Iterator[tuple[int, Event]]:
    """Yield the events that are let in with their places; each must be folded and settled before the next.

    beyond: takes those that are not.
    """
    known = ledger.known.pairs()
    ledger.known.touched = set()
    for number, event in enumerate(events):
        bound = _bound_of(ledger, event, known)
        if bound is not None:
            beyond.append((event, bound))
            continue
        step = ledger.step
        yield number, event
        if ledger.step == step:
            ledger.known.follow(known)
        else:
            known = ledger.known.pairs()
    ledger.known.touched = None


def _bound_of(ledger: PartitionLedger, event: Event, known: set[Series]) -> Bound | None:
    """Return the bound at which an event is refused, None where it is let in; known: the pairs so far."""
    if len(ledger.cases) >= bounds.MOST_CASES and event.case not in ledger.cases:
        return Bound.TOO_MANY_CASES
    if len(known) < bounds.MOST_SERIES:
        return None
    if ledger.topic == _CUSTOMERS:
        return None if known.issuperset(series_stated(event)) else Bound.TOO_MANY_QUEUES
    queue = event.data.queue
    if (
        queue is not UNSET
        and ledger.topic != _AGENTS
        and queue not in ledger.configuration.queues
        and not any((channel, queue) in known for channel in ("", *CHANNELS))
    ):
        return Bound.TOO_MANY_QUEUES
    return None


def _cases_of(events: Sequence[Event]) -> set[str]:
    return {event.case for event in events}


def _queues_of(events: Sequence[Event]) -> set[object]:
    return {event.data.queue for event in events}
