"""The sums of the windows, carried on from one reading to the next instead of summed again.

Law: what is read equals summing all rows of the window (`Rows.windows`), whatever was read before and in
whatever order facts came.

    last reading      |------------- window -------------|            until
    this reading            |------------- window -------------|      end
                       minus                              plus
    facts of the time between, dated before `until`: added as they are

A row that left is taken out, rows that came are added, and a fact dated inside of what was summed already is
added by itself. Where that is not possible (a reader that looks back, a window that has moved on by more
than its length, rows that have become coarse) the window is summed anew.

Cost: as many additions as facts came, and one row for each step of the resolution: 0.2 ms at 2,000 events a
second and four readings a second; summing anew takes 20 ms for an hour of 7,000 calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aggregators.facts import Fact
from aggregators.measures import Parts, Series
from aggregators.rows import Rows, add_fact
from aggregators.steps import Steps, finished
from aggregators.sums import Sums

_NOTHING: Final = Sums()
_NEVER: Final = -(1 << 62)
_MOST_UNAPPLIED: Final = 200_000
"""Facts kept for the next reading; when nobody reads, what was summed is forgotten."""


class WindowSums:
    """One window from `start` to the last reading: what was read, and what has changed since."""

    __slots__ = ("_changes", "_read", "start")

    def __init__(self, start: int, sums: dict[Series, Parts]) -> None:
        self.start = start
        self._read = {series: Sums(parts) for series, parts in sums.items() if parts}
        self._changes: dict[Series, Parts] = {}

    def of(self, series: Series) -> Parts:
        """Return the changes of a series, to add to them."""
        change = self._changes.get(series)
        if change is None:
            change = self._changes[series] = {}
        return change

    def change(self, rows: Mapping[Series, Parts], sign: int) -> None:
        """Add sums of rows, or take them out with sign −1."""
        for series, amounts in rows.items():
            parts = self.of(series)
            for key, amount in amounts.items():
                parts[key] = parts.get(key, 0) + sign * amount

    def reading(self) -> dict[Series, Parts]:
        """Return the sums; those of a series are the same object until they change."""
        for series, change in self._changes.items():
            sums = self._read.get(series, _NOTHING).followed_by(change)
            if sums:
                self._read[series] = sums
            else:
                self._read.pop(series, None)
        self._changes = {}
        return dict(self._read)


class RunningWindows:
    """The windows of one partition."""

    __slots__ = ("_rows", "_unapplied", "_until", "_windows")

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._until = _NEVER
        self._windows: dict[str, WindowSums] = {}
        self._unapplied: list[Fact] = []

    def add(self, facts: Iterable[Fact]) -> None:
        """Take note of facts that were added to the rows."""
        until = self._until
        self._unapplied += [fact for fact in facts if fact[0] < until]
        if len(self._unapplied) > _MOST_UNAPPLIED:
            self._forget()

    def read(self, starts: Mapping[str, int], end: int) -> dict[str, dict[Series, Parts]]:
        """Return the sums per window and series, compounds as they are; nobody may change them.

        starts: label → start; end: of all windows (ms); like `Rows.window` it takes whole rows.
        """
        return finished(self.reading(starts, end))

    def reading(self, starts: Mapping[str, int], end: int) -> Steps[dict[str, dict[Series, Parts]]]:
        """Return the same in steps; between them no fact may come and nobody else may read."""
        width = self._rows.fine_width
        starts = {label: start // width * width for label, start in starts.items()}
        end = end // width * width
        if end < self._until:
            self._forget()
        anew = {label for label, start in starts.items() if not self._can_carry_on(label, start)}
        # Who leaves in the middle leaves everything as it was: it is brought up to date in one step.
        summed = yield from self._rows.summing([starts[label] for label in anew], end)
        for label, start in starts.items():
            if label in anew:
                self._windows[label] = WindowSums(start, summed[start])
            else:
                self._carry_on(self._windows[label], start, end)
        self._until = end
        self._unapplied.clear()
        return {label: self._windows[label].reading() for label in starts}

    def _can_carry_on(self, label: str, start: int) -> bool:
        """Say whether a window can be brought up to its new start; else it has to be summed anew."""
        window, until, rows = self._windows.get(label), self._until, self._rows
        if window is None or not window.start <= start < until:
            return False
        # What came and what left has to be in fine rows still, and nothing may have left by itself.
        is_moved = start != window.start
        return until >= rows.fine_from and window.start >= (rows.fine_from if is_moved else rows.coarse_from)

    def _carry_on(self, window: WindowSums, start: int, end: int) -> None:
        until, rows = self._until, self._rows
        for time, series, measure, value, sign in self._unapplied:
            if time >= window.start:
                add_fact(window.of(series), measure, value, sign)
        window.change(rows.between(until, end), 1)
        window.change(rows.between(window.start, start), -1)
        window.start = start

    def _forget(self) -> None:
        self._until = _NEVER
        self._windows.clear()
        self._unapplied.clear()
