"""Demand follows the hours and the week, and arrivals follow demand."""

from random import Random

import pytest

from streams.simulation.demand import level, until_next_arrival
from streams.simulation.plan import DAY, HOUR, SimulationPlan

MONDAY = 1_772_409_600_000  # 2026-03-02T00:00:00Z
PLAN = SimulationPlan(seed=1, start=MONDAY, duration=DAY)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(10.5, 1.0), (3.0, 0.02), (24 * 6 + 10.5, 0.3), (11.0, 0.975), (24 * 7 + 10.5, 1.0)],
)
def test_the_level_is_that_of_hour_and_weekday(hours: float, expected: float) -> None:
    """Mornings are busy, nights and Sundays are not, and every week is alike."""
    assert level(PLAN, MONDAY + int(hours * HOUR)) == pytest.approx(expected)


def test_a_flat_curve_is_always_busiest() -> None:
    """The demo has no night."""
    assert level(SimulationPlan(seed=1, start=0, duration=1, curve="flat"), MONDAY + 3 * HOUR) == 1


@pytest.mark.parametrize("hour", [10, 19])
def test_arrivals_come_at_the_rate_of_the_hour(hour: int) -> None:
    """Over twenty days the mean of one hour is the rate times the level, within four standard deviations."""
    random = Random(5)
    plan = SimulationPlan(seed=1, start=MONDAY, duration=DAY, rate=1000)
    start = MONDAY + hour * HOUR
    seen = 0
    for _ in range(20):
        now = start
        while (now := now + until_next_arrival(plan, now, 0.5, random)) < start + HOUR:
            seen += 1
    expected = 20 * sum(500 / 60 * level(plan, start + minute * 60_000) for minute in range(60))
    assert abs(seen - expected) < 4 * expected**0.5
