"""Business hours of the recount: several intervals a day, holidays, clock changes."""

from datetime import date, datetime
from typing import Any

import pytest

from aggregators.recount_calendar import NEVER, Calendar, deadline, elapsed
from aggregators.recount_settings import read_calendar

HOUR = 3_600_000


def at(text: str) -> int:
    """Return milliseconds since the epoch."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def berlin(**section: Any) -> Calendar:
    """Return a calendar in Berlin."""
    return read_calendar({"time_zone": "Europe/Berlin", **section}, "UTC")


def test_a_deadline_used_up_at_closing_time_lies_there() -> None:
    """One hour from 11:00 is 12:00, one millisecond more lies after lunch."""
    calendar = berlin(weekly={"mon": ["09:00-12:00", "13:00-17:00"]})
    start = at("2026-03-02T11:00+01:00")
    assert deadline(calendar, start, HOUR, ()) == at("2026-03-02T12:00+01:00")
    assert deadline(calendar, start, HOUR + 1, ()) == at("2026-03-02T13:00+01:00") + 1
    assert deadline(calendar, start, 5 * HOUR + 1, ()) == at("2026-03-09T09:00+01:00") + 1


def test_pauses_are_left_out_and_an_open_pause_never_ends() -> None:
    """Half an hour until the pause, the rest after it."""
    pause = (at("2026-03-02T10:30Z"), at("2026-03-02T12:00Z"))
    start = at("2026-03-02T10:00Z")
    assert deadline(None, start, HOUR, [pause]) == at("2026-03-02T12:30Z")
    assert deadline(None, start, HOUR // 2, [pause]) == pause[0]
    assert deadline(None, start, HOUR, [(pause[0], NEVER)]) == NEVER


def test_a_calendar_that_never_opens_has_no_deadline() -> None:
    """No weekly hours at all."""
    assert deadline(berlin(), at("2026-03-02T10:00Z"), HOUR, ()) == NEVER


def test_holidays_are_closed_those_listed_and_those_of_the_country() -> None:
    """8 March is one in Berlin only, 1 May in all of Germany, 4 May by the list."""
    every = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    capital = berlin(weekly=every, country="DE", subdivision="BE", holidays=["2026-05-04"])
    country = berlin(weekly=every, country="DE")
    days = ("2026-03-08", "2026-05-01", "2026-05-04", "2026-05-05")
    moments = [at(f"{day}T10:00Z") for day in days]
    assert [capital.is_open(moment) for moment in moments] == [False, False, False, True]
    assert [country.is_open(moment) for moment in moments] == [True, False, True, True]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_has_the_hours_it_has(day: str, hours: int) -> None:
    """Open around the clock: 23 hours when the clocks go forward, 25 when they go back."""
    calendar = berlin(weekly={"sat": ["00:00-24:00"], "sun": ["00:00-24:00"]})
    start, end = calendar.intervals(datetime.fromisoformat(day).date())[0]
    assert elapsed(calendar, start, end) == hours * HOUR


def test_bounds_in_an_overlap_or_gap_are_the_first_occurrence() -> None:
    """02:30 happens twice in October: the first; never in March: half an hour after the change."""
    calendar = berlin(weekly={"sun": ["02:30-08:00"]})
    assert calendar.intervals(date(2026, 10, 25))[0][0] == at("2026-10-25T02:30+02:00")
    assert calendar.intervals(date(2026, 3, 29))[0][0] == at("2026-03-29T03:30+02:00")


def test_the_closing_moment_is_closed() -> None:
    """Open intervals are half-open."""
    calendar = berlin(weekly={"mon": ["09:00-12:00"]})
    moments = ("08:59:59", "09:00", "11:59:59", "12:00")
    assert [calendar.is_open(at(f"2026-03-02T{moment}+01:00")) for moment in moments] == [
        False,
        True,
        True,
        False,
    ]
