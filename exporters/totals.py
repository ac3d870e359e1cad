"""The totals for analysts as samples: counters and histograms of this worker since it started.

Guarantee: a series never falls within a process's life. A queue that has been given its own name keeps it;
when more appear than are shown, later ones are counted under `__other__` from their first sample on. What a
partition counted before this worker gave it up stays counted.

Worked: 3 abandons of which 1 was short: support_abandoned_total{stage="short"} 1 and {stage="queue"} 2.
Cost: about 20 µs per (channel, queue), all its histograms included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import add

from aggregators.catalogue.metric import TotalMetric
from aggregators.catalogue.totals import CORRECTIONS, TOTAL_METRICS, histogram_edges
from aggregators.configuration import Configuration
from aggregators.measures import Parts, Series, add_parts, sum_key
from aggregators.samples import Labels, Sample
from aggregators.state_metrics import OTHER
from aggregators.totals import Totals
from aggregators.window_row import Summaries, WindowRow, row_of_series
from exporters.histograms import Histogram, histogram_samples


class TotalsExport:
    """Reads the totals of a worker's partitions as one set of samples.

    Configured queues always have their own name; of the others the first to be seen, up to `max_queues`.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._edges = histogram_edges(configuration)
        self._named = set(configuration.queues)
        self._given_up = _Sums()

    def keep(self, totals: Totals) -> None:
        """Keep what a partition counted that this worker gives up; call it once per ledger, at its end."""
        self._add(self._given_up, totals)

    def samples(self, totals: Iterable[Totals]) -> list[Sample]:
        """Return every counter and histogram of the worker; a series that never happened is absent.

        totals: of the partitions that this worker has now.
        """
        sums = _Sums()
        sums.add(self._given_up)
        for partition in totals:
            self._add(sums, partition)
        rows = {
            series: row_of_series(series, parts, 0, self._configuration, Summaries(parts))
            for series, parts in sums.counts.items()
        }
        found = [Sample(CORRECTIONS.name, (), sums.corrections)]
        for metric in TOTAL_METRICS:
            found += _counters(metric, rows)
            found += self._histograms(metric, sums)
        return found

    def _add(self, sums: _Sums, totals: Totals) -> None:
        for series, counts in totals.sums().items():
            add_parts(sums.counts.setdefault(self._shown(series), {}), counts)
        for (series, distribution), observed in totals.histograms().items():
            sums.add_histogram(self._shown(series), distribution, observed)
        sums.corrections += totals.corrections

    def _shown(self, series: Series) -> Series:
        channel, queue = series
        if queue in self._named:
            return series
        if len(self._named) < self._configuration.max_queues:
            self._named.add(queue)
            return series
        return (channel, OTHER)

    def _histograms(self, metric: TotalMetric, sums: _Sums) -> Iterator[Sample]:
        distribution = metric.distribution
        if distribution is None:
            return
        for (series, measured), counts in sums.histograms.items():
            if measured == distribution:
                milliseconds = sums.counts[series][sum_key(distribution)]
                histogram = Histogram(self._edges[distribution], counts, milliseconds)
                yield from histogram_samples(metric.name, _place(series), histogram)


class _Sums:
    """Totals of several partitions under the names that are shown."""

    __slots__ = ("corrections", "counts", "histograms")

    def __init__(self) -> None:
        self.corrections = 0
        self.counts: dict[Series, Parts] = {}
        self.histograms: dict[tuple[Series, int], list[int]] = {}

    def add(self, other: _Sums) -> None:
        for series, counts in other.counts.items():
            add_parts(self.counts.setdefault(series, {}), counts)
        for (series, distribution), observed in other.histograms.items():
            self.add_histogram(series, distribution, observed)
        self.corrections += other.corrections

    def add_histogram(self, series: Series, distribution: int, observed: list[int]) -> None:
        mine = self.histograms.get((series, distribution))
        sums = list(observed) if mine is None else list(map(add, mine, observed))
        self.histograms[series, distribution] = sums


def _counters(metric: TotalMetric, rows: dict[Series, WindowRow]) -> Iterator[Sample]:
    if metric.values is None:
        return
    for series, row in rows.items():
        place = _place(series)
        for value, own in zip(metric.values(row), metric.domain, strict=True):
            if value is not None:
                yield Sample(metric.name, (*place, *zip(metric.own_labels, own, strict=True)), value)


def _place(series: Series) -> Labels:
    return (("channel", series[0]), ("queue", series[1]))
