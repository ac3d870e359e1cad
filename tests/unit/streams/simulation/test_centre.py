"""The simulated support centre: reproducible, in order, and disturbed only where asked."""

import json
from collections import Counter
from itertools import islice, pairwise
from typing import Any

from aggregators.events import Event, Rank
from streams.simulation.centre import simulate
from streams.simulation.plan import DAY, HOUR, Disturbance, SimulationPlan

NINE = 1_772_409_600_000 + 9 * HOUR  # Monday, 2026-03-02T09:00:00Z


def plan(**changes: Any) -> SimulationPlan:
    """Return a plan of an hour of Monday morning."""
    return SimulationPlan(**({"seed": 1, "start": NINE, "duration": HOUR} | changes))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """And another seed or start gives others, without one id in common."""
    records = list(simulate(plan()))
    assert records == list(simulate(plan()))
    ids = {json.loads(each.value)["id"] for each in records}
    for other in (plan(seed=2), plan(start=NINE + HOUR)):
        assert ids.isdisjoint(json.loads(each.value)["id"] for each in simulate(other))


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    """The end of the plan only cuts, also when there is none."""
    records = list(simulate(plan()))
    assert list(islice(simulate(plan(duration=None)), len(records))) == records
    assert all(NINE <= each.time < NINE + HOUR for each in records)


def test_events_come_in_order_of_time_and_are_delivered_then() -> None:
    """Without a disturbance nothing is late."""
    records = list(simulate(plan()))
    assert all(one.time <= other.time for one, other in pairwise(records))
    assert all(each.due == each.time for each in records)


def test_every_type_occurs(week: list[Event]) -> None:
    """A week holds everything the processor can count, and each event once."""
    assert {event.rank for event in week} == set(Rank)
    assert len({(event.source, event.id) for event in week}) == len(week)


def test_nights_are_quiet_and_mornings_are_busy(week: list[Event]) -> None:
    """The day curve shows in the offers."""
    hours = Counter(event.time % DAY // HOUR for event in week if event.rank == Rank.CALL_OFFERED)
    assert hours[10] > 10 * hours[3]


def test_a_disturbance_changes_the_delivery_and_nothing_else() -> None:
    """The set of events stays; some come twice, some late, and all in order of delivery."""
    quiet = list(simulate(plan()))
    disturbed = list(simulate(plan(disturbance=Disturbance(duplicates=0.1, disorder=5_000, late=0.01))))
    assert {each.value for each in disturbed} == {each.value for each in quiet}
    assert 1.05 < len(disturbed) / len(quiet) < 1.15
    assert all(one.due <= other.due for one, other in pairwise(disturbed))
    assert any(one.time > other.time for one, other in pairwise(disturbed))
    delays = [each.due - each.time for each in disturbed]
    assert min(delays) >= 0
    assert max(delays) > 5_000
    assert sum(delay > 5_000 for delay in delays) < 0.02 * len(delays)


def test_disorder_alone_is_bounded_and_loses_nothing() -> None:
    """No event is held back longer than the disorder says."""
    disturbed = list(simulate(plan(disturbance=Disturbance(disorder=3_000))))
    assert len(disturbed) == len(list(simulate(plan())))
    assert all(0 <= each.due - each.time <= 3_000 for each in disturbed)
