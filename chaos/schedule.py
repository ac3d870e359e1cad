"""Which faults, in which order, on whom, how long: all of it from the seed.

Guarantee: the same seed, number and kinds give the same schedule; every kind comes at least `LEAST` times
where there are enough faults; the number of workers the schedule asks for stays between `FEWEST` and `MOST`.
Worked: `schedule(7, 100, kinds)` with nine kinds is 72 faults that must be, 28 drawn, shuffled.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from random import Random
from typing import NamedTuple

LEAST = 8
BURSTS = 0.5
FIRST_WORKERS = 3
FEWEST = 2
MOST = 4


class Kind(StrEnum):
    """What can happen."""

    KILL = "kill -9"
    TERMINATE = "SIGTERM"
    PAUSE = "SIGSTOP beyond the session"
    ADD = "worker added"
    REMOVE = "worker removed"
    BROKER_STOP = "broker stopped and started"
    BROKER_KILL = "broker killed"
    CHECKPOINT = "checkpoints refused"
    REDIS = "Redis gone"
    CLOCK = "wall clock moved"


class Fault(NamedTuple):
    """One fault of the schedule.

    target: a share that chooses among the workers that run; delay: seconds between the moment at which it
    counts and the hit; is_burst: whether its records come at once before it; size: a share that each kind
    reads as how long, how far or how much.
    """

    kind: Kind
    target: float
    delay: float
    is_burst: bool
    size: float


def schedule(seed: int, faults: int, kinds: Sequence[Kind] = tuple(Kind)) -> list[Fault]:
    """Return the faults of a run in order."""
    chance = Random(seed)
    each = min(LEAST, faults // len(kinds))
    drawn = [kind for kind in kinds for _ in range(each)]
    drawn += [chance.choice(kinds) for _ in range(faults - len(drawn))]
    chance.shuffle(drawn)
    return [
        Fault(
            kind,
            target=chance.random(),
            delay=chance.random() * 2,
            # Checkpoints are refused while there is much to fold: then batches are on their way.
            is_burst=chance.random() < BURSTS or kind is Kind.CHECKPOINT,
            size=chance.random(),
        )
        for kind in _possible(drawn)
    ]


def _possible(drawn: list[Kind]) -> list[Kind]:
    """Return the kinds in an order in which nobody is removed from too few or added to too many."""
    workers, left, found = FIRST_WORKERS, list(drawn), []
    while left:
        fitting = (
            place
            for place, kind in enumerate(left)
            if not (kind is Kind.ADD and workers >= MOST) and not (kind is Kind.REMOVE and workers <= FEWEST)
        )
        place = next(fitting, None)
        if place is None:
            # Only additions, or only removals, are left over: the other one takes every second place.
            left[::2] = [Kind.REMOVE if left[0] is Kind.ADD else Kind.ADD] * len(left[::2])
            continue
        kind = left.pop(place)
        workers += (kind is Kind.ADD) - (kind is Kind.REMOVE)
        found.append(kind)
    return found
