"""The answer to "why this number?": what stands behind it, summed up, and the cases that are worth a look.

Guarantee: `behind` and `times` are of everything, whatever is shown; of a count the latest are shown, of a
duration the longest, of a quantile those around its rank.

Worked: answer times of 8, 30 and 31 s, stat p50: the rank is ⌈3 · 50 / 100⌉ = 2, the case of 30 s; with a
limit of one it is the one that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import Final

from msgspec import Struct

from aggregators.catalogue import WINDOW_PREFIXES
from aggregators.catalogue.metric import WindowMetric
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.contributions import WAITING, Contribution, Question, contributions, name_of, reading_of
from aggregators.events import Topic
from aggregators.facts import DURATION
from aggregators.ledger import PartitionLedger
from aggregators.measures import Count
from aggregators.steps import Steps, finished
from aggregators.stored_case import leaving, unpack
from aggregators.window_row import QUANTILES, STATS

EXPLAINED: Final[Mapping[str, WindowMetric]] = {
    prefix + metric.measure: metric for prefix, _, _ in reversed(WINDOW_PREFIXES) for metric in WINDOW_METRICS
} | {metric.measure: metric for metric in WINDOW_METRICS}
"""By every name of a window metric: the three of Prometheus, and the short one."""

CASES_A_STEP: Final = 100
RUN: Final = 2_000
"""Contributions sorted in one step: about 5 ms."""
EXPLAINED_TOPICS: Final[frozenset[Topic]] = frozenset(("tickets", "calls", "chats"))
_AFTER_ITS_EVENTS: Final = frozenset(
    (
        WAITING,
        Count.SLA_BREACHED_FIRST_RESPONSE,
        Count.SLA_BREACHED_NEXT_RESPONSE,
        Count.SLA_BREACHED_RESOLUTION,
    )
)
"""What an open case may add long after its newest event."""

_RANKS: Final = dict(zip(STATS[1:4], QUANTILES, strict=True))


class Behind(Struct, frozen=True):
    """How much of one measure stands behind a number: how often, and of durations the sum in milliseconds."""

    measure: str
    times: int
    milliseconds: int | None


class Explanation(Struct, frozen=True):
    """What stands behind a number; total: contributions in all; shown: those worth a look, in their order."""

    behind: Sequence[Behind]
    total: int
    shown: Sequence[Contribution]


def explained(found: Sequence[Contribution], stat: str, limit: int) -> Explanation:
    """Sum up contributions and choose at most `limit` of them; stat: of STATS, means nothing to a count."""
    tally = _Tally()
    finished(tally.adding(found))
    return finished(tally.explaining(stat, limit))


def explaining(
    question: Question, ledgers: Iterable[PartitionLedger], stat: str, limit: int
) -> Steps[Explanation]:
    """Return the same of all partitions, in steps; folding may go on between them."""
    tally = _Tally()
    for ledger in ledgers:
        found = yield from standing_behind(question, ledger)
        yield from tally.adding(found)
    explanation = yield from tally.explaining(stat, limit)
    return explanation


class _Tally:
    """Sums up contributions to one number and keeps them in sorted runs, so that no step sorts many."""

    def __init__(self) -> None:
        self._total = 0
        self._times: dict[int, int] = {}
        self._milliseconds: dict[int, int] = {}
        self._runs: list[list[Contribution]] = []

    def adding(self, found: Sequence[Contribution]) -> Steps[None]:
        """Add contributions, in steps of a run."""
        self._total += len(found)
        times, milliseconds = self._times, self._milliseconds
        for start in range(0, len(found), RUN):
            run = list(found[start : start + RUN])
            for each in run:
                times[each.measure] = times.get(each.measure, 0) + each.times
                if each.measure >= DURATION:
                    value = each.times * each.value
                    milliseconds[each.measure] = milliseconds.get(each.measure, 0) + value
            run.sort(key=_order(run), reverse=not _is_of_durations(run))
            self._runs.append(run)
            yield

    def explaining(self, stat: str, limit: int) -> Steps[Explanation]:
        """Return the sums and the choice, in steps of as many as a run has."""
        shown: list[Contribution] = []
        if self._runs:
            first = self._runs[0]
            sorted_ones = merge(*self._runs, key=_order(first), reverse=not _is_of_durations(first))
            for number, _ in enumerate(islice(sorted_ones, self._start(stat, limit))):
                if number % RUN == 0:
                    yield
            shown = list(islice(sorted_ones, limit))
        behind = [
            Behind(name_of(measure), times, self._milliseconds.get(measure))
            for measure, times in self._times.items()
        ]
        return Explanation(sorted(behind, key=lambda each: each.measure), self._total, shown)

    def _start(self, stat: str, limit: int) -> int:
        """Return how many stand before those that are shown."""
        if stat not in _RANKS or not _is_of_durations(self._runs[0]):
            return 0
        numerator, denominator = _RANKS[stat]
        place = self._total - -(-self._total * numerator // denominator)
        return max(0, min(place - limit // 2, self._total - limit))


def _is_of_durations(run: Sequence[Contribution]) -> bool:
    """Say whether contributions are durations: what a metric reads is either all of them or none."""
    return run[0].measure >= DURATION


def _order(run: Sequence[Contribution]) -> Callable[[Contribution], tuple[int, Contribution]] | None:
    """Return by what contributions are sorted: durations by length, counts, backwards, by time."""
    return (lambda each: (-each.value, each)) if _is_of_durations(run) else None


def standing_behind(question: Question, ledger: PartitionLedger) -> Steps[list[Contribution]]:
    """Return what the cases of a partition add to a number, in steps.

    Cases that have left their retention are not there any more. Folding may go on between the steps.
    """
    found: list[Contribution] = []
    topic, configuration = ledger.topic, ledger.configuration
    if topic not in EXPLAINED_TOPICS:
        return found
    measures = reading_of(question.metric).measures
    may_follow = not measures.isdisjoint(_AFTER_ITS_EVENTS)
    for number, name in enumerate(list(ledger.cases)):
        if number % CASES_A_STEP == 0:
            yield
        case = ledger.cases.get(name)
        if case is None:
            continue  # it left meanwhile
        if isinstance(case, bytes):
            last, is_open = leaving(case)
            if last >= question.start or (may_follow and is_open):
                found += contributions(question, topic, unpack(name, case), configuration)
        elif case.last >= question.start or may_follow:
            found += contributions(question, topic, case.deliveries, configuration)
    return found
