"""The local date of a moment, remembered: the same as computed anew, whatever was asked before."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import local_dates as module
from aggregators.business_calendar import local_day
from aggregators.local_dates import QUARTER, LocalDates, local_dates
from tests.building import at

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo", "Africa/Monrovia")


@given(st.sampled_from(ZONES), st.lists(st.integers(0, at("2101-01-01T00:00:00")), max_size=20))
def test_it_is_the_date_of_the_calendar(zone: str, moments: list[int]) -> None:
    """Asked twice, at any moment and at its neighbours."""
    dates = LocalDates(ZoneInfo(zone))
    for moment in [each + by for each in moments for by in (0, 1, QUARTER - 1, 0)]:
        assert dates.of(moment) == local_day(moment, ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
def test_midnight_is_exact(zone: str) -> None:
    """The millisecond before it and itself, on 2,000 days of 1970 to 1975."""
    dates, begin = LocalDates(ZoneInfo(zone)), local_day(0, ZoneInfo(zone))
    before, wrong = begin, []
    for minute in range(0, 2_000 * 1440, 30):
        for moment in (minute * 60_000 - 1, minute * 60_000):
            if moment >= 0:
                day = dates.of(moment)
                if day != local_day(moment, ZoneInfo(zone)) or day < before:
                    wrong.append(moment)
                before = day
    assert wrong == []


def test_a_quarter_of_two_dates_is_not_remembered() -> None:
    """Monrovia in 1971 lay 44 minutes and 30 seconds behind: its midnight is 00:44:30 UTC."""
    dates = LocalDates(ZoneInfo("Africa/Monrovia"))
    midnight = at("1971-06-02T00:44:30")
    assert dates.of(midnight) - dates.of(midnight - 1) == 1
    assert dates.quarters == {}


def test_the_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is begun anew."""
    monkeypatch.setattr(module, "_MOST_QUARTERS", 3)
    dates = LocalDates(ZoneInfo("UTC"))
    for quarter in range(10):
        dates.of(quarter * QUARTER)
        assert len(dates.quarters) <= 3


def test_a_zone_has_one_table() -> None:
    """Shared by all partitions."""
    assert local_dates("Europe/Berlin") is local_dates("Europe/Berlin")
