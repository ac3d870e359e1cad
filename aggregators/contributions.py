"""What stands behind a number of a window: every single thing that a case added to it.

Law: a metric read from the sum of the contributions is the number itself, for every window metric of the
operations and every place. There is no second definition: contributions are the facts that cases give when
they are derived, and which of them a metric reads is seen by letting it read.

    support_window_answer_seconds{stat="mean"} 19.0 = (8 s of call c1 + 30 s of call c2) / 2 answers

Cost: one derivation of each case that is asked, about 60 µs; of a whole call 10 µs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from msgspec import Struct

from aggregators.cases import CaseKind, derive
from aggregators.catalogue.metric import WindowMetric
from aggregators.compounds import expanded, plain_measures
from aggregators.configuration import SLAS, Configuration
from aggregators.events import Event, Topic
from aggregators.facts import DURATION, Facts
from aggregators.measures import Count, Distribution, Series
from aggregators.state_parts import add_waits, waiting_at
from aggregators.status import Status
from aggregators.timeline import deliveries_of, timeline_of
from aggregators.whole_calls import WholeCalls

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


class CaseReader:
    """Says what single cases of a topic add to a number; looks everything else up once."""

    def __init__(self, question: Question, topic: Topic, configuration: Configuration) -> None:
        self.wanted = Wanted(question.metric)
        self._question = question
        self._topic: Topic = topic
        self._configuration = configuration
        self._whole_calls = WholeCalls(configuration) if topic == "calls" else None

    def contributions(self, deliveries: Sequence[Event]) -> list[Contribution]:
        """Return what one case adds, in the order of time; deliveries: all of the case, not empty."""
        facts: Facts = []
        if not self._is_told_at_once(deliveries, facts):
            timeline = timeline_of(deliveries_of(deliveries).values())
            if not timeline:
                return []
            kind = derive(self._topic, self._configuration, timeline, facts)
            if self.wanted.depends_on_end:
                end = self._question.end
                facts = [fact for fact in expanded(facts) if fact[2] != Count.UNANSWERED]
                facts += _unanswered(kind.status(), end)
                waiting = _waiting(kind, timeline, self._topic, end, self._configuration)
                return self._read(deliveries[0].case, facts, waiting)
        return self._read(deliveries[0].case, facts, [])

    def _is_told_at_once(self, deliveries: Sequence[Event], facts: Facts) -> bool:
        """Add the facts of a whole call, which nearly every one is, in a fifth of the time.

        One that is over before the window ends does not wait then, and whether it was answered is known.
        """
        if self._whole_calls is None:
            return False
        if self.wanted.depends_on_end and deliveries[-1].time >= self._question.end:
            return False
        return self._whole_calls.add(deliveries, facts)

    def _read(self, case: str, facts: Facts, waiting: Facts) -> list[Contribution]:
        """Return what of some facts is in the number; waiting: facts at the very end of the window."""
        question, configuration, wanted = self._question, self._configuration, self.wanted
        inside = [fact for fact in facts if question.start <= fact[0] < question.end]
        found: dict[tuple[int, Series, int, int], int] = {}
        for time, series, measure, value, sign in (*inside, *waiting):
            for plain in wanted.of(measure):
                if question.place.holds(series) and wanted.reads(plain, series, configuration):
                    key = (time, series, plain, value if plain >= DURATION else 1)
                    found[key] = found.get(key, 0) + sign
        return sorted(
            Contribution(time, case, series, measure, value, times)
            for (time, series, measure, value), times in found.items()
            if times
        )


def contributions(
    question: Question, topic: Topic, deliveries: Sequence[Event], configuration: Configuration
) -> list[Contribution]:
    """Return what one case adds to a number, in the order of time; deliveries: all of the case, not empty."""
    return CaseReader(question, topic, configuration).contributions(deliveries)


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


class Wanted:
    """What a metric reads: measures as facts and rows have them, compounds too.

    measures: plain ones, and WAITING; depends_on_end: whether it reads what no fact says, because it depends
    on where the window ends; is_of_durations: whether it reads durations (else it reads counts alone).
    """

    def __init__(self, metric: WindowMetric) -> None:
        row = reading_of(metric)
        self.measures = frozenset(row.measures)
        self.depends_on_end = not self.measures.isdisjoint((WAITING, Count.UNANSWERED))
        self.is_of_durations = any(measure >= DURATION for measure in self.measures)
        self._is_level = row.is_level
        self._plain: dict[int, tuple[int, ...]] = {}

    def of(self, measure: int) -> tuple[int, ...]:
        """Return which plain measures of this one, which may be a compound, are read."""
        plain = self._plain.get(measure)
        if plain is None:
            said = (WAITING,) if measure == WAITING else plain_measures(measure)
            plain = self._plain[measure] = tuple(each for each in said if each in self.measures)
        return plain

    def reads(self, plain: int, series: Series, configuration: Configuration) -> bool:
        """Say whether a plain measure of `of` is in the number, by where it happened.

        The service level of tickets counts only where first responses have a target.
        """
        if self._is_level and plain in _TICKET_LEVEL:
            return configuration.sla_target(series[1], "first_response") is not None
        return True


class MetricReading(Struct, frozen=True):
    """What a metric reads of a row.

    measures: plain ones and WAITING; is_level: whether it is the service level of tickets, too.
    """

    measures: frozenset[int]
    is_level: bool


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
