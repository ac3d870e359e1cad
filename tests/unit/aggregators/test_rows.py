"""Rows of two levels.

coarse |---- 15 min ----|---- 15 min ----|  fine |-|-|-|-|
"""

from aggregators.facts import DURATION, Fact
from aggregators.measures import Count, Distribution, sum_key
from aggregators.rows import COARSE, Rows, add_fact

SERIES = ("phone", "sales")
HOUR = 3_600_000


def offered(time: int, sign: int = 1) -> Fact:
    """Return the fact of one offer."""
    return (time, SERIES, Count.OFFERED, 1, sign)


def rows() -> Rows:
    """Return rows of 10 s over 2 h and of 15 min over 48 h."""
    return Rows(10_000, 2 * HOUR, 48 * HOUR)


def offers(rows: Rows, start: int, end: int) -> int:
    """Return the offers in a window."""
    return rows.window(start, end).get(SERIES, {}).get(Count.OFFERED, 0)


def test_windows_are_half_open() -> None:
    """A fact at the end belongs to the next window."""
    kept = rows()
    kept.add([offered(10_000), offered(20_000)])
    assert offers(kept, 10_000, 20_000) == 1
    assert offers(kept, 20_000, 30_000) == 1


def test_a_withdrawn_fact_leaves_no_count() -> None:
    """+1 and −1 add to 0."""
    kept = rows()
    kept.add([offered(10_000), offered(10_000, -1)])
    assert offers(kept, 0, HOUR) == 0


def test_a_duration_adds_its_milliseconds_and_its_bucket() -> None:
    """8,000 ms once: sum 8,000 and one bucket."""
    parts: dict[int, int] = {}
    add_fact(parts, DURATION + Distribution.ANSWER, 8_000, 1)
    assert parts[sum_key(Distribution.ANSWER)] == 8_000
    assert sum(parts.values()) == 8_001


def test_fine_rows_out_of_reach_are_merged_into_coarse_ones() -> None:
    """An hour of offers, one a minute, seen three hours later from midnight on: all 60 are there."""
    kept = rows()
    kept.add([offered(minute * 60_000) for minute in range(60)])
    kept.forget(3 * HOUR)
    assert not kept.fine()
    assert offers(kept, 0, 3 * HOUR) == 60


def test_a_late_fact_goes_straight_to_its_coarse_row() -> None:
    """Beyond the fine reach, inside the horizon."""
    kept = rows()
    kept.forget(10 * HOUR)
    kept.add([offered(5 * HOUR)])
    assert list(kept.coarse) == [5 * HOUR // COARSE]
    assert offers(kept, 0, 10 * HOUR) == 1


def test_a_late_fact_joins_the_row_that_was_closed() -> None:
    """What was in it stays, and it is closed again with the next step."""
    kept = rows()
    kept.add([offered(5 * HOUR), offered(5 * HOUR + 1)])
    kept.forget(10 * HOUR)
    assert list(kept.closed) == [5 * HOUR // COARSE]
    kept.add([offered(5 * HOUR + 2)])
    assert offers(kept, 0, 10 * HOUR) == 3
    kept.forget(11 * HOUR)
    assert (list(kept.closed), list(kept.coarse), offers(kept, 0, 10 * HOUR)) == ([5 * HOUR // COARSE], [], 3)


def test_beyond_the_horizon_nothing_changes() -> None:
    """Closed windows stay closed, and their rows go."""
    kept = rows()
    kept.add([offered(0)])
    kept.forget(60 * HOUR)
    kept.add([offered(HOUR)])
    assert not dict(kept.quarters())
    assert not kept.fine()


def test_requests_are_summed_per_queue_over_both_levels() -> None:
    """One old, one new request."""
    kept = rows()
    kept.add([(HOUR, SERIES, Count.REQUESTS, 1, 1)])
    kept.forget(5 * HOUR)
    kept.add([(5 * HOUR, SERIES, Count.REQUESTS, 1, 1)])
    assert kept.requests() == {"sales": 2}
    assert kept.known() == {SERIES}
