"""Read what a live view is bounded by, for the independent recount: windows, horizon, retention, skew.

Guarantee: an unset key has the default that INTERFACE.md prints.
Source: INTERFACE.md *Configuration*; METRICS.md *Rules that hold for all*: "All windows of one scrape end at
the same moment …: the smallest multiple of the resolution strictly later than now; a window reaches back its
length from there, `today` to the first instant of the local date of the last millisecond before it."
Worked number: now 12:00:00.000 with a resolution of 10 s: all windows end at 12:00:10.000.
Cost: read once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aggregators.recount_settings import milliseconds

HOUR = 3_600_000
QUARTER = 900_000
_LENGTHS = ("5m", "15m", "30m", "1h", "today")
_RETENTION = {"tickets": "30d", "calls": "72h", "chats": "72h", "agents": "72h"}
_LONG_HORIZONS = {"surveys": "100d", "customers": "400d"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a live view; durations in milliseconds.

    lengths: by label, None is `today`; retention: by topic; skew: how far an event may be dated ahead of its
    record.
    """

    lengths: Mapping[str, int | None]
    resolution: int
    zone: ZoneInfo
    horizon: int
    survey_horizon: int
    customer_horizon: int
    retention: Mapping[str, int]
    skew: int
    is_event_clock: bool

    def window_end(self, now: int) -> int:
        """Return where all windows of a view end, in milliseconds."""
        return (now // self.resolution + 1) * self.resolution

    def window_start(self, label: str, end: int) -> int:
        """Return where a window that ends at `end` begins, in milliseconds."""
        length = self.lengths[label]
        return first_instant(end, self.zone) if length is None else end - length


def read_limits(configuration: Mapping[str, Any]) -> Limits:
    """Read the configuration, a nested mapping as in INTERFACE.md.

    Raises ValueError for a duration that cannot be read.
    """
    windows = configuration.get("windows", {})
    horizon = windows.get("horizon", {})
    horizons = (
        horizon if isinstance(horizon, Mapping) else dict.fromkeys(("default", *_LONG_HORIZONS), horizon)
    )
    default = milliseconds(horizons.get("default", "48h"))
    # Rule — "retention = {…} (at least the horizon + 1 h)"
    stated = _RETENTION | dict(windows.get("retention", {}))
    retention = {topic: max(milliseconds(kept), default + HOUR) for topic, kept in stated.items()}
    for topic, usual in _LONG_HORIZONS.items():
        retention[topic] = milliseconds(horizons.get(topic, usual)) + HOUR
    lengths = windows.get("lengths", _LENGTHS)
    return Limits(
        lengths={text: None if text == "today" else milliseconds(text) for text in lengths},
        resolution=milliseconds(windows.get("resolution", "10s")),
        zone=ZoneInfo(configuration.get("site", {}).get("time_zone", "UTC")),
        horizon=default,
        survey_horizon=milliseconds(horizons.get("surveys", _LONG_HORIZONS["surveys"])),
        customer_horizon=milliseconds(horizons.get("customers", _LONG_HORIZONS["customers"])),
        retention=retention,
        skew=milliseconds(configuration.get("kafka", {}).get("max_future_skew", "5m")),
        is_event_clock=configuration.get("clock", {}).get("mode", "wall") == "event",
    )


def first_instant(end: int, zone: ZoneInfo) -> int:
    """Return the first instant of the local date of the last millisecond before `end`, in milliseconds."""
    return first_instant_of(local_date(end - 1, zone), zone)


def first_instant_of(day: date, zone: ZoneInfo) -> int:
    """Return the first instant of a local date, in milliseconds."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) - timedelta(hours=3)
    # Since 1972 every offset of a civil zone is a multiple of 15 minutes: no date begins between two of them.
    moment = int(midnight.timestamp()) * 1000 // QUARTER * QUARTER
    while local_date(moment, zone) != day:
        moment += QUARTER
    return moment


def local_date(moment: int, zone: ZoneInfo) -> date:
    """Return the local date of a moment in milliseconds."""
    return datetime.fromtimestamp(moment // 1000, zone).date()
