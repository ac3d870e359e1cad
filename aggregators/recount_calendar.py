"""Business hours for the independent recount: open intervals, time elapsed in them, deadlines.

Guarantee: all arithmetic is done in real elapsed milliseconds inside open intervals, so a day of 23 or 25
hours has them.
Source: METRICS.md *Deadlines* and INTERFACE.md *[calendars.NAME]*.
Worked number: open 09:00–12:00 and 13:00–17:00, two hours from 11:30 on: due at 14:30, since 12:00–13:00
does not count.
Cost: one step per day between the two moments.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400_000
NEVER = 2**62  # a deadline that is not reached: the calendar does not open again, or the clock stands still
SEARCH_DAYS = 366 * 20  # how far ahead a deadline is looked for
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Interval = tuple[int, int]


@dataclass(slots=True)
class Calendar:
    """Weekly opening hours in a time zone, without the holidays; the cache only saves work."""

    zone: ZoneInfo
    weekly: Mapping[str, Sequence[Interval]]  # minutes since local midnight, per weekday
    closed: Sequence[Container[date]]
    cache: dict[date, list[Interval]] = field(default_factory=dict)

    def is_open(self, moment: int) -> bool:
        """Tell whether a moment in milliseconds lies inside an open interval (start included, end not)."""
        today = self.local_date(moment)
        return any(
            start <= moment < end
            for day in (today - timedelta(days=1), today, today + timedelta(days=1))
            for start, end in self.intervals(day)
        )

    def local_date(self, moment: int) -> date:
        """Return the local date of a moment in milliseconds."""
        return datetime.fromtimestamp(moment // 1000, UTC).astimezone(self.zone).date()

    def intervals(self, day: date) -> list[Interval]:
        """Return the open intervals of one local date in milliseconds, sorted and disjoint."""
        if day not in self.cache:
            self.cache[day] = self._intervals(day)
        return self.cache[day]

    def _intervals(self, day: date) -> list[Interval]:
        if any(day in dates for dates in self.closed):
            return []
        hours = self.weekly.get(WEEKDAYS[day.weekday()], ())
        bounds = sorted((self._moment(day, start), self._moment(day, end)) for start, end in hours)
        merged: list[Interval] = []
        for start, end in bounds:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            elif start < end:
                merged.append((start, end))
        return merged

    def _moment(self, day: date, minutes: int) -> int:
        # Rule — "Bounds inside a DST gap or overlap: the first occurrence." In an overlap fold=0 is the
        # earlier of the two. A bound in a gap is read with the offset that held before it, which is what
        # fold=0 means there: 02:30 in a gap of 02:00 → 03:00 is the instant half an hour after the change,
        # shown as 03:30.
        local = datetime.combine(
            day + timedelta(days=minutes // 1440), time(minutes % 1440 // 60, minutes % 60, fold=0), self.zone
        )
        return int(local.timestamp()) * 1000


def open_intervals(calendar: Calendar | None, start: int, end: int) -> Iterator[Interval]:
    """Yield the open intervals between two moments in milliseconds; without a calendar it is always open."""
    # Rule — "A queue without `hours` is always open."
    if calendar is None:
        if start < end:
            yield start, end
        return
    day = calendar.local_date(start) - timedelta(days=1)
    for _ in range(min((end - start) // DAY + 4, SEARCH_DAYS)):
        for opening, closing in calendar.intervals(day):
            if max(opening, start) < min(closing, end):
                yield max(opening, start), min(closing, end)
        day += timedelta(days=1)


def elapsed(calendar: Calendar | None, start: int, end: int) -> int:
    """Return the open milliseconds between two moments."""
    return sum(closing - opening for opening, closing in open_intervals(calendar, start, end))


def without_pauses(interval: Interval, pauses: Sequence[tuple[int, int]]) -> list[Interval]:
    """Return what is left of an interval outside all pauses."""
    pieces = [interval]
    for stop, resume in pauses:
        parts = [
            part for start, end in pieces for part in ((start, min(end, stop)), (max(start, resume), end))
        ]
        pieces = [(start, end) for start, end in parts if start < end]
    return pieces


def elapsed_without_pauses(
    calendar: Calendar | None, span: Interval, pauses: Sequence[tuple[int, int]]
) -> int:
    """Return the open milliseconds inside `span` and outside all pauses."""
    return sum(
        end - start
        for interval in open_intervals(calendar, *span)
        for start, end in without_pauses(interval, pauses)
    )


def deadline(calendar: Calendar | None, start: int, duration: int, pauses: Sequence[tuple[int, int]]) -> int:
    """Return the first moment at which `duration` open milliseconds outside pauses have passed, or NEVER."""
    if duration <= 0:
        return start
    remaining = duration
    # A pause that has not ended reaches to NEVER, and then nothing is left to be used up.
    for interval in open_intervals(calendar, start, NEVER):
        for opening, closing in without_pauses(interval, pauses):
            # Rule — "A business target used up exactly at closing time has its deadline there."
            if remaining <= closing - opening:
                return opening + remaining
            remaining -= closing - opening
    return NEVER
