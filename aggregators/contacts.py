"""Calls and chats: a case is a contact with one or more legs.

Pure: the same timeline gives the same facts and status. A contact grows at its end with `step`; whatever
would change what came before (`holds_for` is False) means deriving it anew from the whole timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from aggregators.case_context import CaseContext
from aggregators.configuration import Configuration
from aggregators.events import DEFAULT_LEG, NO_QUEUE, Event, Rank, Topic
from aggregators.facts import (
    FIRST_RESPONSE,
    FIRST_RESPONSE_BUSINESS,
    RESOLUTION,
    RESOLUTION_BUSINESS,
    Fact,
    Facts,
    count,
    withdraw,
)
from aggregators.legs import ABANDONED, TALKING, UNOFFERED, WAITING, Leg
from aggregators.measures import Count, Series
from aggregators.parts import CaseState
from aggregators.status import Status, Visit

_BLOCKED_COUNTS: Final[dict[str, Count]] = {
    "no_agents": Count.BLOCKED_NO_AGENTS,
    "queue_full": Count.BLOCKED_QUEUE_FULL,
    "trunk": Count.BLOCKED_TRUNK,
    "network": Count.BLOCKED_NETWORK,
    "closed": Count.BLOCKED_CLOSED,
    "other": Count.BLOCKED_OTHER,
}


class Contact:
    """What calls and chats share: legs, arrival, first answer, resolution, state."""

    __slots__ = ("answered", "arrival", "configuration", "context", "last", "legs", "resolution")

    topic: Topic

    def __init__(self, configuration: Configuration, timeline: Sequence[Event], facts: Facts) -> None:
        self.configuration = configuration
        self.context = CaseContext(self.topic, timeline)
        self.legs: dict[str, Leg] = {}
        self.arrival: tuple[int, Series] | None = None
        self.answered: int | None = None
        self.resolution: list[Fact] = []
        self.last = timeline[0].time
        self.look_ahead(timeline)
        for event in timeline:
            self.step(event, facts)

    def look_ahead(self, timeline: Sequence[Event]) -> None:
        """Called once before the first step: what the whole timeline says. May not add facts."""

    def holds_for(self, event: Event) -> bool:
        """Say whether an event after the last one leaves what was derived so far as it is."""
        return self.context.holds_for(event)

    def step(self, event: Event, facts: Facts) -> None:
        """Called for every event in timeline order."""
        raise NotImplementedError

    def leg_of(self, event: Event) -> Leg:
        """Return the leg that an event belongs to."""
        name = DEFAULT_LEG if event.data.leg is UNSET else event.data.leg
        leg = self.legs.get(name)
        if leg is None:
            leg = self.legs[name] = Leg()
        return leg

    def arrive(self, time: int, series: Series, facts: Facts) -> None:
        """Count the request, once a case."""
        self.arrival = (time, series)
        count(facts, time, series, Count.REQUESTS)
        if self.answered is None:
            count(facts, time, series, Count.UNANSWERED)

    def offer(self, leg: Leg, time: int, queue: str, facts: Facts) -> None:
        """Start a leg's wait and let the outcomes that came before it count now."""
        context = self.context
        target = self.configuration.service_level(queue, context.channel, self.topic)  # type: ignore[arg-type]  # a stated channel was checked by the codec
        leg.offer(time, context.series(queue), target, facts)
        if leg.deferred is not None:
            deferred, leg.deferred = leg.deferred, None
            for rank, reason in deferred:
                self.outcome(leg, rank, time, reason, facts)

    def outcome(self, leg: Leg, rank: int, time: int, reason: str, facts: Facts) -> None:
        """Called for everything after the offer of a leg; `reason` is that of an exit."""
        raise NotImplementedError

    def answer(self, leg: Leg, time: int, facts: Facts) -> None:
        """Answer a leg; the case's first answer is its assignment and takes it out of the unanswered."""
        if leg.answer(time, facts) and self.answered is None:
            self.answered = time
            count(facts, time, leg.series, Count.ASSIGNED)
            if self.arrival is not None:
                arrived, series = self.arrival
                facts.append((arrived, series, int(Count.UNANSWERED), 1, -1))

    def resolve(self, time: int, started: int, series: Series, facts: Facts) -> None:
        """Count the resolution of a contact; it may be withdrawn when another leg follows."""
        calendar = self.configuration.calendar(series[1])
        started = min(started, time)
        business = time - started if calendar is None else calendar.elapsed(started, time)
        self.resolution = [
            (time, series, int(Count.RESOLVED), 1, 1),
            (time, series, int(Count.RESOLVED_CASES), 1, 1),
            (time, series, RESOLUTION, time - started, 1),
            (time, series, RESOLUTION_BUSINESS, business, 1),
        ]
        facts.extend(self.resolution)

    def is_open(self) -> bool:
        """Say whether a leg waits or talks: then the case has a state."""
        for leg in self.legs.values():  # any() with a generator takes three times as long
            if leg.phase == WAITING or leg.phase == TALKING:  # noqa: PLR1714  # half the time of a tuple's `in`
                return True
        return False

    def visits(self) -> Sequence[Visit]:
        """Return every queue visit there was, by all that is known of the contact."""
        return [(leg.offered, leg.left, leg.series) for leg in self.legs.values() if leg.phase != UNOFFERED]

    def place(self) -> Series | None:
        """Return the series of a contact that has not arrived yet; afterwards its facts name all of them."""
        if self.arrival is not None:
            return None
        return self.context.series(self.context.last_queue or NO_QUEUE)

    def status(self) -> Status:
        """Return the state at the end of the timeline."""
        waiting = [leg for leg in self.legs.values() if leg.phase == WAITING]
        talking = [leg for leg in self.legs.values() if leg.phase == TALKING]
        state: CaseState | None = None
        since: int | None = None
        queue = self.context.last_queue or NO_QUEUE
        series = self.context.series(queue) if self.arrival is None else self.arrival[1]
        if waiting:
            longest = min(waiting, key=lambda leg: leg.offered)
            state, since, series = "awaiting_reply", longest.offered, longest.series
        elif talking:
            state, series = "in_progress", max(talking, key=lambda leg: leg.answered).series
        return Status(
            state=state,
            series=series,
            since=since,
            last=self.last,
            waits=tuple((leg.offered, leg.series) for leg in waiting),
            arrival=self.arrival,
            answered=self.answered,
        )


class Call(Contact):
    """A call thread: all legs of one contact."""

    __slots__ = ("last_offered",)

    topic = "calls"

    def look_ahead(self, timeline: Sequence[Event]) -> None:
        """Calls need nothing from later events but channel and queues."""
        self.last_offered: Leg | None = None

    def step(self, event: Event, facts: Facts) -> None:
        """Feed one event in timeline order."""
        time = self.last = event.time
        rank = event.rank
        self.context.note(event)
        if rank == Rank.CALL_BLOCKED:
            self.blocked(event, facts)
            return
        leg = self.leg_of(event)
        if rank == Rank.CALL_OFFERED:
            if leg.phase == UNOFFERED:
                self.offered(leg, time, event.data.queue, facts)  # type: ignore[arg-type]  # required in CallOffered
        elif leg.phase == UNOFFERED:
            leg.defer(rank, _exit_reason(event))
        else:
            self.outcome(leg, rank, time, _exit_reason(event) if rank == Rank.CALL_EXITED else "", facts)

    def blocked(self, event: Event, facts: Facts) -> None:
        """Count a call that was not taken; it never entered a queue and is no request."""
        reason = event.data.reason  # type: ignore[attr-defined]  # CallBlocked by its rank
        series = self.context.series(self.context.queue_of(event))
        count(facts, event.time, series, _BLOCKED_COUNTS["other" if reason is UNSET else reason])

    def offered(self, leg: Leg, time: int, queue: str, facts: Facts) -> None:
        """Enter a queue; the first offer is the arrival, a later one takes back the resolution before it."""
        if self.arrival is None:
            series = self.context.series(queue)
            self.arrive(time, series, facts)
            count(facts, time, series, Count.CALL_REQUESTS)
        for fact in self.resolution:
            withdraw(facts, fact)
        self.resolution = []
        self.last_offered = leg
        self.offer(leg, time, queue, facts)

    def outcome(self, leg: Leg, rank: int, time: int, reason: str, facts: Facts) -> None:  # noqa: C901  # one branch for each type
        """Feed an event of an offered leg."""
        if rank == Rank.CALL_ANSWERED:
            self.answer(leg, time, facts)
        elif rank == Rank.CALL_ENDED:
            leg.end(time, facts)
        elif rank == Rank.CALL_WRAPUP_ENDED:
            if leg.wrap_up(time, facts) and leg is self.last_offered and self.arrival is not None:
                self.resolve(time, self.arrival[0], leg.series, facts)
        elif rank == Rank.CALL_ABANDONED:
            leg.abandon(time, facts)
        elif rank == Rank.CALL_EXITED:
            leg.exit(time, reason, facts)
        elif rank == Rank.CALL_HOLD:
            leg.hold(time)
        elif rank == Rank.CALL_UNHOLD:
            leg.unhold(time)
        elif rank == Rank.CALL_TRANSFERRED:
            leg.transfer(time, facts)
        elif rank == Rank.CALL_RING_NO_ANSWER:
            leg.ring(time, facts)


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
        start = next((event for event in timeline if event.rank == Rank.CHAT_STARTED), None)
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
        if event.rank == Rank.CHAT_STARTED and self.started is None:
            return False
        if self.implicit_leg is not None:
            leg = DEFAULT_LEG if event.data.leg is UNSET else event.data.leg
            implied = self.legs.get(self.implicit_leg)
            if event.rank == Rank.CHAT_QUEUED and (
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
        self.context.note(event)
        if rank == Rank.CHAT_MESSAGE:
            if _is_by(event, "agent"):
                self.agent_message(event, facts)
            return
        if rank == Rank.CHAT_STARTED:
            self.start(event, facts)
            return
        leg = self.leg_of(event)
        if rank == Rank.CHAT_QUEUED:
            if leg.phase == UNOFFERED:
                self.offered(leg, time, event.data.queue, facts)  # type: ignore[arg-type]  # required in ChatQueued
        elif leg.phase == UNOFFERED:
            leg.defer(rank, "")
        else:
            self.outcome(leg, rank, time, "", facts)
        if rank == Rank.CHAT_ENDED and not self.ended:
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
        if self.arrival is None and self.started is None:
            self.arrive(time, self.context.series(queue), facts)
        self.offer(leg, time, queue, facts)

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
        if rank == Rank.CHAT_ACCEPTED:
            self.answer(leg, time, facts)
            if self.end_waits is not None and leg in self.end_waits[2] and leg.phase == TALKING:
                ended, series, _ = self.end_waits
                self.end_waits = None
                self.resolved_at(ended, series, facts)
        elif rank == Rank.CHAT_ENDED:
            leg.end(time, facts)
        elif rank == Rank.CHAT_WRAPUP_ENDED:
            leg.wrap_up(time, facts)
        elif rank == Rank.CHAT_ABANDONED:
            leg.abandon(time, facts)
        elif rank == Rank.CHAT_TRANSFERRED:
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
            if leg.deferred is not None and any(rank == Rank.CHAT_ACCEPTED for rank, _ in leg.deferred)
        ]
        self.end_waits = (event.time, series, accepted)

    def resolved_at(self, ended: int, series: Series, facts: Facts) -> None:
        """Count the resolution, not before the start."""
        if self.started is not None:
            self.resolve(max(self.started, ended), self.started, series, facts)


def _exit_reason(event: Event) -> str:
    reason = getattr(event.data, "reason", UNSET)
    return "other" if reason is UNSET else str(reason)


def _is_by(event: Event, author: str) -> bool:
    return event.rank == Rank.CHAT_MESSAGE and event.data.author == author  # type: ignore[attr-defined]  # ChatMessage by its rank


_WAYS_OUT: Final = frozenset(
    (Rank.CHAT_ACCEPTED, Rank.CHAT_ABANDONED, Rank.CHAT_ENDED, Rank.CHAT_TRANSFERRED, Rank.CHAT_WRAPUP_ENDED)
)


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
