"""Window bounds by hand, with local midnights that are missing, doubled or ordinary."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators.site_time import today_start, window_end, window_start


def at(text: str) -> int:
    """Milliseconds of an RFC 3339 time."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "end"), [(0, 10_000), (9_999, 10_000), (10_000, 20_000), (10_001, 20_000), (-1, 0)]
)
def test_window_end_is_strictly_later(now: int, end: int) -> None:
    """At a multiple of the resolution the windows end one resolution later."""
    assert window_end(now, 10_000) == end


@given(st.integers(0, 4_102_444_800_000), st.sampled_from([1_000, 5_000, 10_000, 60_000]))
def test_window_end_is_the_smallest_later_multiple(now: int, resolution: int) -> None:
    """No earlier multiple lies after now."""
    end = window_end(now, resolution)
    assert end % resolution == 0
    assert end - resolution <= now < end


@pytest.mark.parametrize(
    ("zone", "end", "start"),
    [
        ("UTC", "2024-05-05T12:00:10Z", "2024-05-05T00:00Z"),
        ("UTC", "2024-05-05T00:00Z", "2024-05-04T00:00Z"),
        ("UTC", "2024-05-05T00:00:10Z", "2024-05-05T00:00Z"),
        ("Europe/Berlin", "2024-03-31T12:00+02:00", "2024-03-31T00:00+01:00"),
        ("Europe/Berlin", "2024-10-28T00:00+01:00", "2024-10-27T00:00+02:00"),
        ("Asia/Kathmandu", "2024-05-04T18:15:10Z", "2024-05-04T18:15Z"),
        ("Australia/Lord_Howe", "2024-10-06T09:00+11:00", "2024-10-06T00:00+10:30"),
        # São Paulo skipped 00:00-01:00, so the date began at 01:00 summer time.
        ("America/Sao_Paulo", "2018-11-04T12:00-02:00", "2018-11-04T01:00-02:00"),
        # St. John's went back at 00:01 to 23:01: the date began twice, the first time counts ...
        ("America/St_Johns", "2006-10-29T12:00-03:30", "2006-10-29T00:00-02:30"),
        # ... and the second run of the evening before still belongs to its own date.
        ("America/St_Johns", "2006-10-28T23:30-03:30", "2006-10-28T00:00-02:30"),
        # Toronto 1919 went from 23:30 to 00:30: the date began at half past midnight.
        ("America/Toronto", "1919-03-31T12:00-04:00", "1919-03-31T00:30-04:00"),
    ],
)
def test_today_begins_at_the_first_instant_of_the_local_date(zone: str, end: str, start: str) -> None:
    """The date is that of the last millisecond before the end."""
    assert today_start(at(end), zone) == at(start)
    assert window_start(None, at(end), zone) == at(start)


def test_window_of_a_length_reaches_back_from_its_end() -> None:
    """Five minutes are five minutes in any zone, over a clock change too."""
    end = at("2024-03-31T03:02+02:00")
    assert window_start(300_000, end, "Europe/Berlin") == at("2024-03-31T01:57+01:00")


@given(
    st.integers(86_400_000, 4_102_444_800_000),
    st.sampled_from(
        ["Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]
    ),
)
def test_today_start_is_on_the_date_and_the_instant_before_is_not(end: int, zone: str) -> None:
    """The first instant is on the date of the last millisecond, the one before it on an earlier date."""

    def local(moment: int) -> date:
        return datetime.fromtimestamp(moment // 1000, tz=ZoneInfo(zone)).date()

    start = today_start(end, zone)
    assert start < end
    assert local(start) == local(end - 1)
    assert local(start - 1) < local(start)
