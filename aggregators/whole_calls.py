"""A call whose whole life lies in one batch, told in one go instead of step by step.

Guarantee: where `add` says yes, the call is over and the facts are those that deriving it
(`aggregators.calls`) would give. Where anything is out of the ordinary (another leg, a transfer, a
retraction, a doubled id, an event out of its place) it says no and adds nothing. While a backlog is drained
nearly every call is an ordinary one.

Worked: offered at 0 s, answered at 8 s, hold from 60 s to 80 s, ended at 100 s, wrapped up at 130 s: a
request, an answer after 8 s, handle 122 s, talk 72 s, hold 20 s, wrap-up 30 s, resolution 130 s.

Cost: half of deriving it, for there is one leg, one queue and nothing to look ahead for.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from msgspec import UNSET

from aggregators.bounds import KNOWN_LIMIT
from aggregators.calls import ANSWERED_ARRIVAL, ARRIVAL
from aggregators.configuration import Configuration, ServiceLevel
from aggregators.contacts import resolution_facts
from aggregators.events import DEFAULT_CHANNEL, Event, Rank
from aggregators.facts import Facts
from aggregators.legs import HANDLED, Leg
from aggregators.measures import Series

_OFFERED: Final = int(Rank.CALL_OFFERED)
_ANSWERED: Final = int(Rank.CALL_ANSWERED)
_HOLD: Final = int(Rank.CALL_HOLD)
_UNHOLD: Final = int(Rank.CALL_UNHOLD)
_ABANDONED: Final = int(Rank.CALL_ABANDONED)
_ENDED: Final = int(Rank.CALL_ENDED)
_WRAPUP_ENDED: Final = int(Rank.CALL_WRAPUP_ENDED)
_CHANNEL: Final = DEFAULT_CHANNEL["calls"]
_id_of: Final = attrgetter("id")


class WholeCalls:
    """Tells the whole calls of one partition; per queue it looks everything up once."""

    __slots__ = ("_configuration", "_queues")

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._queues: dict[str, tuple[Series, ServiceLevel]] = {}

    def add(self, events: Sequence[Event], facts: Facts) -> bool:
        """Add the facts of a call told by these deliveries, in the order they came, if it is a whole one."""
        first = events[0]
        if (
            events[-1].rank not in (_WRAPUP_ENDED, _ABANDONED)
            or first.rank != _OFFERED
            or first.data.leg is not UNSET
            or first.data.channel is not UNSET
            or first.data.retracts is not UNSET
            or len(set(map(_id_of, events))) < len(events)
        ):
            return False
        series, target = self._queue(first.data.queue)  # type: ignore[arg-type]  # required in CallOffered
        leg = Leg()
        leg.offer(first.time, series, target)
        found: Facts = []
        if not _lives(leg, events, found):
            return False
        is_handled = leg.phase == HANDLED
        facts.append((first.time, series, ANSWERED_ARRIVAL if is_handled else ARRIVAL, 1, 1))
        facts += found
        if is_handled:
            facts += resolution_facts(self._configuration, series, first.time, events[-1].time)
        return True

    def _queue(self, name: str) -> tuple[Series, ServiceLevel]:
        found = self._queues.get(name)
        if found is None:
            if len(self._queues) >= KNOWN_LIMIT:
                self._queues.clear()
            target = self._configuration.service_level(name, _CHANNEL, "calls")
            found = self._queues[name] = ((_CHANNEL, name), target)
        return found


def _lives(leg: Leg, events: Sequence[Event], facts: Facts) -> bool:  # noqa: C901  # one branch for each type
    """Lead an offered leg through all events but the first; False where one is out of the ordinary."""
    before, rank_before = events[0].time, _OFFERED
    is_over = False
    for event in events[1:]:
        time, rank, data = event.time, event.rank, event.data
        if is_over or time < before or (time == before and rank <= rank_before):
            return False
        before, rank_before = time, rank
        if data.leg is not UNSET or data.channel is not UNSET or data.retracts is not UNSET:
            return False  # it may belong elsewhere; a queue after the offer changes no fact
        if rank == _ANSWERED:
            if not leg.answer(time, facts, is_first=True):
                return False
        elif rank == _HOLD:
            leg.hold(time)
        elif rank == _UNHOLD:
            leg.unhold(time)
        elif rank == _ENDED:
            leg.end(time, facts)
        elif rank == _WRAPUP_ENDED:
            is_over = leg.wrap_up(time, facts)
        elif rank == _ABANDONED:
            is_over = leg.abandon(time, facts)
        else:
            return False
    return is_over
