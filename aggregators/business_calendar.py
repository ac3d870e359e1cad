"""Business hours of a queue as exact integer milliseconds, in the calendar's own IANA time zone.

Guarantee: a calendar is the union of its open intervals, half-open, each bound being a wall-clock minute of
a local date. `elapsed` is additive, and `deadline` is its inverse: the earliest moment at which the allowed
time is used up, so a target used up exactly at closing time has its deadline there, not at the next opening.
Worked: open 09:00-17:00 on weekdays, a ticket of Friday 16:00 with 4 h: one hour on Friday, three on Monday,
so its deadline is Monday 12:00.

Clock changes: a bound that occurs twice means its first occurrence, and one that never occurs (inside a gap)
is read with the offset before the gap, as RFC 5545 section 3.3.5, java.time and Python's fold=0 all do:
02:30 in Berlin on 2024-03-31 is 01:30Z, which the clock on the wall shows as 03:30. Intervals end with
their local date, so a date that a zone skipped (Apia, 2011-12-30) has no hours; a holiday closes its date.

Cost: intervals are built in chunks of 2^33 ms (99 days) on first use, about 1 ms and at most 5 kB for two
intervals a day; at most 64 chunks are kept (17 years), older ones are built again. A query is two bisections
and one addition per chunk between its ends.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final, Literal
from zoneinfo import ZoneInfo

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_PER_DAY: Final = 1440

_MINUTE: Final = 60_000
_DAY: Final = 86_400_000
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_CHUNK_BITS: Final = 33
_CHUNKS_KEPT: Final = 64
_LAST_CHUNK: Final = 7_258_118_400_000 >> _CHUNK_BITS
"""The chunk of 2200-01-01: events end with 2100, and no target is a century of business hours."""


def instant_of(day: int, minute: int, zone: ZoneInfo) -> int:
    """Return the moment (ms) at which a local date shows a wall-clock minute.

    day: proleptic ordinal of the local date; minute: 0–1440, where 1440 is midnight of the next date.
    Twice shown: the first time; never shown: read with the offset before the gap.
    """
    day, minute = day + minute // MINUTES_PER_DAY, minute % MINUTES_PER_DAY
    wall = datetime.fromordinal(day).replace(hour=minute // 60, minute=minute % 60, tzinfo=zone)
    offset = wall.utcoffset()
    assert offset is not None  # a ZoneInfo always knows its offset
    return (day - _EPOCH_ORDINAL) * _DAY + minute * _MINUTE - offset // timedelta(milliseconds=1)


def local_day(moment: int, zone: ZoneInfo) -> int:
    """Return the ordinal of the local date that a moment (ms since the epoch) falls on."""
    return datetime.fromtimestamp(moment // 1000, tz=UTC).astimezone(zone).toordinal()


class _Chunk:
    """The open intervals of one stretch of time, with the open time used up before and after each."""

    __slots__ = ("after", "before", "ends", "starts", "total")

    def __init__(self, intervals: Sequence[tuple[int, int]]) -> None:
        self.starts = array("q", (start for start, _ in intervals))
        self.ends = array("q", (end for _, end in intervals))
        self.after = array("q", accumulate(end - start for start, end in intervals))
        self.total = self.after[-1] if intervals else 0
        self.before = array("q", [0, *self.after[:-1]])

    def open_until(self, moment: int) -> int:
        """Return the open milliseconds from the start of the chunk to a moment inside it."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        return self.before[index] + min(moment, self.ends[index]) - self.starts[index]

    def moment_of(self, used: int) -> int:
        """Return the earliest moment at which `used` (1..total) open milliseconds have passed."""
        index = bisect_left(self.after, used)
        return self.starts[index] + used - self.before[index]


class BusinessCalendar:
    """When a queue is open. Immutable; equal calendars have equal hours in the same zone.

    time_zone: IANA name; weekly: open intervals per weekday in minutes of the day, 0 ≤ from < to ≤ 1440;
    holidays: local dates on which it stays closed.
    Raises zoneinfo.ZoneInfoNotFoundError for a zone that is not known.
    """

    __slots__ = ("_chunks", "_holidays", "_hours", "_is_ever_open", "_time_zone", "_zone")

    def __init__(
        self,
        time_zone: str,
        weekly: Mapping[Weekday, Sequence[tuple[int, int]]],
        holidays: Collection[date] = (),
    ) -> None:
        hours = tuple(tuple(sorted(weekly.get(weekday, ()))) for weekday in WEEKDAYS)
        assert all(0 <= start < end <= MINUTES_PER_DAY for day in hours for start, end in day)
        self._time_zone = time_zone
        self._zone = ZoneInfo(time_zone)
        self._hours = hours
        self._is_ever_open = any(hours)
        self._holidays = frozenset(day.toordinal() for day in holidays)
        self._chunks: dict[int, _Chunk] = {}

    def is_open(self, moment: int) -> bool:
        """Tell whether a moment (ms) lies inside business hours; the closing moment does not."""
        chunk = self._chunk(moment >> _CHUNK_BITS)
        index = bisect_right(chunk.starts, moment) - 1
        return index >= 0 and moment < chunk.ends[index]

    def elapsed(self, start: int, end: int) -> int:
        """Return the business milliseconds in [start, end); 0 when end is not after start."""
        if end <= start:
            return 0
        first, last = start >> _CHUNK_BITS, end >> _CHUNK_BITS
        whole = sum(self._chunk(index).total for index in range(first, last))
        return whole + self._chunk(last).open_until(end) - self._chunk(first).open_until(start)

    def deadline(self, start: int, allowed: int) -> int | None:
        """Return the earliest moment at which `allowed` business milliseconds have passed since `start`.

        None when that never happens: no open hour, or none before the year 2200 is enough.
        Nothing allowed is used up at once: the deadline is `start`.
        """
        if allowed <= 0:
            return start
        if not self._is_ever_open:
            return None
        index = start >> _CHUNK_BITS
        used = allowed + self._chunk(index).open_until(start)
        while index <= _LAST_CHUNK:
            chunk = self._chunk(index)
            if used <= chunk.total:
                return chunk.moment_of(used)
            used -= chunk.total
            index += 1
        return None

    def describe(self) -> dict[str, object]:
        """Return what decides the hours as plain sorted data, for a fingerprint or for people."""
        return {
            "time_zone": self._time_zone,
            "weekly": {
                weekday: [list(interval) for interval in hours]
                for weekday, hours in zip(WEEKDAYS, self._hours, strict=True)
                if hours
            },
            "holidays": [date.fromordinal(day).isoformat() for day in sorted(self._holidays)],
        }

    def __eq__(self, other: object) -> bool:
        """Compare zone, hours and holidays; what has been built so far does not matter."""
        return isinstance(other, BusinessCalendar) and self._identity() == other._identity()

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash(self._identity())

    def __repr__(self) -> str:
        """Name the zone and the weekly hours."""
        return f"BusinessCalendar({self._time_zone!r}, {self.describe()['weekly']})"

    def _identity(self) -> tuple[object, ...]:
        return self._time_zone, self._hours, self._holidays

    def _chunk(self, index: int) -> _Chunk:
        chunk = self._chunks.get(index)
        if chunk is None:
            while len(self._chunks) >= _CHUNKS_KEPT:
                del self._chunks[next(iter(self._chunks))]
            start = index << _CHUNK_BITS
            chunk = _Chunk(list(_merged(self._intervals(start, start + (1 << _CHUNK_BITS)))))
            self._chunks[index] = chunk
        return chunk

    def _intervals(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the open intervals inside [start, end), date by date, with a date to spare on either side."""
        for day in range(local_day(start, self._zone) - 1, local_day(end, self._zone) + 2):
            hours = () if day in self._holidays else self._hours[(day + 6) % 7]
            next_midnight = instant_of(day + 1, 0, self._zone) if hours else end
            for opening, closing in hours:
                opens = max(start, instant_of(day, opening, self._zone))
                closes = min(end, next_midnight, instant_of(day, closing, self._zone))
                if opens < closes:
                    yield opens, closes


def _merged(intervals: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the union of intervals: a gap in the clock can lay two of one date over each other."""
    current: tuple[int, int] | None = None
    for start, end in sorted(intervals):
        if current is not None and start <= current[1]:
            current = current[0], max(current[1], end)
            continue
        if current is not None:
            yield current
        current = start, end
    if current is not None:
        yield current
