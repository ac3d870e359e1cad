"""Telephone calls: legs as the contract says, one contact per agent, blocked while the lines are down."""

from collections import Counter, defaultdict
from typing import Any

from aggregators.events import TYPE_NAME, Event, Rank

BLOCKED = Rank.CALL_BLOCKED


def calls(events: list[Event]) -> list[Event]:
    """Return the events of calls."""
    return [event for event in events if TYPE_NAME[event.rank].startswith("call.")]


def test_a_leg_runs_as_the_contract_says(week: list[Event]) -> None:
    """Offered, perhaps rings, then one outcome; talk only after an answer; each answer is wrapped up once."""
    legs: dict[tuple[str, Any], list[str]] = defaultdict(list)
    for event in calls(week):
        if event.rank != BLOCKED:
            legs[event.case, event.data.leg].append(TYPE_NAME[event.rank].removeprefix("call."))
    holds: tuple[list[str], ...] = ([], ["hold", "unhold"])
    outcomes: Counter[str] = Counter()
    for steps in legs.values():
        assert steps[0] == "offered"
        rest = [step for step in steps[1:] if step != "ring_no_answer"]
        outcomes[rest[0] if rest else "waiting"] += 1
        if rest and rest[0] != "answered":
            assert rest in (["abandoned"], ["exited"])
        elif "wrapup_ended" in rest:
            ends = ("ended", "transferred")
            assert rest[1:] in [[*hold, end, "wrapup_ended"] for hold in holds for end in ends]
    assert outcomes["answered"] > 3 * outcomes["abandoned"] > 0
    assert outcomes["waiting"] <= 5


def test_an_agent_talks_to_one_contact_at_a_time(week: list[Event]) -> None:
    """Between two answers of an agent lies the wrap-up of the first."""
    talking: dict[Any, tuple[str, Any]] = {}
    for event in calls(week):
        leg = (event.case, event.data.leg)
        if event.rank == Rank.CALL_ANSWERED:
            assert event.data.agent not in talking
            talking[event.data.agent] = leg
        elif event.rank == Rank.CALL_WRAPUP_ENDED:
            talking = {agent: other for agent, other in talking.items() if other != leg}


def test_outages_block_and_callbacks_come_back(week: list[Event]) -> None:
    """Both kinds of failing lines occur, and who was promised a call gets one."""
    reasons = {getattr(event.data, "reason", None) for event in calls(week)}
    assert {"trunk", "network", "callback"} <= reasons
    assert "callback" in {getattr(event.data, "via", None) for event in week}


def test_after_an_outage_a_queue_is_full(hours: list[Event]) -> None:
    """Those who were blocked dial again, all at once, and some meet a full queue."""
    reasons = Counter(getattr(event.data, "reason", None) for event in calls(hours))
    assert reasons["queue_full"] > 0
    assert reasons["trunk"] + reasons["network"] > reasons["queue_full"]
