"""Totals of one partition since the process began: counters that never fall, histograms with fixed edges.

Guarantee: exact within a process's life. A fact withdrawn after having been counted does not lower a counter,
it is counted in `corrections`. A breach is counted once its deadline has passed, not while it lies ahead.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from heapq import heappop, heappush
from typing import Final

from aggregators.facts import DURATION, Facts
from aggregators.measures import Count, Distribution, Series, sum_key

_BREACHES: Final = frozenset(
    (
        int(Count.SLA_BREACHED_FIRST_RESPONSE),
        int(Count.SLA_BREACHED_NEXT_RESPONSE),
        int(Count.SLA_BREACHED_RESOLUTION),
    )
)
_UNCOUNTED: Final = int(Count.UNANSWERED)


class Totals:
    """Sums per series: counts by Count key, histograms as counts per edge (the last one is beyond all edges).

    edges: distribution → inclusive upper bounds in milliseconds.
    """

    def __init__(self, edges: Mapping[Distribution, tuple[int, ...]]) -> None:
        self.corrections = 0
        self.counts: dict[Series, dict[int, int]] = {}
        self.histograms: dict[tuple[Series, int], list[int]] = {}
        self._edges = {DURATION + distribution: bounds for distribution, bounds in edges.items()}
        self._ahead: dict[tuple[int, Series, int], int] = {}
        self._due: list[tuple[int, Series, int]] = []

    def add(self, facts: Facts, watermark: int) -> None:
        """Count the facts of a batch; opposite facts of one batch cancel out before they are counted."""
        opposite = [fact for fact in facts if fact[4] < 0 and fact[2] != _UNCOUNTED]
        if opposite:
            facts = self._balanced(facts, opposite)
        edges = self._edges
        last: Series | None = None
        counts: dict[int, int] = {}
        for time, series, measure, value, _ in facts:
            # The facts of one event come one after the other and share their series.
            if series is not last:
                last, counts = series, self._counts_of(series)
            if measure >= DURATION:
                if measure in edges:
                    self._observe(series, measure, value)
            elif measure in _BREACHES:
                self._breach((time, series, measure), watermark)
            elif measure != _UNCOUNTED:
                counts[measure] = counts.get(measure, 0) + 1
        self.pass_to(watermark)

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
                counts = self._counts_of(key[1])
                counts[key[2]] = counts.get(key[2], 0) + times

    def _breach(self, key: tuple[int, Series, int], watermark: int) -> None:
        """Count a breach once its deadline has passed; until then it may still be met."""
        if key[0] <= watermark:
            counts = self._counts_of(key[1])
            counts[key[2]] = counts.get(key[2], 0) + 1
            return
        if key not in self._ahead:
            heappush(self._due, key)
        self._ahead[key] = self._ahead.get(key, 0) + 1

    def _take_back(self, key: tuple[int, Series, int], times: int) -> None:
        held = min(self._ahead.get(key, 0), times)
        if held:
            self._ahead[key] -= held
        self.corrections += times - held

    def _counts_of(self, series: Series) -> dict[int, int]:
        counts = self.counts.get(series)
        if counts is None:
            counts = self.counts[series] = {}
        return counts

    def _observe(self, series: Series, measure: int, value: int) -> None:
        counts = self._counts_of(series)
        key = sum_key(measure - DURATION)
        counts[key] = counts.get(key, 0) + value
        edges = self._edges[measure]
        histogram = self.histograms.get((series, measure - DURATION))
        if histogram is None:
            histogram = self.histograms[series, measure - DURATION] = [0] * (len(edges) + 1)
        histogram[bisect_left(edges, value)] += 1
