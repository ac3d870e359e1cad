"""Windows are carried on from one reading to the next; tests/laws/test_running_windows.py has the law."""

from aggregators.facts import Fact
from aggregators.measures import Count
from aggregators.rows import Rows
from aggregators.running_windows import RunningWindows

SERIES = ("phone", "a")
MINUTE, HOUR = 60_000, 3_600_000


def offer(time: int, sign: int = 1) -> Fact:
    """Return the fact of an offer."""
    return (time, SERIES, int(Count.OFFERED), 1, sign)


def test_what_leaves_goes_and_what_comes_joins() -> None:
    """A window of one minute over offers at 0:10 and 1:05, read at 1:00 and at 1:20."""
    rows = Rows(10_000, 2 * HOUR, 48 * HOUR)
    windows = RunningWindows(rows)
    rows.add([offer(10_000), offer(65_000)])
    assert windows.read({"1m": 0}, MINUTE) == {"1m": {SERIES: {Count.OFFERED: 1}}}
    assert windows.read({"1m": 20_000}, 80_000) == {"1m": {SERIES: {Count.OFFERED: 1}}}
    assert windows.read({"1m": 70_000}, 130_000) == {"1m": {}}


def test_a_late_fact_joins_what_was_summed() -> None:
    """And may be withdrawn again; until something changes the same object is read."""
    rows = Rows(10_000, 2 * HOUR, 48 * HOUR)
    windows = RunningWindows(rows)
    rows.add([offer(10_000)])
    first = windows.read({"1m": 0}, MINUTE)["1m"][SERIES]
    assert windows.read({"1m": 0}, MINUTE)["1m"][SERIES] is first
    for facts in ([offer(20_000), offer(30_000)], [offer(20_000, -1)]):
        rows.add(facts)
        windows.add(facts)
    assert windows.read({"1m": 0}, MINUTE) == {"1m": {SERIES: {Count.OFFERED: 2}}}
    assert first == {Count.OFFERED: 1}


def test_a_reader_that_looks_back_gets_the_sums_of_then() -> None:
    """They are summed anew."""
    rows = Rows(10_000, 2 * HOUR, 48 * HOUR)
    windows = RunningWindows(rows)
    rows.add([offer(10_000), offer(70_000)])
    windows.read({"1m": MINUTE}, 2 * MINUTE)
    assert windows.read({"1m": 0}, MINUTE) == {"1m": {SERIES: {Count.OFFERED: 1}}}


def test_a_reading_left_in_the_middle_leaves_everything_as_it_was() -> None:
    """One window has moved on, a longer one is new, the reader is cancelled: the next gets both right."""
    rows = Rows(10_000, 2 * HOUR, 48 * HOUR)
    windows = RunningWindows(rows)
    rows.add([offer(10_000), offer(50_000), offer(65_000)])
    windows.read({"1m": 0}, MINUTE)
    late = [offer(55_000)]
    rows.add(late)
    windows.add(late)
    reading = windows.reading({"1m": 20_000, "1h": 0}, 80_000)
    next(reading)
    reading.close()
    assert windows.read({"1m": 20_000, "1h": 0}, 80_000) == {
        "1m": {SERIES: {Count.OFFERED: 3}},
        "1h": {SERIES: {Count.OFFERED: 4}},
    }
