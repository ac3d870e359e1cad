"""Rows of customers: what happened per product and local date, with what there was before all of them.

Guarantee: what is read equals counting the facts anew by `customer_measures.counted`, in whatever order they
came. A date is kept as in `aggregators.day_rows`; of one that goes the stocks stay, summed up as what there
was before. Facts of a customer who was let go add up to no stock at all, so a restoration, which does not
see them, derives the same.

    before |--- 1 Mar ---|--- 2 Mar ---| ··· |--- today ---|        dues of dates to come
    stocks   changes of stocks, and what happened              not read before their date

Cost: 1 µs for a fact; a date takes about 4 KB a product with everything, and 100 bytes for each earlier date
that its orders, wins and losses refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aggregators.customer_measures import (
    AT_START,
    PLANNED,
    REFERENCE,
    SHIFT,
    counted,
    kind_of,
    taken_apart,
)
from aggregators.day_rows import DayRows, without
from aggregators.facts import Fact
from aggregators.local_dates import QUARTER, LocalDates
from aggregators.measures import Parts, Series, add_parts
from aggregators.running_windows import RunningWindows, WindowSums
from aggregators.steps import Steps

_DATES_A_STEP: Final = 4
_Period = tuple[int, int]


class CustomerRows(DayRows):
    """The rows of one partition; `before`: stocks of dates that are no longer kept."""

    __slots__ = ("before",)

    def __init__(self, dates: LocalDates, fine_width: int, reach: int) -> None:
        super().__init__(dates, fine_width, reach)
        self.before: dict[Series, Parts] = {}

    def dated(self, measure: int) -> int:
        """Return a measure with the local date of its reference."""
        reference = measure & REFERENCE
        return measure - reference + self.dates.of(reference) if reference else measure

    def known(self) -> set[Series]:
        """Return every series that has a row, or a stock."""
        return super().known() | self.before.keys()

    def add(self, facts: Iterable[Fact]) -> None:
        """Add facts; of dates that are no longer kept only the stocks."""
        quarters, dates, coarse, first = self.dates.quarters, self.dates, self.coarse, self.coarse_from
        recent_from = self.recent_from
        last = -1
        row: dict[Series, Parts] | None = None
        for fact in facts:
            time, series, measure, value, sign = fact
            if time != last:  # what one event says has one time
                last = time
                day = quarters.get(time // QUARTER)
                if day is None:
                    day = dates.of(time)
                row = coarse.setdefault(day, {}) if day >= first else None
            # What is due lies at the beginning of its date, and perhaps years ahead: it is never behind an
            # end.
            if time > recent_from and measure >> SHIFT not in PLANNED:
                self._note(fact)
                recent_from = self.recent_from
            if row is None:
                self._add_before(fact)
                continue
            parts = row.get(series)
            if parts is None:
                parts = row[series] = {}
            reference = measure & REFERENCE
            if reference:
                measure += dates.of(reference) - reference  # the same one, dated
            parts[measure] = parts.get(measure, 0) + sign * value
        self._trim()

    def _add_before(self, fact: Fact) -> None:
        """Add a fact of a date that is no longer kept: where it is a stock."""
        _, series, measure, value, sign = fact
        for each in taken_apart(measure):
            if kind_of(each) in AT_START:
                parts = self.before.setdefault(series, {})
                parts[each] = parts.get(each, 0) + sign * value

    def _let_go(self, row: dict[Series, Parts]) -> None:
        for series, parts in row.items():
            stocks: Parts = {}
            for measure, amount in parts.items():
                add_parts(stocks, {key: amount for key in taken_apart(measure) if kind_of(key) in AT_START})
            if stocks:
                add_parts(self.before.setdefault(series, {}), stocks)


class CustomerWindows(RunningWindows):
    """The periods of rows of customers, carried on while their dates stay."""

    __slots__ = ("_bounds", "_customer_rows", "_sums")

    def __init__(self, rows: CustomerRows) -> None:
        super().__init__(rows)
        self._customer_rows = rows
        self._bounds: dict[str, _Period] = {}
        self._sums: dict[str, WindowSums] = {}

    def add(self, facts: Iterable[Fact]) -> None:
        """Take note of facts that were added to the rows."""
        if not self._bounds:
            return
        rows = self._customer_rows
        for time, series, measure, value, sign in facts:
            day = rows.dates.of(time)
            for each in taken_apart(measure):
                if day < rows.coarse_from and kind_of(each) not in AT_START:
                    continue
                dated = rows.dated(each)
                for label, (first, behind) in self._bounds.items():
                    key = counted(dated, day, first, behind)
                    if key is not None:
                        parts = self._sums[label].of(series)
                        parts[key] = parts.get(key, 0) + sign * value

    def of_periods(self, periods: Mapping[str, _Period]) -> Steps[dict[str, dict[Series, Parts]]]:
        """Return the sums per period and series; nobody may change them.

        periods: label → [start, end) in milliseconds, start at the first instant of a local date. In steps;
        between them no fact may come and nobody else may read.
        """
        rows = self._customer_rows
        bounds = {
            label: (rows.dates.of(start), rows.dates.of(end - 1) + 1)
            for label, (start, end) in periods.items()
        }
        anew: dict[str, WindowSums] = {}
        for label, (first, last) in bounds.items():
            if self._bounds.get(label) != (first, last):
                sums = yield from self._summed(first, last)
                anew[label] = WindowSums(periods[label][0], sums)
        self._sums |= anew  # at once: who leaves in the middle leaves everything as it was
        self._bounds = bounds
        # Only the last end may lie within a date; the others are the first instants of one.
        until = max((end for _, end in periods.values()), default=0)
        behind = rows.facts_behind(until)
        found: dict[str, dict[Series, Parts]] = {}
        for label, (_, end) in periods.items():
            sums = self._sums[label].reading()
            found[label] = without(sums, self._counted(behind, bounds[label])) if end == until else sums
        return found

    def _summed(self, first: int, behind: int) -> Steps[dict[Series, Parts]]:
        rows, sums = self._customer_rows, dict[Series, Parts]()
        _add_counted(sums, rows.before, first - 1, (first, behind))
        for number, (day, row) in enumerate(rows.coarse.items()):
            if day < behind:
                _add_counted(sums, row, day, (first, behind))
            if not number % _DATES_A_STEP:
                yield
        return sums

    def _counted(self, facts: Iterable[Fact], bounds: _Period) -> dict[Series, Parts]:
        """Return what a period, in dates, counts of facts."""
        rows, sums = self._customer_rows, dict[Series, Parts]()
        for time, series, measure, value, sign in facts:
            row = {series: {rows.dated(measure): sign * value}}
            _add_counted(sums, row, rows.dates.of(time), bounds)
        return sums


def _add_counted(sums: dict[Series, Parts], row: Mapping[Series, Parts], day: int, bounds: _Period) -> None:
    for series, parts in row.items():
        into = sums.get(series)
        if into is None:
            into = sums[series] = {}
        for measure, amount in parts.items():
            for each in taken_apart(measure):
                key = counted(each, day, *bounds)
                if key is not None:
                    into[key] = into.get(key, 0) + amount
