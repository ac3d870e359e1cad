"""What stands behind a number of a window: every single thing that a case added to it.

Law: a metric read from the sum of the contributions is the number itself, for every window metric of the
operations and every place. There is no second definition: contributions are the facts that cases give when
they are derived, and which of them a metric reads is seen by letting it read.

    support_window_answer_seconds{stat="mean"} 19.0 = (8 s of call c1 + 30 s of call c2) / 2 answers

Cost: one derivation of each case that is asked, about 60 µs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from msgspec import Struct

from aggregators.cases import CaseKind, derive
from aggregators.catalogue.metric import WindowMetric
from aggregators.compounds import expanded
from aggregators.configuration import SLAS, Configuration
from aggregators.events import Event, Topic
from aggregators.facts import DURATION, Facts
from aggregators.measures import Count, Distribution, Series
from aggregators.state_parts import add_waits, waiting_at
from aggregators.status import Status
from aggregators.timeline import deliveries_of, timeline_of

WAITING: Final = -1
"""Stands for a contact that waits beyond T at the end of the window, which no fact says."""

_TICKET_LEVEL: Final = (Count.TICKET_ANSWERED, Count.TICKET_ANSWERED_WITHIN)


class Contribution(Struct, frozen=True, order=True, gc=False):
    """One thing that a case adds.

    time: milliseconds, of a wait the end of the window; measure: a Count, DURATION + Distribution, or
    WAITING; value: milliseconds of a duration, else 1; times: how often, below 0 where it takes away.
    """

    time: int
    case: str
    series: Series
    measure: int
    value: int
    times: int

    @property
    def name(self) -> str:
        """What it is called: `answered`, `answer_seconds`, `waiting_beyond_threshold`."""
        return name_of(self.measure)


def name_of(measure: int) -> str:
    """Return what a plain measure, or WAITING, is called."""
    if measure == WAITING:
        return "waiting_beyond_threshold"
    if measure >= DURATION:
        return f"{Distribution(measure - DURATION).name.lower()}_seconds"
    return Count(measure).name.lower()


class Place(Struct, frozen=True):
    """Where to look: a channel, a queue, both, or everywhere."""

    channel: str | None = None
    queue: str | None = None

    def holds(self, series: Series) -> bool:
        """Say whether a series lies there."""
        return self.channel in (None, series[0]) and self.queue in (None, series[1])


class Question(Struct, frozen=True):
    """Which metric, where, and in which window [start, end) in milliseconds."""

    metric: WindowMetric
    place: Place
    start: int
    end: int


def contributions(
    question: Question, topic: Topic, deliveries: Sequence[Event], configuration: Configuration
) -> list[Contribution]:
    """Return what one case adds to a number, in the order of time; deliveries: all of the case."""
    timeline = timeline_of(deliveries_of(deliveries).values())
    if not timeline:
        return []
    facts: Facts = []
    kind = derive(topic, configuration, timeline, facts)
    said = [fact for fact in expanded(facts) if fact[2] != Count.UNANSWERED]
    said += _unanswered(kind.status(), question.end)
    inside = [fact for fact in said if question.start <= fact[0] < question.end]
    inside += _waiting(kind, timeline, topic, question.end, configuration)
    read = reading_of(question.metric)
    found: Counter[tuple[int, Series, int, int]] = Counter()
    for time, series, measure, value, sign in inside:
        if read.reads(measure, series, configuration) and question.place.holds(series):
            found[time, series, measure, value] += sign
    case = timeline[0].case
    return sorted(
        Contribution(time, case, series, measure, value, times)
        for (time, series, measure, value), times in found.items()
        if times
    )


def _unanswered(status: Status, end: int) -> Facts:
    """Return the request of a case that had no answer by the end of the window (ms)."""
    if status.arrival is None or (status.answered is not None and status.answered < end):
        return []
    arrived, series = status.arrival
    return [(arrived, series, int(Count.UNANSWERED), 1, 1)]


def _waiting(
    kind: CaseKind, timeline: Sequence[Event], topic: Topic, end: int, configuration: Configuration
) -> Facts:
    """Return the visits that wait beyond T at the end of the window (ms)."""
    times = [event.time for event in timeline]
    if times[0] >= end:
        return []
    waiting = kind.status() if times[-1] < end else waiting_at(end, kind.visits(), times)
    overdue: dict[Series, int] = {}
    if waiting is not None:
        add_waits(overdue, waiting, topic, end, configuration)
    return [(end, series, WAITING, 1, count) for series, count in overdue.items()]


class MetricReading(Struct, frozen=True):
    """What a metric reads of a row.

    measures: plain ones and WAITING; is_level: whether it is the service level of tickets, too, which counts
    only where first responses have a target.
    """

    measures: frozenset[int]
    is_level: bool

    def reads(self, measure: int, series: Series, configuration: Configuration) -> bool:
        """Say whether what happened in a series is in the number."""
        if self.is_level and measure in _TICKET_LEVEL:
            return configuration.sla_target(series[1], "first_response") is not None
        return measure in self.measures


@cache
def reading_of(metric: WindowMetric) -> MetricReading:
    """Return what a metric reads: it is given a row that takes note."""
    row = _NotingRow()
    metric.values(row)  # type: ignore[arg-type]  # it has all that a row has
    return MetricReading(frozenset(row.measures), row.is_level)


class _NotingRow:
    """Has everything of a `WindowRow`, nothing in it, and takes note of what is read."""

    def __init__(self) -> None:
        self.measures: set[int] = set()
        self.is_level = False
        self.parts = self
        self.service_level = self
        self.targets = (True,) * len(SLAS)
        self.summaries = _NotingSummaries(self.measures)

    def get(self, key: int, _: int) -> int:
        """Read a count of the parts."""
        self.measures.add(int(key))
        return 0

    def count(self, key: int) -> int:
        """Read a count."""
        return self.get(key, 0)

    def counts(self, keys: Iterable[int]) -> list[int]:
        """Read several counts."""
        return [self.get(key, 0) for key in keys]

    @property
    def met(self) -> int:
        """Read the numerator of the service level."""
        self.is_level = True
        self.measures.update(map(int, _TICKET_LEVEL))
        return self.live_met

    @property
    def eligible(self) -> int:
        """Read its denominator."""
        return self.met + self.get(Count.LEVEL_ELIGIBLE, 0)

    @property
    def live_met(self) -> int:
        """Read the numerator of the live service level."""
        return self.get(Count.LEVEL_MET, 0)

    @property
    def live_eligible(self) -> int:
        """Read its denominator: those who wait too long are in it."""
        self.measures.add(WAITING)
        return self.get(Count.LEVEL_ELIGIBLE, 0)


class _NotingSummaries(Sequence[None]):
    """No summary of any distribution; takes note of which are read."""

    def __init__(self, measures: set[int]) -> None:
        self._measures = measures

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401  # a sequence's index
        self._measures.add(DURATION + Distribution(place))
        return None

    def __len__(self) -> int:
        return len(Distribution)

    def __iter__(self) -> Iterator[None]:
        for place in range(len(self)):
            yield self[place]
