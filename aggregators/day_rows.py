"""Day rows: what happened per queue and local date of the site, for windows of whole days.

Guarantee: the sum of the rows of a window equals the sum of the facts in it, in whatever order they came, and
what is read equals summing anew. A window begins at a local midnight and ends at any moment near the newest
fact: what lies behind that moment is taken out of the row of its last date.

    rows    |--- Mon ---|--- Tue (23 h) ---|--- Wed ---|--- Thu --
    window              [ ················· ··········· ····· )     ends on Thursday at noon

A date is kept while all of it lies within the horizon: then every case of it is still there, and a
restoration derives the same row.

Cost: 1 µs for a fact; a date takes about 2 KB for a queue with all surveys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aggregators.facts import Fact
from aggregators.local_dates import LocalDates
from aggregators.measures import Parts, Series, add_parts
from aggregators.recent_cases import RECENT
from aggregators.rows import Rows
from aggregators.running_windows import RunningWindows, WindowSums
from aggregators.steps import Steps

_NEVER: Final = -(1 << 62)
_MOST_RECENT: Final = 4_096
"""Facts after which those that are no longer recent are let go."""


class DayRows(Rows):
    """The rows of one partition by local date; `coarse` holds them, there are no fine ones."""

    __slots__ = ("_most", "_newest", "_recent", "dates", "recent_from")

    def __init__(self, dates: LocalDates, fine_width: int, reach: int) -> None:
        super().__init__(fine_width, reach, reach)
        self.dates = dates
        self._recent: list[Fact] = []
        self._newest = self.recent_from = _NEVER
        self._most = _MOST_RECENT

    def add(self, facts: Iterable[Fact]) -> None:
        """Add facts; those of dates that are no longer kept are let go: their windows are closed."""
        for fact in facts:
            day = self.dates.of(fact[0])
            if day >= self.coarse_from:
                add_amount(self.coarse.setdefault(day, {}), fact, fact[4])
            self._note(fact)
        self._trim()

    def _trim(self) -> None:
        """Let facts go that are no longer recent, once there are many."""
        if len(self._recent) > self._most:
            self._recent = [fact for fact in self._recent if fact[0] > self.recent_from]
            # So a flood of recent answers is not looked through again at every one of them.
            self._most = max(_MOST_RECENT, 2 * len(self._recent))

    def _note(self, fact: Fact) -> None:
        """Note a fact that a reader's clock may not have reached."""
        time = fact[0]
        if time > self._newest:
            self._newest, self.recent_from = time, time - RECENT
        if time > self.recent_from:
            self._recent.append(fact)

    def _let_go(self, row: dict[Series, Parts]) -> None:
        """Do what is to be done with the row of a date that is no longer kept: nothing."""

    def forget(self, watermark: int) -> None:
        """Let dates go that do not lie wholly within reach of a watermark (ms)."""
        if watermark < 0:
            return  # before every event
        first = self.dates.of(max(0, watermark - self.coarse_reach)) + 1
        if first > self.coarse_from:
            for day in [day for day in self.coarse if day < first]:
                self._let_go(self.coarse.pop(day))
            self.coarse_from = first

    def days(self, first: int, last: int) -> dict[Series, Parts]:
        """Return the sums of whole local dates, both included."""
        sums: dict[Series, Parts] = {}
        for day, row in self.coarse.items():
            if first <= day <= last:
                for series, parts in row.items():
                    add_parts(sums.setdefault(series, {}), parts)
        return sums

    def behind(self, end: int) -> dict[Series, Parts]:
        """Return the sums of the facts of the date before `end` (ms) that lie at or behind that moment."""
        sums: dict[Series, Parts] = {}
        for fact in self.facts_behind(end):
            add_amount(sums, fact, fact[4])
        return sums

    def facts_behind(self, end: int) -> list[Fact]:
        """Return the facts of the date before `end` (ms) that lie at or behind that moment."""
        if self._newest < end:
            return []
        day = self.dates.of(end - 1)
        return [fact for fact in self._recent if fact[0] >= end and self.dates.of(fact[0]) == day]

    def requests(self) -> dict[str, int]:
        """Nobody asks for anything in a survey."""
        return {}


class DayWindows(RunningWindows):
    """The windows of day rows, carried on while their dates stay."""

    __slots__ = ("_bounds", "_day_rows", "_sums")  # fmt: skip

    def __init__(self, rows: DayRows) -> None:
        super().__init__(rows)
        self._day_rows = rows
        self._bounds: dict[str, tuple[int, int]] = {}
        self._sums: dict[str, WindowSums] = {}

    def add(self, facts: Iterable[Fact]) -> None:
        """Take note of facts that were added to the rows."""
        if not self._bounds:
            return
        for fact in facts:
            day = self._day_rows.dates.of(fact[0])
            for label, (first, last) in self._bounds.items():
                if max(first, self._day_rows.coarse_from) <= day <= last:
                    _, series, measure, value, sign = fact
                    parts = self._sums[label].of(series)
                    parts[measure] = parts.get(measure, 0) + sign * value

    def reading(self, starts: Mapping[str, int], end: int) -> Steps[dict[str, dict[Series, Parts]]]:
        """Return the sums per window and series; nobody may change them.

        starts: label → start of a local date (ms); end: of all windows (ms). In steps of a window; between
        them no fact may come and nobody else may read.
        """
        rows = self._day_rows
        last = rows.dates.of(end - 1)
        bounds = {label: (rows.dates.of(start), last) for label, start in starts.items()}
        behind = rows.behind(end)
        anew: dict[str, WindowSums] = {}
        for label, (first, _) in bounds.items():
            if self._bounds.get(label) != (first, last) or first < rows.coarse_from:
                anew[label] = WindowSums(starts[label], rows.days(first, last))
                yield
        self._sums |= anew  # at once: who leaves in the middle leaves everything as it was
        self._bounds = bounds
        return {label: without(self._sums[label].reading(), behind) for label in bounds}


def add_amount(row: dict[Series, Parts], fact: Fact, sign: int) -> None:
    """Add the amount of a fact to the sums of its series."""
    _, series, measure, value, _ = fact
    parts = row.get(series)
    if parts is None:
        parts = row[series] = {}
    parts[measure] = parts.get(measure, 0) + sign * value


def without(sums: dict[Series, Parts], behind: Mapping[Series, Parts]) -> dict[Series, Parts]:
    """Return sums, a mapping of the caller's own, without those of some facts."""
    for series, parts in behind.items():
        left = dict(sums.get(series, ()))
        add_parts(left, {key: -amount for key, amount in parts.items()})
        sums[series] = left
    return sums
