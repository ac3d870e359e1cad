"""What counts as a hit, and how counts are summed over lives."""

from pathlib import Path
from typing import Any

import pytest

from chaos.fleet import Fleet, Life, guards_of


class Worker:
    """A worker that runs or does not."""

    name = "w1"
    is_running = True
    is_paused = False


def fleet_with(life: Life) -> Fleet:
    """Return a fleet of one worker; its partitions will hold 1,000 records each."""
    site: Any = Path()
    fleet = Fleet(site, {("calls", 0): 1_000, ("calls", 1): 1_000})
    fleet.lives["w1"] = life
    return fleet


@pytest.mark.parametrize(
    ("applied", "is_far"),
    [
        ({("calls", 0): 500}, True),
        ({("calls", 0): 950}, True),
        ({("calls", 0): 951}, False),
        ({("calls", 0): 951, ("calls", 1): 0}, True),
        ({}, False),
    ],
)
def test_a_hit_counts_while_work_is_ahead(applied: dict[tuple[str, int], int], *, is_far: bool) -> None:
    """At least 5 % of the records of all partitions that a worker has."""
    worker: Any = Worker()
    life = Life(worker, applied=applied)
    assert fleet_with(life).is_far_from_its_end(life) == is_far


def test_guards_are_summed_over_lives() -> None:
    """What a life showed last is kept when the next one begins."""
    worker: Any = Worker()
    fleet = fleet_with(Life(worker, guards={"fence": 2, "gap": 1}))
    fleet._keep(worker)
    fleet.lives["w1"] = Life(worker, guards={"fence": 1})
    assert fleet.guards == {"fence": 3, "gap": 1}


def test_guards_are_read_off_the_page() -> None:
    """Other series are passed over."""
    page = 'support_lag_seconds 3.0\nsupport_guards_total{guard="late_writer"} 12\n# HELP x\n'
    assert guards_of(page) == {"late_writer": 12}
