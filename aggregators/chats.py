"""Chats: possibly with a bot first, answered when a person accepts, resolved at their first end.

Worked: started 10:00:00, a bot until 10:02:00, queued then, accepted 10:02:10, first agent message 10:02:45:
the wait is 10 s, the first response 45 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from aggregators.contacts import Contact
from aggregators.events import DEFAULT_LEG, Event, Rank
from aggregators.facts import FIRST_RESPONSE, FIRST_RESPONSE_BUSINESS, Facts, count
from aggregators.legs import ABANDONED, TALKING, UNOFFERED, WAITING, Leg
from aggregators.measures import Count, Series

# Looking a member of an enum up costs 0.1 µs each time; these are compared several times for every event.
_STARTED: Final = int(Rank.CHAT_STARTED)
_QUEUED: Final = int(Rank.CHAT_QUEUED)
_ACCEPTED: Final = int(Rank.CHAT_ACCEPTED)
_MESSAGE: Final = int(Rank.CHAT_MESSAGE)
_TRANSFERRED: Final = int(Rank.CHAT_TRANSFERRED)
_ABANDONED: Final = int(Rank.CHAT_ABANDONED)
_ENDED: Final = int(Rank.CHAT_ENDED)
_WRAPUP_ENDED: Final = int(Rank.CHAT_WRAPUP_ENDED)


class Chat(Contact):
    """A chat, possibly with a bot first.

    implicit_leg: the leg whose wait starts at `chat.started`, because no `chat.queued` states another start
    and no bot spoke before a person answered; None where there is no such leg.
    """

    __slots__ = (
        "end_waits",
        "ended",
        "first_response_done",
        "implicit_leg",
        "started",
        "started_by_agent",
        "wait_from",
    )

    topic = "chats"

    def look_ahead(self, timeline: Sequence[Event]) -> None:
        """Find the start, and whether its wait is implied by it."""
        start = next((event for event in timeline if event.rank == _STARTED), None)
        self.started: int | None = None if start is None else start.time
        self.started_by_agent = start is not None and start.data.author == "agent"  # type: ignore[attr-defined]  # ChatStarted by its rank
        self.implicit_leg: str | None = None
        self.wait_from: int | None = None
        self.first_response_done = False
        self.ended = False
        self.end_waits: tuple[int, Series, list[Leg]] | None = None
        if start is not None and not self.started_by_agent:
            leg = DEFAULT_LEG if start.data.leg is UNSET else start.data.leg
            queued = self.context.leg_queues
            if leg not in queued and _waits_from_start(timeline, leg, is_queued_elsewhere=bool(queued)):
                self.implicit_leg = leg

    def holds_for(self, event: Event) -> bool:
        """A start, a queue for the implied leg or a bot before the answer change what came before."""
        if event.rank == _STARTED and self.started is None:
            return False
        if self.implicit_leg is not None:
            leg = DEFAULT_LEG if event.data.leg is UNSET else event.data.leg
            implied = self.legs.get(self.implicit_leg)
            if event.rank == _QUEUED and (
                leg == self.implicit_leg or implied is None or implied.phase == WAITING
            ):
                return False
            if _is_by(event, "bot") and (implied is None or implied.phase == WAITING):
                return False
        elif self.started is not None and event.rank in _WAYS_OUT and not self.started_by_agent:
            return False
        return self.context.holds_for(event)

    def step(self, event: Event, facts: Facts) -> None:
        """Feed one event in timeline order."""
        time = self.last = event.time
        rank = event.rank
        self.position += 1
        self.context.note(event)
        if rank == _MESSAGE:
            if _is_by(event, "agent"):
                self.agent_message(event, facts)
            return
        if rank == _STARTED:
            self.start(event, facts)
            return
        leg = self.leg_of(event)
        if rank == _QUEUED:
            if leg.phase == UNOFFERED:
                self.offered(leg, time, event.data.queue, facts)  # type: ignore[arg-type]  # required in ChatQueued
        elif leg.phase == UNOFFERED:
            leg.defer(rank, "", self.position)
        else:
            self.outcome(leg, rank, time, "", facts)
        if rank == _ENDED and not self.ended:
            self.end(event, facts)

    def start(self, event: Event, facts: Facts) -> None:
        """Begin the case; the first start stands."""
        if self.arrival is not None:
            return
        queue = self.context.queue_of(event)
        self.arrive(event.time, self.context.series(queue), facts)
        if self.implicit_leg is not None:
            # The start is this leg's offer, so its queue is the leg's.
            self.context.leg_queues.setdefault(self.implicit_leg, queue)
            self.offered(self.leg_of(event), event.time, queue, facts)

    def offered(self, leg: Leg, time: int, queue: str, facts: Facts) -> None:
        """Wait for a person; without a start in the timeline the first offer is the arrival."""
        if self.wait_from is None:
            self.wait_from = time
        series = self.context.series(queue)
        if self.arrival is None and self.started is None:
            self.arrive(time, series, facts)
        count(facts, time, series, Count.OFFERED)
        self.offer(leg, time, series, facts)

    def agent_message(self, event: Event, facts: Facts) -> None:
        """The first agent message after the wait began is the first response; an agent's chat has none."""
        if self.wait_from is None or self.first_response_done or self.started_by_agent:
            return
        if self.leg_of(event).phase == ABANDONED:
            return
        self.first_response_done = True
        series = self.context.series(self.context.queue_of(event))
        calendar = self.configuration.calendar(series[1])
        value = event.time - self.wait_from
        business = value if calendar is None else calendar.elapsed(self.wait_from, event.time)
        facts.append((event.time, series, FIRST_RESPONSE, value, 1))
        facts.append((event.time, series, FIRST_RESPONSE_BUSINESS, business, 1))

    def outcome(self, leg: Leg, rank: int, time: int, reason: str, facts: Facts) -> None:
        """Feed an event of an offered leg."""
        if rank == _ACCEPTED:
            self.answer(leg, time, facts)
            if self.end_waits is not None and leg in self.end_waits[2] and leg.phase == TALKING:
                ended, series, _ = self.end_waits
                self.end_waits = None
                self.resolved_at(ended, series, facts)
        elif rank == _ENDED:
            leg.end(time, facts)
        elif rank == _WRAPUP_ENDED:
            leg.wrap_up(time, facts)
        elif rank == _ABANDONED:
            leg.abandon(time, facts)
        elif rank == _TRANSFERRED:
            leg.transfer(time, facts)

    def end(self, event: Event, facts: Facts) -> None:
        """Resolve the chat at its first end; without a start or an acceptance there is no resolution.

        An acceptance that came before may still wait for its offer; then the resolution waits with it.
        """
        self.ended = True
        series = self.context.series(self.context.queue_of(event))
        if self.answered is not None:
            self.resolved_at(event.time, series, facts)
            return
        accepted = [
            leg
            for leg in self.legs.values()
            if leg.deferred is not None and any(rank == _ACCEPTED for rank, _, _ in leg.deferred)
        ]
        self.end_waits = (event.time, series, accepted)

    def resolved_at(self, ended: int, series: Series, facts: Facts) -> None:
        """Count the resolution, not before the start."""
        if self.started is not None:
            self.resolve(max(self.started, ended), self.started, series, facts)


def _is_by(event: Event, author: str) -> bool:
    return event.rank == _MESSAGE and event.data.author == author  # type: ignore[attr-defined]  # ChatMessage by its rank


_WAYS_OUT: Final = frozenset((_ACCEPTED, _ABANDONED, _ENDED, _TRANSFERRED))
"""What ends a wait; a wrap-up without an answer is ignored and implies none."""


def _waits_from_start(timeline: Sequence[Event], leg: str, *, is_queued_elsewhere: bool) -> bool:
    """Say whether the start's leg, which is not queued itself, waits for a person from the start.

    A bot that speaks before the leg is over takes the wait away until a queue is stated; a queue stated for
    another leg is the one this chat waits in, unless something happened to the start's leg.
    """
    for event in timeline:
        if event.rank in _WAYS_OUT and leg == (DEFAULT_LEG if event.data.leg is UNSET else event.data.leg):
            return True
        if _is_by(event, "bot"):
            return False
    return not is_queued_elsewhere
