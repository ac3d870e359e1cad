"""How many cold cases a checkpoint carries in full, so that a snapshot cycle ends in time and nothing stalls.

Guarantee: the slice of a checkpoint is planned to take at most 20 ms; where that allows it, a cycle is done
after 40 checkpoints (a minute at 1.5 s each), and the changelog then holds at most two cycles.

Worked: 100,000 cases at 4 µs each: 2,500 by the cycle, 5,000 by the time; 2,500 are taken.
"""

from __future__ import annotations

from typing import Final

SLICE_SECONDS: Final = 0.02
CHECKPOINTS_PER_CYCLE: Final = 40
SMALLEST_SLICE: Final = 50
_FIRST_SECONDS_PER_CASE: Final = 10e-6
_SMOOTHING: Final = 0.2


class SnapshotSlice:
    """The slice's size, from how long earlier drafts took."""

    def __init__(self) -> None:
        self._seconds_per_case = _FIRST_SECONDS_PER_CASE

    def cases_of(self, cases: int) -> int:
        """Return how many of `cases` the next checkpoint may carry."""
        by_time = int(SLICE_SECONDS / self._seconds_per_case)
        return max(SMALLEST_SLICE, min(cases // CHECKPOINTS_PER_CYCLE + 1, by_time))

    def learn(self, events: int, cases: int, seconds: float) -> None:
        """Take in that drafting `events` new events and the slice of `cases` took `seconds`.

        News and slice are drafted together; an event counts like a case, which errs on the side of smaller
        slices.
        """
        drafted = events + min(cases, self.cases_of(cases))
        if drafted >= SMALLEST_SLICE:
            self._seconds_per_case += _SMOOTHING * (seconds / drafted - self._seconds_per_case)
            self._seconds_per_case = max(self._seconds_per_case, 1e-7)
