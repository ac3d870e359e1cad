"""Totals of one partition since the process began: counters that never fall, histograms with fixed edges.

Guarantee: exact within a process's life. A fact withdrawn after having been counted does not lower a counter,
it is counted in `corrections`. A breach is counted once its deadline has passed, not while it lies ahead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import Final

from aggregators.compounds import duration_measures, parts_of
from aggregators.facts import Facts
from aggregators.measures import Count, Distribution, Parts, Series, sum_key
from aggregators.state_metrics import OTHER

_BREACHES: Final = frozenset(
    (
        int(Count.SLA_BREACHED_FIRST_RESPONSE),
        int(Count.SLA_BREACHED_NEXT_RESPONSE),
        int(Count.SLA_BREACHED_RESOLUTION),
    )
)
_UNCOUNTED: Final = int(Count.UNANSWERED)
MOST_TOTALS: Final = 20_000
"""Series counted apart, for a counter must never fall; further ones are counted under `__other__`."""
_MOST_UNSORTED: Final = 50_000
"""Facts after which durations are put into their histograms, also where nobody reads them."""


class _SeriesTotals:
    """What was counted in one series: facts by measure, and durations that no histogram holds yet."""

    __slots__ = ("counts", "durations")

    def __init__(self, observed: Iterable[int]) -> None:
        self.counts: dict[int, int] = {}
        self.durations: dict[int, list[int]] = {measure: [] for measure in observed}


class Totals:
    """Sums per series; histograms are counts per edge (the last one is beyond all edges).

    edges: distribution → inclusive upper bounds in milliseconds.
    """

    def __init__(self, edges: Mapping[Distribution, tuple[int, ...]]) -> None:
        self.corrections = 0
        self._edges = edges
        self._series: dict[Series, _SeriesTotals] = {}
        self._histograms: dict[tuple[Series, int], list[int]] = {}
        self._milliseconds: dict[tuple[Series, int], int] = {}
        self._unsorted = 0
        self._observed = _observed(edges)
        self._apart = _not_simply_counted()
        self._ahead: dict[tuple[int, Series, int], int] = {}
        self._due: list[tuple[int, Series, int]] = []

    def add(self, facts: Facts, watermark: int) -> None:
        """Count the facts of a batch; opposite facts of one batch cancel out before they are counted."""
        opposite = [fact for fact in facts if fact[4] < 0 and fact[2] != _UNCOUNTED]
        if opposite:
            facts = self._balanced(facts, opposite)
        apart = self._apart
        last: Series | None = None
        counts: dict[int, int] = {}
        durations: dict[int, list[int]] = {}
        for time, series, measure, value, _ in facts:
            # The facts of one case come one after the other and share their series.
            if series is not last:
                last, found = series, self._of(series)
                counts, durations = found.counts, found.durations
            kept = durations.get(measure)
            if kept is not None:
                kept.append(value)
            elif measure not in apart:
                counts[measure] = counts.get(measure, 0) + 1
            elif measure in _BREACHES:
                self._breach((time, series, measure), watermark)
        self.pass_to(watermark)
        self._unsorted += len(facts)
        if self._unsorted > _MOST_UNSORTED:
            self._sort_durations()

    def _balanced(self, facts: Facts, opposite: Facts) -> Facts:
        """Return the facts to count, without opposites; what takes back earlier ones is a correction."""
        against = Counter(fact[:4] for fact in opposite)
        kept: Facts = []
        for fact in facts:
            if fact[4] < 0:
                continue
            if against.get(fact[:4], 0):
                against[fact[:4]] -= 1
            else:
                kept.append(fact)
        for (time, series, measure, _), times in against.items():
            if times:
                self._take_back((time, series, measure), times)
        return kept

    def pass_to(self, watermark: int) -> None:
        """Count the breaches whose deadline the watermark has reached."""
        while self._due and self._due[0][0] <= watermark:
            key = heappop(self._due)
            times = self._ahead.pop(key, 0)
            if times:
                self._count(key[1], key[2], times)

    def histograms(self) -> dict[tuple[Series, int], list[int]]:
        """Return the histograms by (series, distribution)."""
        self._sort_durations()
        return self._histograms

    def sums(self) -> dict[Series, Parts]:
        """Return per series the counts by Count, and the histograms' milliseconds by their sum keys."""
        self._sort_durations()
        sums: dict[Series, Parts] = {}
        for series, found in self._series.items():
            parts = sums[series] = {}
            for measure, times in found.counts.items():
                for count in parts_of(measure).counts:
                    parts[count] = parts.get(count, 0) + times
        for (series, distribution), milliseconds in self._milliseconds.items():
            sums[series][sum_key(distribution)] = milliseconds
        return sums

    def _breach(self, key: tuple[int, Series, int], watermark: int) -> None:
        """Count a breach once its deadline has passed; until then it may still be met."""
        if key[0] <= watermark:
            self._count(key[1], key[2], 1)
            return
        if key not in self._ahead:
            heappush(self._due, key)
        self._ahead[key] = self._ahead.get(key, 0) + 1

    def _take_back(self, key: tuple[int, Series, int], times: int) -> None:
        held = min(self._ahead.get(key, 0), times)
        if held:
            self._ahead[key] -= held
        self.corrections += times - held

    def _count(self, series: Series, measure: int, times: int) -> None:
        counts = self._of(series).counts
        counts[measure] = counts.get(measure, 0) + times

    def _of(self, series: Series) -> _SeriesTotals:
        found = self._series.get(series)
        if found is None and len(self._series) >= MOST_TOTALS:
            series = (series[0], OTHER)
            found = self._series.get(series)
        if found is None:
            found = self._series[series] = _SeriesTotals(self._observed)
        return found

    def _sort_durations(self) -> None:
        """Put the durations that came since the last time into their histograms."""
        self._unsorted = 0
        for series, found in self._series.items():
            for measure, values in found.durations.items():
                if values:
                    self._count(series, measure, len(values))
                    self._observe((series, self._observed[measure]), values)
                    values.clear()

    def _observe(self, place: tuple[Series, int], values: list[int]) -> None:
        self._milliseconds[place] = self._milliseconds.get(place, 0) + sum(values)
        edges = self._edges[Distribution(place[1])]
        histogram = self._histograms.get(place)
        if histogram is None:
            histogram = self._histograms[place] = [0] * (len(edges) + 1)
        values.sort()
        below = 0
        for number, edge in enumerate(edges):
            reached = bisect_right(values, edge)
            histogram[number] += reached - below
            below = reached
        histogram[-1] += len(values) - below


def _not_simply_counted() -> frozenset[int]:
    """Return what no counter shows at once: breaches may lie ahead, durations alone count nothing."""
    durations = (measure for measure in duration_measures() if not parts_of(measure).counts)
    return _BREACHES.union((_UNCOUNTED,), durations)


def _observed(edges: Mapping[Distribution, tuple[int, ...]]) -> dict[int, int]:
    """Return which measures go into which distribution's histogram; none goes into two."""
    return {
        measure: distribution
        for measure in duration_measures()
        for distribution in parts_of(measure).distributions
        if distribution in edges
    }
