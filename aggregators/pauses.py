"""The times in which the clock of a resolution target stands still.

Worked: allowed 60 min from 10:00, paused 10:30-11:00: 30 min are used before the pause, so the deadline is
11:30; from 10:00 to 12:00 a ticket was open for 90 min outside its pause.

Cost: what was used up before each pause is remembered for each clock, so a question costs a search, and a
ticket with ten thousand pauses no more for each of its events than one with ten.
"""

from __future__ import annotations

from bisect import bisect_left

from aggregators.business_calendar import BusinessCalendar


def elapsed(calendar: BusinessCalendar | None, start: int, end: int) -> int:
    """Return the milliseconds between two moments on a clock; None is the calendar clock."""
    if end <= start:
        return 0
    return end - start if calendar is None else calendar.elapsed(start, end)


def deadline_after(calendar: BusinessCalendar | None, start: int, allowed: int) -> int | None:
    """Return when `allowed` milliseconds are used up, None where that never happens."""
    return start + allowed if calendar is None else calendar.deadline(start, allowed)


class Pauses:
    """The pauses of one ticket, in order and apart from each other; the last one may still be open."""

    __slots__ = ("_begun", "_clocks", "_ended", "_open")

    def __init__(self) -> None:
        self._begun: list[int] = []
        self._ended: list[int] = []
        self._open: int | None = None
        self._clocks: dict[tuple[int, int], list[int]] | None = None
        """(clock, start) → what is used up from the start to the beginning of each pause that has ended."""

    def __len__(self) -> int:
        return len(self._begun)

    def begin(self, time: int) -> None:
        """Stop the clock; called only while it goes."""
        self._begun.append(time)
        self._open = time

    def end(self, time: int) -> None:
        """Let the clock go on; called only while it stands."""
        self._ended.append(time)
        self._open = None

    def elapsed(self, calendar: BusinessCalendar | None, start: int, end: int) -> int:
        """Return the milliseconds of [start, end) outside the pauses; all of them began before `end`."""
        if end <= start:
            return 0
        used = self._used(calendar, start)
        until = end if self._open is None else self._open
        return (used[-1] if used else 0) + elapsed(calendar, self._resumed(start, len(used)), until)

    def deadline(self, calendar: BusinessCalendar | None, start: int, allowed: int) -> int | None:
        """Return when `allowed` milliseconds outside the pauses are used up, None while they never are."""
        used = self._used(calendar, start)
        before = bisect_left(used, allowed)
        remaining = allowed - (used[before - 1] if before else 0)
        position = self._resumed(start, before)
        if (
            self._open is not None
            and before == len(used)
            and elapsed(calendar, position, self._open) < remaining
        ):
            return None
        return deadline_after(calendar, position, remaining)

    def _resumed(self, start: int, number: int) -> int:
        """Return where the clock goes on after so many pauses."""
        return max(start, self._ended[number - 1]) if number else start

    def _used(self, calendar: BusinessCalendar | None, start: int) -> list[int]:
        """Return what is used up to each pause that has ended, continued since the last question."""
        if self._clocks is None:
            self._clocks = {}
        used = self._clocks.setdefault((id(calendar), start), [])
        for number in range(len(used), len(self._ended)):
            here = elapsed(calendar, self._resumed(start, number), self._begun[number])
            used.append((used[-1] if used else 0) + here)
        return used
