"""Pauses, and deadlines and times around them."""

from random import Random

from aggregators.business_calendar import BusinessCalendar
from aggregators.pauses import Pauses, deadline_after, elapsed
from tests.building import at

HOUR = 3_600_000
OFFICE = BusinessCalendar("UTC", {"mon": [(9 * 60, 17 * 60)], "tue": [(9 * 60, 17 * 60)]}, [])


def paused(*times: int) -> Pauses:
    """Return pauses that begin and end in turn."""
    pauses = Pauses()
    for number, time in enumerate(times):
        (pauses.end if number % 2 else pauses.begin)(time)
    return pauses


def test_time_on_the_calendar_clock_and_on_the_business_clock() -> None:
    """Monday 16:00 to Tuesday 10:00: 18 h and 2 h."""
    start, end = at("16:00"), at("2026-03-03T10:00")
    assert elapsed(None, start, end) == 18 * HOUR
    assert elapsed(OFFICE, start, end) == 2 * HOUR
    assert elapsed(None, end, start) == 0


def test_pauses_are_left_out_also_one_that_is_still_open() -> None:
    """10:00-14:00 without 11:00-12:00 and from 13:30 on: 2.5 h."""
    pauses = paused(at("11:00"), at("12:00"), at("13:30"))
    assert pauses.elapsed(None, at("10:00"), at("14:00")) == 2.5 * HOUR


def test_a_deadline_moves_by_the_pauses_before_it() -> None:
    """2 h from 10:00 with 11:00-12:00 paused: 13:00; the pause after it does not matter."""
    pauses = paused(at("11:00"), at("12:00"), at("13:00"))
    assert pauses.deadline(None, at("10:00"), 2 * HOUR) == at("13:00")


def test_there_is_no_deadline_while_the_clock_stands_still() -> None:
    """An hour is left when the pause begins."""
    assert paused(at("11:00")).deadline(None, at("10:00"), 2 * HOUR) is None


def test_a_business_deadline_used_up_at_closing_is_at_closing() -> None:
    """1 h from 16:00 is 17:00, not Tuesday 09:00."""
    assert deadline_after(OFFICE, at("16:00"), HOUR) == at("17:00")


def test_pauses_before_the_start_do_not_matter() -> None:
    """Paused 08:00-09:00 and 09:30-10:30, started at 10:00: 1 h is over at 11:30."""
    pauses = paused(at("08:00"), at("09:00"), at("09:30"), at("10:30"))
    assert pauses.deadline(None, at("10:00"), HOUR) == at("11:30")
    assert pauses.elapsed(None, at("10:00"), at("12:00")) == 1.5 * HOUR


def test_what_is_remembered_is_what_walking_through_all_pauses_gives() -> None:
    """Asked in between, on both clocks, for several allowances: as a plain walk minute by minute."""
    random = Random(4)
    pauses, standing, now, start = Pauses(), [], at("09:00"), at("09:20")
    for _ in range(40):
        begun = now + random.randrange(20) * 60_000
        now = begun + random.randrange(10) * 60_000
        pauses.begin(begun)
        pauses.end(now)
        standing.append((begun, now))
        for calendar in (None, OFFICE):
            minutes = [
                minute
                for minute in range(start, now, 60_000)
                if not any(since <= minute < until for since, until in standing)
                and (calendar is None or calendar.is_open(minute))
            ]
            assert pauses.elapsed(calendar, start, now) == 60_000 * len(minutes)
            for allowed in (1, 30, 90):
                if allowed <= len(minutes):
                    expected = minutes[allowed - 1] + 60_000
                    assert pauses.deadline(calendar, start, allowed * 60_000) == expected
