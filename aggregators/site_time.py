"""Where windows begin and end: the same arithmetic for live views, reports and explanations.

All windows of one view end at `window_end`: with a resolution of 10 s, now = 12:00:00.000 gives 12:00:10.000.
`today` reaches back to the first instant of the local date of the last millisecond before that end: in São
Paulo 2018-11-04 began at 01:00 (the clock skipped midnight), and a view that ends at local midnight still
shows the day before.

Cost: a day's first instant is computed once per date and zone and remembered (the last 512).
"""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from aggregators.business_calendar import instant_of, local_day


def window_end(now: int, resolution: int) -> int:
    """Return the smallest multiple of the resolution (ms) strictly later than now (ms)."""
    return (now // resolution + 1) * resolution


def window_start(length: int | None, end: int, zone: str) -> int:
    """Return where the window of a length (ms) that ends at `end` begins; None is `today` in a zone."""
    return today_start(end, zone) if length is None else end - length


def today_start(end: int, zone: str) -> int:
    """Return the first instant (ms) of the local date of the last millisecond before `end`, in a zone."""
    return days_start(1, end, zone)


def days_start(days: int, end: int, zone: str) -> int:
    """Return where a window of so many local dates begins (ms), the last one being that of `today_start`."""
    return first_instant(local_day(end - 1, ZoneInfo(zone)) - days + 1, zone)


@lru_cache(maxsize=512)
def first_instant(day: int, zone_name: str) -> int:
    """Return the first instant (ms) of a local date, the ordinal of which is `day`, in a zone."""
    zone = ZoneInfo(zone_name)
    instant = instant_of(day, 0, zone)
    if local_day(instant - 1, zone) < day:
        return instant
    # The clock skipped midnight from before it: the date begins where the gap lies, less than a day earlier.
    before, inside = instant - 86_400_000, instant - 1
    while inside - before > 1:
        middle = (before + inside) // 2
        before, inside = (middle, inside) if local_day(middle, zone) < day else (before, middle)
    return inside
