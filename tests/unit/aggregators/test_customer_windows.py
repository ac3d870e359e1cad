"""Periods of customers are local dates, months and quarters of the site, as far as the horizon reaches."""

from aggregators.customer_windows import customer_periods, customer_windows, lifetime_period
from tests.building import at, configured

BERLIN = configured({"site": {"time_zone": "Europe/Berlin"}})


def test_periods_begin_at_local_dates() -> None:
    """At 15:00 in Berlin on 30 March 2026, the day after the change to summer time."""
    end = at("2026-03-30T13:00")
    periods = {
        label.removeprefix("customers/"): bounds for label, bounds in customer_periods(end, BERLIN).items()
    }
    assert periods["30d"] == (at("2026-02-28T23:00"), end) == lifetime_period(end, BERLIN)
    assert periods["365d"] == (at("2025-03-30T22:00"), end)
    assert periods["month"] == (at("2026-02-28T23:00"), end)
    assert periods["quarter"] == (at("2025-12-31T23:00"), end)
    assert periods["last_month"] == (at("2026-01-31T23:00"), at("2026-02-28T23:00"))
    assert periods["last_quarter"] == (at("2025-09-30T22:00"), at("2025-12-31T23:00"))


def test_a_period_that_ends_at_midnight_is_of_the_date_before() -> None:
    """The first instant of April ends March."""
    periods = customer_periods(at("2026-03-31T22:00"), BERLIN)
    assert periods["customers/month"] == (at("2026-02-28T23:00"), at("2026-03-31T22:00"))


def test_a_period_beyond_the_horizon_is_not_there() -> None:
    """33 days reach thirty dates and a month."""
    assert customer_windows(configured({"windows": {"horizon": {"customers": "33d"}}})) == ["30d", "month"]
    assert len(customer_windows(configured())) == 8
