"""A simulated week that the tests of the parts look at."""

from collections.abc import Iterable

import pytest

from aggregators.events import Event
from streams.codec import decode
from streams.simulation.centre import simulate
from streams.simulation.journal import SimulatedEvent
from streams.simulation.plan import DAY, HOUR, SimulationPlan

MONDAY = 1_772_409_600_000  # 2026-03-02T00:00:00Z


def decoded(records: Iterable[SimulatedEvent]) -> list[Event]:
    """Decode records as the processor would; none may be refused."""
    events = [decode(each.value, topic=each.topic, key=each.key, timestamp=each.due) for each in records]
    assert all(isinstance(event, Event) for event in events)
    return [event for event in events if isinstance(event, Event)]


@pytest.fixture(scope="session")
def week() -> list[Event]:
    """Give a week with many outages, decoded."""
    plan = SimulationPlan(seed=1, start=MONDAY, duration=7 * DAY, rate=120, outages_per_day=4, ticket_haste=4)
    return decoded(simulate(plan))


@pytest.fixture(scope="session")
def hours() -> list[Event]:
    """Give three busy hours with an outage every twenty minutes, decoded."""
    plan = SimulationPlan(seed=1, start=MONDAY + 9 * HOUR, duration=3 * HOUR, outages_per_day=72)
    return decoded(simulate(plan))
