"""Samples of one window: every window metric per (channel, queue), per channel and for everything.

Guarantee: roll-ups are computed from summed parts, service levels from each queue's own numerator and
denominator; counts exist for every known pair. The result is sorted by place and in the catalogue's order, so
that it does not depend on the order in which partitions were merged.

Worked: queues with 2 of 5 and 3 of 3 answered in time have 0.4 and 1.0; their channel has (2 + 3) / (5 + 3) =
0.625.
Cost: about 200 µs per (channel, queue) with 300 keys that has changed, 5 µs where its sums are the same
object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from msgspec import Struct

from aggregators.catalogue import WINDOW_PREFIXES
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.configuration import SLAS, Configuration
from aggregators.measures import Parts, Series
from aggregators.samples import Labels, Sample, Value
from aggregators.steps import Steps, finished
from aggregators.sums import change_between
from aggregators.window_row import (
    ServiceLevelSums,
    Summaries,
    WindowRow,
    row_of_series,
)

_PLACES_CACHED: Final = 8192
"""Label sets kept; 200 queues on seven channels need 1,408. Beyond the limit they are built again."""

_SERIES, _CHANNEL, _SITE = (prefix for prefix, _, _ in WINDOW_PREFIXES)
_NO_PARTS: Final[Parts] = {}

_Step = tuple[Callable[[WindowRow], Sequence[Value | None]], int, int, str, tuple[Labels, ...]]
"""How a metric is read, the place of the summary or the count that is all it reads, its name, its labels."""
_Plan = tuple[_Step, ...]
_OTHER: Final = -1


class WindowDerivation:
    """Derives one window tick after tick; rows that have not changed are not derived again.

    The samples are those of `window_samples` for the same arguments, whatever was derived before.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._derived: dict[Series, _Derived] = {}
        self._channels: dict[str, _RollUp] = {}
        self._site = _RollUp(_SITE, ())

    def samples(
        self, rows: Mapping[Series, Parts], overdue_waits: Mapping[Series, int], known: Iterable[Series]
    ) -> list[Sample]:
        """Return all samples of this tick, without the label `window`.

        rows: sums per (channel, queue), which nobody changes afterwards; overdue_waits: contacts waiting
        longer than T at the window's end; known: pairs that have counts of 0 when nothing happened.
        """
        return finished(self.deriving(rows, overdue_waits, known))

    def deriving(
        self, rows: Mapping[Series, Parts], overdue_waits: Mapping[Series, int], known: Iterable[Series]
    ) -> Steps[list[Sample]]:
        """Return the same in steps of a (channel, queue)."""
        places = sorted({*known, *rows, *overdue_waits})
        for series in self._derived.keys() - set(places):
            self._forget(series)
        found: list[Sample] = []
        for series in places:
            parts, waits = rows.get(series, _NO_PARTS), overdue_waits.get(series, 0)
            derived = self._derived.get(series)
            if derived is None or not derived.holds_for(parts, waits):
                derived = self._derive(series, parts, waits)
                yield
            found += derived.samples
        for channel in sorted(self._channels):
            found += self._channels[channel].samples()
            yield
        return found + self._site.samples()

    def _derive(self, series: Series, parts: Parts, overdue_waits: int) -> _Derived:
        before = self._derived.get(series)
        change = change_between(_NO_PARTS if before is None else before.row.parts, parts)
        if before is None:
            summaries = Summaries(parts)
        else:
            summaries = before.summaries
            summaries.follow(parts, change)
        row = row_of_series(series, parts, overdue_waits, self._configuration, summaries)
        plan = _plan(_SERIES, (("channel", series[0]), ("queue", series[1])))
        by_metric = _by_metric(row, plan, before, change)
        samples = list(chain.from_iterable(by_metric))
        derived = _Derived(row, overdue_waits, summaries, by_metric, samples)
        self._replace(series, derived, change)
        return derived

    def _forget(self, series: Series) -> None:
        self._replace(series, None, change_between(self._derived[series].row.parts, _NO_PARTS))

    def _replace(self, series: Series, derived: _Derived | None, change: Parts) -> None:
        channel = series[0]
        roll_up = self._channels.get(channel)
        if roll_up is None:
            roll_up = self._channels[channel] = _RollUp(_CHANNEL, (("channel", channel),))
        before = self._derived.pop(series, None)
        rows = (None if before is None else before.row, None if derived is None else derived.row)
        for sums in (roll_up, self._site):
            sums.replace(*rows, change)
        if derived is not None:
            self._derived[series] = derived
        if not roll_up.rows:
            del self._channels[channel]


class _Derived(Struct, frozen=True):
    """What was derived of one (channel, queue), and from what."""

    row: WindowRow
    overdue_waits: int
    summaries: Summaries
    by_metric: list[list[Sample]]
    samples: list[Sample]

    def holds_for(self, parts: Parts, overdue_waits: int) -> bool:
        """Say whether it would come out the same."""
        known = self.row.parts
        return self.overdue_waits == overdue_waits and (known is parts or known == parts)


class _RollUp:
    """A running sum of rows: integers, so taking a row out leaves what adding the others gives."""

    __slots__ = (
        "_changed",
        "_level",
        "_parts",
        "_place",
        "_prefix",
        "_samples",
        "_summaries",
        "_targets",
        "rows",
    )

    def __init__(self, prefix: str, place: Labels) -> None:
        self.rows = 0
        self._prefix, self._place = prefix, place
        self._parts: Parts = {}
        self._summaries = Summaries(self._parts)
        self._changed: Parts = {}
        """Keys that have changed since the summaries were read; the amounts mean nothing."""
        self._level = ServiceLevelSums()
        self._targets = [0] * len(SLAS)
        self._samples: list[Sample] | None = None

    def replace(self, before: WindowRow | None, after: WindowRow | None, change: Parts) -> None:
        """Take a row out and another one in, None for none; change: from the sums of one to the other."""
        self._samples = None
        parts = self._parts
        for key, amount in change.items():
            total = parts.get(key, 0) + amount
            if total:
                parts[key] = total
            else:
                parts.pop(key, None)
        self._changed.update(change)
        for row, sign in ((before, -1), (after, 1)):
            if row is not None:
                self.rows += sign
                self._level.add(row.service_level, sign)
                self._targets = [
                    count + sign * present for count, present in zip(self._targets, row.targets, strict=True)
                ]

    def samples(self) -> list[Sample]:
        """Return what is derived from the sum."""
        if self._samples is None:
            targets = tuple(count > 0 for count in self._targets)
            self._summaries.follow(self._parts, self._changed)
            self._changed = {}
            row = WindowRow(self._parts, self._summaries.found, self._level, targets)
            self._samples = list(chain.from_iterable(_by_metric(row, _plan(self._prefix, self._place))))
        return self._samples


def window_samples(
    rows: Mapping[Series, Parts],
    overdue_waits: Mapping[Series, int],
    known: Iterable[Series],
    configuration: Configuration,
) -> list[Sample]:
    """Return all samples of one window, without the label `window`; arguments as in `WindowDerivation`."""
    return WindowDerivation(configuration).samples(rows, overdue_waits, known)


@lru_cache(maxsize=_PLACES_CACHED)
def _plan(prefix: str, place: Labels) -> _Plan:
    return tuple(
        (
            metric.values,
            _OTHER if metric.distribution is None else int(metric.distribution),
            _OTHER if metric.count is None else int(metric.count),
            prefix + metric.measure,
            tuple((*place, *zip(metric.own_labels, own, strict=True)) for own in metric.domain),
        )
        for metric in WINDOW_METRICS
    )


def _by_metric(
    row: WindowRow, plan: _Plan, before: _Derived | None = None, change: Parts = _NO_PARTS
) -> list[list[Sample]]:
    """Return the samples of each metric; where what it reads has stayed they are those that they were."""
    if before is None:
        return [_samples_of(row, step) for step in plan]
    now, then = row.summaries, before.row.summaries
    found = before.by_metric.copy()
    for place, step in enumerate(plan):
        _, summary, count, _, _ = step
        if count != _OTHER:
            has_changed = count in change
        else:
            has_changed = summary == _OTHER or now[summary] is not then[summary]
        if has_changed:
            found[place] = _samples_of(row, step)
    return found


def _samples_of(row: WindowRow, step: _Step) -> list[Sample]:
    values, _, _, name, places = step
    return [
        Sample(name, labels, value)
        for value, labels in zip(values(row), places, strict=True)
        if value is not None
    ]
