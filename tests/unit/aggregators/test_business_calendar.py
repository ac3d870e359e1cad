"""Business hours by hand and against a brute force that walks every minute of a few days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregators.business_calendar import WEEKDAYS, BusinessCalendar, Weekday, instant_of

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OFFICE: dict[Weekday, list[tuple[int, int]]] = {day: [(9 * 60, 17 * 60)] for day in WEEKDAYS[:5]}
SPLIT: dict[Weekday, list[tuple[int, int]]] = {
    day: [(9 * 60, 12 * 60), (13 * 60, 17 * 60)] for day in WEEKDAYS[:5]
}
ALWAYS: dict[Weekday, list[tuple[int, int]]] = {day: [(0, 1440)] for day in WEEKDAYS}


def at(text: str) -> int:
    """Milliseconds of an RFC 3339 time."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def test_opening_is_inside_and_closing_is_outside() -> None:
    """The interval is half-open, to the millisecond."""
    calendar = BusinessCalendar("Europe/Berlin", OFFICE)
    opening, closing = at("2024-01-08T09:00+01:00"), at("2024-01-08T17:00+01:00")
    assert [calendar.is_open(moment) for moment in (opening - 1, opening, closing - 1, closing)] == [
        False,
        True,
        True,
        False,
    ]


def test_lunch_and_weekend_do_not_count() -> None:
    """Friday 11:30 to Monday 09:15 is half an hour, four hours and a quarter."""
    calendar = BusinessCalendar("UTC", SPLIT)
    start, end = at("2024-01-05T11:30Z"), at("2024-01-08T09:15Z")
    assert calendar.elapsed(start, end) == 30 * MINUTE + 4 * HOUR + 15 * MINUTE
    assert calendar.deadline(start, 4 * HOUR + 45 * MINUTE) == end


def test_target_used_up_exactly_at_closing_is_due_at_closing() -> None:
    """One hour from Friday 16:00 is Friday 17:00, one millisecond more is Monday morning."""
    calendar = BusinessCalendar("UTC", OFFICE)
    start = at("2024-01-05T16:00Z")
    assert calendar.deadline(start, HOUR) == at("2024-01-05T17:00Z")
    assert calendar.deadline(start, HOUR + 1) == at("2024-01-08T09:00Z") + 1


@pytest.mark.parametrize("piece", range(190, 210))
def test_target_used_up_at_the_last_closing_of_a_piece_is_due_there(piece: int) -> None:
    """Hours are kept in pieces of 2^33 ms: one that ends at night has its deadline at closing."""
    calendar = BusinessCalendar("UTC", OFFICE)
    start, end = piece << 33, (piece + 1) << 33
    deadline = calendar.deadline(start, calendar.elapsed(start, end))
    assert deadline is not None
    assert deadline <= end
    assert calendar.is_open(deadline - 1)


def test_start_outside_hours_counts_from_the_next_opening() -> None:
    """A ticket of Saturday with 2 h is due on Monday at 11:00, one with 16 h on Tuesday at 17:00."""
    calendar = BusinessCalendar("UTC", OFFICE)
    start = at("2024-01-06T10:00Z")
    assert calendar.deadline(start, 2 * HOUR) == at("2024-01-08T11:00Z")
    assert calendar.deadline(start, 16 * HOUR) == at("2024-01-09T17:00Z")


def test_nothing_allowed_is_due_at_once() -> None:
    """A target of zero is used up when it starts, open or not."""
    saturday = at("2024-01-06T10:00Z")
    assert BusinessCalendar("UTC", OFFICE).deadline(saturday, 0) == saturday


def test_backward_span_is_empty() -> None:
    """An end before the start gives 0, never a negative time."""
    calendar = BusinessCalendar("UTC", ALWAYS)
    assert calendar.elapsed(5_000, 1_000) == 0
    assert calendar.elapsed(5_000, 5_000) == 0


def test_holiday_closes_its_local_date_only() -> None:
    """Christmas in Berlin runs from 23:00Z to 23:00Z."""
    calendar = BusinessCalendar("Europe/Berlin", ALWAYS, [date(2024, 12, 25)])
    first, last = at("2024-12-24T23:00Z"), at("2024-12-25T23:00Z")
    assert calendar.elapsed(first, last) == 0
    assert calendar.is_open(first - 1)
    assert not calendar.is_open(first)
    assert not calendar.is_open(last - 1)
    assert calendar.is_open(last)
    assert calendar.deadline(first - HOUR, 2 * HOUR) == last + HOUR


def test_never_open_has_no_deadline() -> None:
    """Without hours nothing elapses and no target comes due."""
    calendar = BusinessCalendar("UTC", {})
    assert calendar.deadline(at("2024-01-01T00:00Z"), 1) is None
    assert calendar.elapsed(0, at("2100-01-01T00:00Z")) == 0
    assert not calendar.is_open(at("2024-01-01T12:00Z"))


def test_target_beyond_all_time_has_no_deadline() -> None:
    """One minute a week for a thousand hours ends after the year 2200: there is no deadline."""
    calendar = BusinessCalendar("UTC", {"mon": [(600, 601)]})
    assert calendar.deadline(at("2024-01-01T00:00Z"), 1_000 * HOUR) is None


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2024-03-31", 23.0),
        ("Europe/Berlin", "2024-10-27", 25.0),
        ("America/New_York", "2024-03-10", 23.0),
        ("America/New_York", "2024-11-03", 25.0),
        ("Australia/Lord_Howe", "2024-04-07", 24.5),
        ("Australia/Lord_Howe", "2024-10-06", 23.5),
        ("Asia/Kathmandu", "2024-05-05", 24.0),
        ("America/Sao_Paulo", "2018-11-04", 23.0),
        ("America/Sao_Paulo", "2018-02-17", 25.0),
        ("Pacific/Apia", "2011-12-30", 0.0),
        ("Pacific/Apia", "2011-12-29", 24.0),
    ],
)
def test_whole_local_day_has_the_length_it_had(zone: str, day: str, hours: float) -> None:
    """A day open from 00:00 to 24:00 is as long as the clock made it, a skipped one has no hour."""
    weekday = WEEKDAYS[date.fromisoformat(day).weekday()]
    calendar = BusinessCalendar(zone, {weekday: [(0, 1440)]})
    noon = at(f"{day}T12:00Z")
    assert calendar.elapsed(noon - 2 * DAY, noon + 2 * DAY) == hours * HOUR


def test_skipped_date_lends_no_hours_to_the_next() -> None:
    """Apia had no Friday 2011-12-30: its 09:00-17:00 must not open the Saturday."""
    calendar = BusinessCalendar("Pacific/Apia", {"fri": [(540, 1020)]})
    assert calendar.elapsed(at("2011-12-29T00:00Z"), at("2012-01-01T00:00Z")) == 0


def test_bound_in_an_overlap_is_its_first_occurrence() -> None:
    """Berlin 2024-10-27: 02:30 first comes at 00:30Z: 02:30-05:00 lasts 3.5 h, 01:00-02:30 lasts 1.5 h."""
    late = BusinessCalendar("Europe/Berlin", {"sun": [(150, 300)]})
    early = BusinessCalendar("Europe/Berlin", {"sun": [(60, 150)]})
    start, end = at("2024-10-26T12:00Z"), at("2024-10-27T12:00Z")
    assert late.elapsed(start, end) == 3.5 * HOUR
    assert early.elapsed(start, end) == 1.5 * HOUR
    assert early.deadline(start, 90 * MINUTE) == at("2024-10-27T00:30Z")


def test_bound_in_a_gap_is_read_with_the_offset_before_it() -> None:
    """Berlin 2024-03-31: 02:30 does not exist and means 01:30Z, so 02:30-05:00 lasts from 03:30 to 05:00."""
    calendar = BusinessCalendar("Europe/Berlin", {"sun": [(150, 300)]})
    start, end = at("2024-03-30T12:00Z"), at("2024-03-31T12:00Z")
    assert calendar.elapsed(start, end) == 1.5 * HOUR
    assert calendar.deadline(start, 1) == at("2024-03-31T01:30Z") + 1


def test_intervals_laid_over_each_other_by_a_gap_count_once() -> None:
    """02:00-02:30 reads as 01:00Z-01:30Z and 03:00-04:00 as 01:00Z-02:00Z: the union is one hour."""
    calendar = BusinessCalendar("Europe/Berlin", {"sun": [(120, 150), (180, 240)]})
    assert calendar.elapsed(at("2024-03-30T12:00Z"), at("2024-03-31T12:00Z")) == HOUR


def test_century_of_one_hour_a_day_is_exact() -> None:
    """From 1970 to 2101 there are 47,847 days, so as many hours; far more chunks than are kept."""
    calendar = BusinessCalendar("Asia/Kathmandu", {day: [(600, 660)] for day in WEEKDAYS})
    start, end = at("1970-01-01T00:00Z"), at("2101-01-01T00:00Z")
    assert (end - start) // DAY == 47_847
    assert calendar.elapsed(start, end) == 47_847 * HOUR
    assert calendar.deadline(start, 47_847 * HOUR) == at("2100-12-31T05:15Z")
    assert calendar.elapsed(start, start + 30 * DAY) == 30 * HOUR


def test_unknown_zone_is_refused_at_construction() -> None:
    """The zone is loaded when the calendar is built, not at the first ticket."""
    with pytest.raises(ZoneInfoNotFoundError):
        BusinessCalendar("Europe/Atlantis", OFFICE)


def test_description_is_canonical() -> None:
    """Order of input does not show; equal calendars are equal, whatever they have been asked."""
    left = BusinessCalendar(
        "UTC", {"tue": [(780, 900), (540, 720)], "mon": [(0, 1440)]}, [date(2024, 5, 2), date(2024, 5, 1)]
    )
    right = BusinessCalendar(
        "UTC", {"mon": [(0, 1440)], "tue": [(540, 720), (780, 900)]}, [date(2024, 5, 1), date(2024, 5, 2)]
    )
    left.is_open(0)
    assert (
        left.describe()
        == right.describe()
        == {
            "time_zone": "UTC",
            "weekly": {"mon": [[0, 1440]], "tue": [[540, 720], [780, 900]]},
            "holidays": ["2024-05-01", "2024-05-02"],
        }
    )
    assert left == right
    assert hash(left) == hash(right)
    assert left != BusinessCalendar("UTC", ALWAYS)


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "UTC",
)
CLOCK_CHANGES = (
    "2024-03-31",
    "2024-10-27",
    "2024-03-10",
    "2024-11-03",
    "2024-04-07",
    "2024-10-06",
    "1985-12-31",
    "2018-11-04",
    "2018-02-17",
    "2024-06-05",
)


@st.composite
def weekly_hours(draw: st.DrawFn) -> dict[Weekday, list[tuple[int, int]]]:
    """Up to two intervals a day, in steps of a quarter of an hour."""
    result: dict[Weekday, list[tuple[int, int]]] = {}
    for weekday in WEEKDAYS:
        bounds = draw(st.lists(st.integers(0, 96), unique=True, max_size=4).map(sorted))
        pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
        result[weekday] = [(first * 15, last * 15) for first, last in pairs]
    return result


class Week(NamedTuple):
    """A calendar in the terms of its definition."""

    zone: str
    weekly: dict[Weekday, list[tuple[int, int]]]
    holiday: date

    def is_open(self, minute: datetime) -> bool:
        """Brute force: ask the definition about one minute, with zone arithmetic of its own."""
        zone = ZoneInfo(self.zone)
        for shift in (-1, 0, 1):
            day = minute.astimezone(zone).date() + timedelta(days=shift)
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # a wall clock, its zone is below
            for opening, closing in () if day == self.holiday else self.weekly[WEEKDAYS[day.weekday()]]:
                opens = (midnight + timedelta(minutes=opening)).replace(tzinfo=zone).astimezone(UTC)
                closes = (midnight + timedelta(minutes=closing)).replace(tzinfo=zone).astimezone(UTC)
                if opens <= minute < closes:
                    return True
        return False


@st.composite
def weeks_around_clock_changes(draw: st.DrawFn) -> tuple[Week, datetime]:
    """A calendar with a holiday near a clock change, and a moment 2,000 minutes before that date."""
    change = date.fromisoformat(draw(st.sampled_from(CLOCK_CHANGES)))
    holiday = change + timedelta(days=draw(st.integers(-2, 2)))
    return Week(draw(st.sampled_from(ZONES)), draw(weekly_hours()), holiday), before(change)


def before(change: date) -> datetime:
    """Return the moment 2,000 minutes before a date begins in UTC."""
    return datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(minutes=2_000)


@given(
    week=weeks_around_clock_changes(),
    span=st.tuples(st.integers(0, 4_000), st.integers(0, 4_000)),
    allowed=st.integers(1, 3_000),
)
@settings(max_examples=60)
@example(
    week=(
        Week("America/Sao_Paulo", {**ALWAYS, "sun": [(15, 1440)]}, date(2018, 11, 6)),
        before(date(2018, 11, 4)),
    ),
    span=(0, 4_000),
    allowed=1_500,
)
@example(
    week=(
        Week("Europe/Berlin", {**ALWAYS, "sun": [(0, 135), (150, 1425)]}, date(2024, 4, 1)),
        before(date(2024, 3, 31)),
    ),
    span=(0, 4_000),
    allowed=1_500,
)
def test_calendar_agrees_with_every_minute_of_the_clock(
    week: tuple[Week, datetime], span: tuple[int, int], allowed: int
) -> None:
    """Around clock changes, is_open, elapsed and deadline equal a walk over all minutes."""
    definition, origin = week
    calendar = BusinessCalendar(definition.zone, definition.weekly, [definition.holiday])
    base = round(origin.timestamp() * 1000)
    start, end = sorted(span)
    walked = [definition.is_open(origin + timedelta(minutes=step)) for step in range(start, end)]
    asked = [calendar.is_open(base + step * MINUTE) for step in range(start, end)]
    assert asked == walked
    assert calendar.elapsed(base + start * MINUTE, base + end * MINUTE) == sum(walked) * MINUTE
    opened = [step for step, is_open in enumerate(walked, start) if is_open]
    if len(opened) >= allowed:
        due = base + (opened[allowed - 1] + 1) * MINUTE
        assert calendar.deadline(base + start * MINUTE, allowed * MINUTE) == due


CALENDARS = {zone: BusinessCalendar(zone, SPLIT, [date(2000, 1, 3)]) for zone in ZONES}
MOMENTS = st.integers(at("1995-01-01T00:00Z"), at("2010-01-01T00:00Z"))


@given(start=MOMENTS, allowed=st.integers(1, 500 * HOUR), zone=st.sampled_from(ZONES))
def test_deadline_inverts_elapsed_to_the_millisecond(start: int, allowed: int, zone: str) -> None:
    """At the deadline exactly the allowed time has passed, one millisecond earlier less."""
    calendar = CALENDARS[zone]
    deadline = calendar.deadline(start, allowed)
    assert deadline is not None
    assert calendar.elapsed(start, deadline) == allowed
    assert calendar.elapsed(start, deadline - 1) == allowed - 1


@given(moments=st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted), zone=st.sampled_from(ZONES))
def test_elapsed_is_additive(moments: list[int], zone: str) -> None:
    """Two adjacent spans add up, over any number of years."""
    calendar = CALENDARS[zone]
    first, second, third = moments
    assert calendar.elapsed(first, second) + calendar.elapsed(second, third) == calendar.elapsed(first, third)


def test_instant_of_end_of_day_is_the_next_midnight() -> None:
    """Minute 1440 is 24:00."""
    day = date(2024, 3, 31).toordinal()
    zone = ZoneInfo("Europe/Berlin")
    assert instant_of(day, 1440, zone) == instant_of(day + 1, 0, zone) == at("2024-04-01T00:00+02:00")
