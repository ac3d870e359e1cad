"""Which cases stand behind a number of the state, and in which order."""

from aggregators.contributions import Place
from aggregators.events import Event, Topic
from aggregators.ledger import PartitionLedger
from aggregators.state_explanation import (
    EXPLAINED_STATES,
    Standings,
    StateQuestion,
    merged_standings,
    standing_behind,
)
from aggregators.steps import finished
from tests.building import at, call, configured, event, ticket

TARGETS = {"sla": {"first_response": {"normal": "8h"}}}
LIMIT = 9


def partition(topic: Topic, *events: Event) -> PartitionLedger:
    """Return a partition with these events and a target of eight hours."""
    ledger = PartitionLedger(topic, configured(TARGETS))
    ledger.fold(events, len(events))
    return ledger


def behind(
    metric: str, clock: str, *ledgers: PartitionLedger, place: Place | None = None, limit: int = LIMIT
) -> Standings:
    """Return what stands behind a number at a moment."""
    question = StateQuestion(EXPLAINED_STATES[metric], place or Place(), at(clock))
    return finished(standing_behind(question, ledgers, limit))


TICKETS = partition(
    "tickets",
    ticket("created", "08:00", case="t1", queue="mail"),
    ticket("created", "07:00", case="t2", queue="mail"),
    ticket("created", "06:00", case="t3", queue="web"),
)


def test_promises_that_are_due_first_come_first() -> None:
    """At 14:30 that of t2 is due in half an hour, that of t3 has been broken since 14:00."""
    found = behind("sla_at_risk_cases", "14:30", TICKETS)
    assert [(each.case, each.measure, each.time) for each in found.first] == [
        ("t2", "first_response, 60m", at("15:00"))
    ]
    assert [each.case for each in behind("sla_breached_open_cases", "14:30", TICKETS).first] == ["t3"]
    following = behind("sla_next_breach_timestamp_seconds", "14:30", TICKETS).first
    assert [(each.case, each.value) for each in following] == [
        ("t2", at("15:00") / 1000),
        ("t1", at("16:00") / 1000),
    ]


def test_who_has_waited_longest_comes_first_and_all_are_counted() -> None:
    """Of a queue, and with a limit."""
    found = behind("open_cases", "14:30", TICKETS, limit=2)
    assert found.times == {"awaiting_reply": 3}
    assert [each.case for each in found.first] == ["t3", "t2"]
    assert [each.case for each in behind("open_cases", "14:30", TICKETS, place=Place(queue="web")).first] == [
        "t3"
    ]
    longest = behind("longest_wait_seconds", "14:30", TICKETS, limit=1).first
    assert [(each.case, each.value) for each in longest] == [("t3", 30_600.0)]


def test_stale_calls_and_agents_are_listed() -> None:
    """A call without an ending for a day belongs to a channel, an agent to the site."""
    calls = partition("calls", call("offered", "2026-03-01T08:00", queue="sales", case="lost"))
    agents = partition("agents", event("agent.state", "09:00", case="anna", state="available"))
    stale = behind("stale_cases", "10:00", calls, agents, place=Place(channel="phone"))
    assert [each.case for each in stale.first] == ["lost"]
    assert behind("open_cases", "10:00", calls, agents) == Standings()
    assert behind("agents", "10:00", calls, agents).times == {"available": 1}
    assert behind("agents", "10:00", agents, place=Place(queue="sales")) == Standings()


def test_those_of_parts_merge_to_those_of_all() -> None:
    """In any order."""
    other = partition("tickets", ticket("created", "06:30", case="t4", queue="mail"))
    parts = [behind("open_cases", "14:30", each, limit=2) for each in (TICKETS, other)]
    expected = behind("open_cases", "14:30", TICKETS, other, limit=2)
    assert merged_standings(parts, 2) == merged_standings(parts[::-1], 2) == expected
    assert [each.case for each in expected.first] == ["t3", "t4"]
