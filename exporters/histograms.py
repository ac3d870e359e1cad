"""Histograms as the samples of the text format: cumulative buckets by upper edge, sum and count.

Guarantee: buckets are cumulative and end with +Inf, which equals the count.
Worked: edges 5 s and 10 s with counts 2, 1, 1 give le="5.0" 2, le="10.0" 3, le="+Inf" 4.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from aggregators.samples import Labels, Sample

UPPER_EDGE: Final = "le"
BUCKET: Final = "_bucket"
SUM: Final = "_sum"
COUNT: Final = "_count"


class Histogram:
    """Counts of durations between fixed edges, and their sum.

    edges: inclusive upper bounds in milliseconds, ascending; counts: one for each edge and one for what lies
    above.
    """

    __slots__ = ("counts", "edges", "milliseconds")

    def __init__(self, edges: Sequence[int], counts: list[int] | None = None, milliseconds: int = 0) -> None:
        self.edges = edges
        self.counts = counts if counts is not None else [0] * (len(edges) + 1)
        self.milliseconds = milliseconds

    def observe(self, milliseconds: int, times: int = 1) -> None:
        """Count a duration, or several equal ones."""
        self.counts[bisect_left(self.edges, milliseconds)] += times
        self.milliseconds += milliseconds * times


def histogram_samples(name: str, labels: Labels, histogram: Histogram) -> Iterator[Sample]:
    """Yield the samples of one histogram; edges and sum in seconds."""
    edges = [repr(edge / 1000) for edge in histogram.edges]
    cumulative = list(accumulate(histogram.counts))
    for edge, count in zip([*edges, "+Inf"], cumulative, strict=True):
        yield Sample(name + BUCKET, (*labels, (UPPER_EDGE, edge)), count)
    yield Sample(name + SUM, labels, histogram.milliseconds / 1000)
    yield Sample(name + COUNT, labels, cumulative[-1])
