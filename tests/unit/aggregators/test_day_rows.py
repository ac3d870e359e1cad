"""Day rows and their windows: local dates, ends within a date, what is let go."""

from aggregators.day_rows import DayRows, DayWindows
from aggregators.facts import Fact
from aggregators.survey_measures import SurveyMeasure
from aggregators.topic_rows import horizon_of, rows_of, windows_of
from tests.building import at, configured

A = ("", "a")
KEY = int(SurveyMeasure.PROMOTERS)
DAY = 86_400_000
BERLIN = configured({"site": {"time_zone": "Europe/Berlin"}})


def fact(time: int, amount: int = 1, sign: int = 1) -> Fact:
    """Return a fact of queue a."""
    return (time, A, KEY, amount, sign)


def day_rows() -> DayRows:
    """Return empty rows of a site in Berlin with a horizon of 100 days."""
    rows = rows_of("surveys", BERLIN)
    assert isinstance(rows, DayRows)
    return rows


def test_a_date_is_that_of_the_site() -> None:
    """23:30 UTC is half past midnight of the next date in Berlin."""
    rows = day_rows()
    rows.add([fact(at("22:30")), fact(at("23:30"), 5)])
    first, second = sorted(rows.coarse)
    assert (rows.coarse[first][A][KEY], rows.coarse[second][A][KEY], second - first) == (1, 5, 1)
    assert rows.days(first, second) == {A: {KEY: 6}}
    assert rows.requests() == {}


def test_what_lies_behind_the_end_is_left_out() -> None:
    """An answer at 10:05 is not in a window that ends at 10:01, later it is."""
    rows = day_rows()
    windows = windows_of(rows)
    assert isinstance(windows, DayWindows)
    facts = [fact(at("10:00")), fact(at("10:05"), 3)]
    rows.add(facts)
    windows.add(facts)
    start = {"1d": at("00:00")}
    assert windows.read(start, at("10:01"))["1d"] == {A: {KEY: 1}}
    assert windows.read(start, at("10:05"))["1d"] == {A: {KEY: 1}}
    assert windows.read(start, at("10:06"))["1d"] == {A: {KEY: 4}}


def test_windows_follow_late_and_withdrawn_facts() -> None:
    """What was read before is carried on, also where a fact is taken back."""
    rows = day_rows()
    windows = windows_of(rows)
    start = {"1d": at("00:00"), "7d": at("00:00") - 6 * DAY}
    windows.read(start, at("12:00"))
    for facts in ([fact(at("10:00")), fact(at("09:00") - DAY, 7)], [fact(at("10:00"), 1, -1)]):
        rows.add(facts)
        windows.add(facts)
    assert windows.read(start, at("12:00")) == {"1d": {}, "7d": {A: {KEY: 7}}}


def test_only_whole_dates_within_reach_are_kept() -> None:
    """A hundred days later this date is gone, and nothing is added to it again."""
    rows = day_rows()
    rows.add([fact(at("10:00"))])
    rows.forget(at("10:00") + 99 * DAY - 11 * 3_600_000)
    assert len(rows.coarse) == 1
    rows.forget(at("10:00") + 100 * DAY)
    rows.add([fact(at("11:00"))])
    assert rows.coarse == {}
    rows.forget(-1)


def test_other_topics_have_rows_by_time() -> None:
    """Each topic has its own horizon, and only surveys have dates."""
    assert not isinstance(rows_of("calls", BERLIN), DayRows)
    assert not isinstance(windows_of(rows_of("calls", BERLIN)), DayWindows)
    assert (horizon_of("calls", BERLIN), horizon_of("surveys", BERLIN)) == (2 * DAY, 100 * DAY)


def test_a_flood_of_answers_does_not_pile_up() -> None:
    """Ten thousand answers of an hour: about those of the last ten minutes are kept beside the rows."""
    rows = day_rows()
    for number in range(10_000):
        rows.add([fact(at("10:00") + number * 360)])
    assert sum(parts[KEY] for row in rows.coarse.values() for parts in row.values()) == 10_000
    assert len(rows._recent) < 5_000
    assert rows.behind(at("10:59:59")) == {A: {KEY: 2}}
