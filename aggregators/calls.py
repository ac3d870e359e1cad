"""Calls: a thread of queue visits, resolved at the wrap-up of the leg offered last.

Worked (scenario *transfer*): offered at sales 10:00:00, at tech 10:04:12, wrapped up there at 10:07:32: one
request at sales, two offers, a resolution of 452 s at tech.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from aggregators.compounds import compound
from aggregators.contacts import Contact
from aggregators.events import Event, Rank
from aggregators.facts import Facts, count, withdraw
from aggregators.legs import UNOFFERED, Leg
from aggregators.measures import Count

# Looking a member of an enum up costs 0.1 µs each time; these are compared several times for every event.
_BLOCKED: Final = int(Rank.CALL_BLOCKED)
_OFFERED: Final = int(Rank.CALL_OFFERED)
_RING_NO_ANSWER: Final = int(Rank.CALL_RING_NO_ANSWER)
_ANSWERED: Final = int(Rank.CALL_ANSWERED)
_HOLD: Final = int(Rank.CALL_HOLD)
_UNHOLD: Final = int(Rank.CALL_UNHOLD)
_TRANSFERRED: Final = int(Rank.CALL_TRANSFERRED)
_ABANDONED: Final = int(Rank.CALL_ABANDONED)
_EXITED: Final = int(Rank.CALL_EXITED)
_ENDED: Final = int(Rank.CALL_ENDED)
_WRAPUP_ENDED: Final = int(Rank.CALL_WRAPUP_ENDED)

_OFFER: Final = int(Count.OFFERED)
_ARRIVED: Final = (Count.REQUESTS, Count.CALL_REQUESTS, Count.OFFERED)
ARRIVAL: Final = compound((*_ARRIVED, Count.UNANSWERED))
ANSWERED_ARRIVAL: Final = compound(_ARRIVED)

_BLOCKED_COUNTS: Final[dict[str, Count]] = {
    "no_agents": Count.BLOCKED_NO_AGENTS,
    "queue_full": Count.BLOCKED_QUEUE_FULL,
    "trunk": Count.BLOCKED_TRUNK,
    "network": Count.BLOCKED_NETWORK,
    "closed": Count.BLOCKED_CLOSED,
    "other": Count.BLOCKED_OTHER,
}


class Call(Contact):
    """A call thread: all legs of one contact."""

    __slots__ = ("last_offered",)

    topic = "calls"

    def look_ahead(self, timeline: Sequence[Event]) -> None:
        """Calls need nothing from later events but channel and queues."""
        self.last_offered: Leg | None = None

    def holds_for(self, event: Event) -> bool:
        """Most events of a call state neither queue nor channel, and then nothing before them changes."""
        data = event.data
        return (data.queue is UNSET and data.channel is UNSET) or self.context.holds_for(event)

    def step(self, event: Event, facts: Facts) -> None:
        """Feed one event in timeline order."""
        time = self.last = event.time
        rank = event.rank
        self.position += 1
        if event.data.queue is not UNSET:
            self.context.note(event)
        if rank == _BLOCKED:
            self.blocked(event, facts)
            return
        leg = self.leg_of(event)
        if rank == _OFFERED:
            if leg.phase == UNOFFERED:
                self.offered(leg, time, event.data.queue, facts)  # type: ignore[arg-type]  # required in CallOffered
        elif leg.phase == UNOFFERED:
            leg.defer(rank, _exit_reason(event), self.position)
        else:
            self.outcome(leg, rank, time, _exit_reason(event) if rank == _EXITED else "", facts)

    def blocked(self, event: Event, facts: Facts) -> None:
        """Count a call that was not taken; it never entered a queue and is no request."""
        reason = event.data.reason  # type: ignore[attr-defined]  # CallBlocked by its rank
        series = self.context.series(self.context.queue_of(event))
        count(facts, event.time, series, _BLOCKED_COUNTS["other" if reason is UNSET else reason])

    def offered(self, leg: Leg, time: int, queue: str, facts: Facts) -> None:
        """Enter a queue; the first offer is the arrival, a later one takes back the resolution before it."""
        series = self.context.series(queue)
        if self.arrival is None:
            self.arrive(time, series, facts)
        else:
            facts.append((time, series, _OFFER, 1, 1))
            for fact in self.resolution:
                withdraw(facts, fact)
            self.resolution = []
        self.last_offered = leg
        self.offer(leg, time, series, facts)

    def request(self) -> int:
        """Return what the arrival says: with a call it is the first offer, too."""
        return ARRIVAL if self.answered is None else ANSWERED_ARRIVAL

    def outcome(self, leg: Leg, rank: int, time: int, reason: str, facts: Facts) -> None:  # noqa: C901  # one branch for each type
        """Feed an event of an offered leg."""
        if rank == _ANSWERED:
            self.answer(leg, time, facts)
        elif rank == _ENDED:
            leg.end(time, facts)
        elif rank == _WRAPUP_ENDED:
            if leg.wrap_up(time, facts) and leg is self.last_offered and self.arrival is not None:
                self.resolve(time, self.arrival[0], leg.series, facts)
        elif rank == _ABANDONED:
            leg.abandon(time, facts)
        elif rank == _EXITED:
            leg.exit(time, reason, facts)
        elif rank == _HOLD:
            leg.hold(time)
        elif rank == _UNHOLD:
            leg.unhold(time)
        elif rank == _TRANSFERRED:
            leg.transfer(time, facts)
        elif rank == _RING_NO_ANSWER:
            leg.ring(time, facts)


def _exit_reason(event: Event) -> str:
    reason = getattr(event.data, "reason", UNSET)
    return "other" if reason is UNSET else str(reason)
