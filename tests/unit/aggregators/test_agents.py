"""Agents have the state stated last."""

from aggregators.cases import derive
from tests.building import configured, event


def test_the_last_stated_state_is_the_agents_state() -> None:
    """Available at 10:00, on a break from 10:05 on."""
    timeline = [
        event("agent.state", "10:00", case="a1", state="available", queues=["sales"]),
        event("agent.state", "10:05", case="a1", state="break"),
    ]
    status = derive("agents", configured(), timeline, []).status()
    assert (status.agent_state, status.state) == ("break", None)


def test_an_agent_contributes_no_facts() -> None:
    """States are counted when they are read."""
    facts: list[tuple[int, tuple[str, str], int, int, int]] = []
    derive("agents", configured(), [event("agent.state", "10:00", case="a1", state="offline")], facts)
    assert facts == []
