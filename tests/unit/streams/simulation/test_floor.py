"""The people: enough of them, one state each, never more contacts than hands."""

from collections import Counter, defaultdict

from aggregators.events import AgentStateChanged, Event, Rank
from streams.simulation.agenda import Agenda
from streams.simulation.floor import Floor
from streams.simulation.journal import Journal
from streams.simulation.plan import DAY, HOUR, QueueProfile, SimulationPlan


def test_staff_follows_the_work() -> None:
    """156 calls of 290 s an hour are 12.6 hours of work: 12.6 + 0.7 × 3.5 = 15.05, so 16 people."""
    agenda = Agenda(0)
    journal = Journal(agenda)
    plan = SimulationPlan(seed=1, start=0, duration=HOUR, curve="flat")
    profile = QueueProfile("service", 0.26, talk_seconds=240, wrapup_seconds=50, patience_seconds=180)
    floor = Floor(plan, profile, channel="phone", agenda=agenda, journal=journal)
    while agenda.next_time == 0:
        agenda.step()
    assert len(journal.take()) == 16
    assert not floor.is_full


def test_every_event_of_an_agent_is_a_change(week: list[Event]) -> None:
    """Nobody becomes what they are, and nobody talks without having been there."""
    states: dict[str, str] = {}
    for event in week:
        if isinstance(event.data, AgentStateChanged):
            before = states.get(event.case, "offline")
            assert event.data.state != before
            if event.data.state in {"ringing", "on_contact"}:
                assert before in {"available", "ringing"}
            states[event.case] = event.data.state


def test_few_people_work_at_night(week: list[Event]) -> None:
    """At three in the morning one agent a queue is there; the rest came and went."""
    present: Counter[int] = Counter()
    states: dict[str, str] = {}
    changes: dict[int, list[Event]] = defaultdict(list)
    for event in week:
        if event.rank == Rank.AGENT_STATE:
            changes[event.time // HOUR].append(event)
    first = week[0].time // HOUR
    for hour in range(first, first + DAY // HOUR):
        for event in changes[hour]:
            assert isinstance(event.data, AgentStateChanged)
            states[event.case] = event.data.state
        present[hour - first] = sum(state != "offline" for state in states.values())
    assert present[3] <= 6
    assert present[11] > 2 * present[3]
