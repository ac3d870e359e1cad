"""The schedule is the seed's, and holds enough of everything."""

from collections import Counter

import pytest

from chaos.schedule import FEWEST, FIRST_WORKERS, LEAST, MOST, Kind, schedule


def test_the_seed_reproduces_the_schedule() -> None:
    """The same faults, targets, delays and sizes; another seed gives others."""
    assert schedule(7, 100) == schedule(7, 100)
    assert schedule(7, 100) != schedule(8, 100)


@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_faults_hold_eight_of_each_kind(seed: int) -> None:
    """And never leave too few workers, or start too many."""
    faults = schedule(seed, 100)
    assert len(faults) == 100
    counts = Counter(fault.kind for fault in faults)
    assert all(counts[kind] >= LEAST - 1 for kind in (Kind.ADD, Kind.REMOVE))
    assert all(counts[kind] >= LEAST for kind in set(Kind) - {Kind.ADD, Kind.REMOVE})
    workers = FIRST_WORKERS
    for fault in faults:
        workers += (fault.kind is Kind.ADD) - (fault.kind is Kind.REMOVE)
        assert FEWEST <= workers <= MOST


def test_checkpoints_are_refused_while_there_is_much_to_fold() -> None:
    """Their records come at once."""
    assert all(fault.is_burst for fault in schedule(3, 100) if fault.kind is Kind.CHECKPOINT)


def test_a_short_run_has_the_kinds_it_is_given() -> None:
    """No others."""
    kinds = (Kind.KILL, Kind.PAUSE)
    assert {fault.kind for fault in schedule(1, 6, kinds)} == set(kinds)
