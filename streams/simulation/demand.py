"""How busy a support centre is over the week, and arrivals that follow it.

Guarantee: `level` is 1 at the busiest time of a weekday and never 0; arrivals are a Poisson process of that
intensity (thinning), so waits come out as Erlang's formulas say.

Worked: Monday 10:30 UTC has level 1, Sunday 10:30 has 0.3, Monday 03:00 has 0.02.
Source: Brown et al., Statistical analysis of a telephone call center (2005), for the two peaks of a working
day.
"""

from __future__ import annotations

from random import Random
from typing import Final

from streams.simulation.plan import DAY, HOUR, SimulationPlan

_BY_HOUR: Final = (
    *(0.03, 0.02, 0.02, 0.02, 0.03, 0.05, 0.15, 0.35),
    *(0.70, 0.92, 1.00, 0.95, 0.78, 0.80, 0.90, 0.88),
    *(0.80, 0.65, 0.45, 0.32, 0.25, 0.18, 0.10, 0.05),
)
_BY_WEEKDAY: Final = (1.0, 0.95, 0.9, 0.9, 0.88, 0.45, 0.3)
_EPOCH_WEEKDAY: Final = 3  # 1 January 1970 was a Thursday


def level(plan: SimulationPlan, now: int) -> float:
    """Return how busy it is at `now` (ms), 0 < level <= 1, in straight lines between the middles of hours."""
    if plan.curve == "flat":
        return 1.0
    hours = (now % DAY) / HOUR - 0.5
    before = int(hours // 1)
    share = hours - before
    by_hour = _BY_HOUR[before % 24] * (1 - share) + _BY_HOUR[(before + 1) % 24] * share
    return by_hour * _BY_WEEKDAY[(now // DAY + _EPOCH_WEEKDAY) % 7]


def until_next_arrival(plan: SimulationPlan, now: int, share: float, random: Random) -> int:
    """Return in how many milliseconds the next contact arrives at a queue with this share of all contacts."""
    mean_at_peak = HOUR / (plan.rate * share)
    moment = float(now)
    while True:
        moment += random.expovariate(1 / mean_at_peak)
        if random.random() < level(plan, int(moment)):
            return max(1, int(moment) - now)
