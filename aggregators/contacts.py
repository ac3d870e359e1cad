"""What calls and chats share: a case is a contact with one or more legs.

Pure: the same timeline gives the same facts and status. A contact grows at its end with `step`; whatever
would change what came before (`holds_for` is False) means deriving it anew from the whole timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from aggregators.case_context import CaseContext
from aggregators.compounds import compound
from aggregators.configuration import Configuration
from aggregators.events import DEFAULT_LEG, NO_QUEUE, Event, Topic
from aggregators.facts import RESOLUTION_BUSINESS, Fact, Facts
from aggregators.legs import HANDLED, TALKING, UNOFFERED, WAITING, Leg
from aggregators.measures import Count, Distribution, Series
from aggregators.parts import CaseState
from aggregators.status import Status, Visit

_UNANSWERED: Final = int(Count.UNANSWERED)
_REQUEST: Final = compound((Count.REQUESTS, Count.UNANSWERED))
_ANSWERED_REQUEST: Final = int(Count.REQUESTS)
_RESOLVED_COUNTS: Final = (Count.RESOLVED, Count.RESOLVED_CASES)
_RESOLVED: Final = compound(_RESOLVED_COUNTS, (Distribution.RESOLUTION,))
_RESOLVED_ALWAYS_OPEN: Final = compound(
    _RESOLVED_COUNTS, (Distribution.RESOLUTION, Distribution.RESOLUTION_BUSINESS)
)
"""Where the queue is always open both clocks show the same."""


class Contact:
    """What calls and chats share: legs, arrival, first answer, resolution, state."""

    __slots__ = (
        "answered",
        "arrival",
        "configuration",
        "context",
        "is_derived",
        "last",
        "legs",
        "position",
        "resolution",
    )

    topic: Topic

    def __init__(self, configuration: Configuration, timeline: Sequence[Event], facts: Facts) -> None:
        self.configuration = configuration
        self.context = CaseContext(self.topic, timeline)
        self.legs: dict[str, Leg] = {}
        self.arrival: tuple[int, Series] | None = None
        self.answered: int | None = None
        self.resolution: list[Fact] = []
        self.last = timeline[0].time
        self.is_derived = False
        self.position = 0
        self.look_ahead(timeline)
        for event in timeline:
            self.step(event, facts)
        self.is_derived = True
        self.count_arrival(facts)

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
        """Count the request, once a case: now, or when the timeline so far is known to its end."""
        self.arrival = (time, series)
        if self.is_derived:
            self.count_arrival(facts)

    def count_arrival(self, facts: Facts) -> None:
        """Add what the arrival says, if there was one."""
        if self.arrival is not None:
            facts.append((*self.arrival, self.request(), 1, 1))

    def request(self) -> int:
        """Return what the arrival says: a request, and whether nobody has answered it."""
        return _REQUEST if self.answered is None else _ANSWERED_REQUEST

    def offer(self, leg: Leg, time: int, series: Series, facts: Facts) -> None:
        """Start a leg's wait and let the outcomes that came before it count now."""
        target = self.configuration.service_level(series[1], self.context.channel, self.topic)  # type: ignore[arg-type]  # a stated channel was checked by the codec
        leg.offer(time, series, target)
        leg.offer_position = self.position
        if leg.deferred is not None:
            deferred, leg.deferred = leg.deferred, None
            here = self.position
            for rank, reason, position in deferred:
                self.position = position
                self.outcome(leg, rank, time, reason, facts)
            self.position = here

    def outcome(self, leg: Leg, rank: int, time: int, reason: str, facts: Facts) -> None:
        """Called for everything after the offer of a leg; `reason` is that of an exit."""
        raise NotImplementedError

    def answer(self, leg: Leg, time: int, facts: Facts) -> None:
        """Answer a leg; the case's first answer is its assignment and takes it out of the unanswered."""
        is_first = self.answered is None
        if not leg.answer(time, facts, is_first=is_first):
            return
        leg.answer_position = self.position
        if is_first:
            self.answered = time
            if self.arrival is not None and self.is_derived:
                facts.append((*self.arrival, _UNANSWERED, 1, -1))

    def resolve(self, time: int, started: int, series: Series, facts: Facts) -> None:
        """Count the resolution of a contact; it may be withdrawn when another leg follows."""
        self.resolution = resolution_facts(self.configuration, series, started, time)
        facts.extend(self.resolution)

    def is_open(self) -> bool:
        """Say whether a leg waits or talks: then the case has a state."""
        for leg in self.legs.values():  # noqa: SIM110  # a generator in any() takes three times as long
            if leg.phase == WAITING or leg.phase == TALKING:  # noqa: PLR1714  # half the time of a tuple's `in`
                return True
        return False

    def is_at_rest(self) -> bool:
        """Say whether every leg is over: then hardly ever anything follows."""
        for leg in self.legs.values():  # a generator in all() takes three times as long
            if leg.phase < HANDLED:
                return False
        return self.arrival is not None

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
            longest = min(waiting, key=lambda leg: (leg.offered, leg.offer_position))
            state, since, series = "awaiting_reply", longest.offered, longest.series
        elif talking:
            state, series = (
                "in_progress",
                max(talking, key=lambda leg: (leg.answered, leg.answer_position)).series,
            )
        return Status(
            state=state,
            series=series,
            since=since,
            last=self.last,
            waits=tuple((leg.offered, leg.series) for leg in waiting),
            arrival=self.arrival,
            answered=self.answered,
        )


def resolution_facts(configuration: Configuration, series: Series, started: int, time: int) -> list[Fact]:
    """Return what a resolution at `time` of a contact that arrived at `started` says, on both clocks."""
    calendar = configuration.calendar(series[1])
    started = min(started, time)
    value = time - started
    if calendar is None:
        return [(time, series, _RESOLVED_ALWAYS_OPEN, value, 1)]
    return [
        (time, series, _RESOLVED, value, 1),
        (time, series, RESOLUTION_BUSINESS, calendar.elapsed(started, time), 1),
    ]
