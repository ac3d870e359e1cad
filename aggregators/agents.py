"""Agents: one exclusive state each, the last one stated in timeline order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aggregators.configuration import Configuration
from aggregators.events import AgentState, Event
from aggregators.facts import Facts
from aggregators.status import Status, Visit


class Agent:
    """One agent's states; contributes no facts."""

    __slots__ = ("last", "state_now")

    topic: Final = "agents"

    def __init__(self, configuration: Configuration, timeline: Sequence[Event], facts: Facts) -> None:
        self.last = timeline[0].time
        self.state_now: AgentState = "offline"
        for event in timeline:
            self.step(event, facts)

    def holds_for(self, event: Event) -> bool:
        """A later state never changes an earlier one."""
        return True

    def step(self, event: Event, facts: Facts) -> None:
        """Feed one event in timeline order."""
        self.last = event.time
        self.state_now = event.data.state  # type: ignore[attr-defined]  # AgentStateChanged by its rank

    def is_open(self) -> bool:
        """An agent always has a state."""
        return True

    def is_at_rest(self) -> bool:
        """An agent's next state is always to come."""
        return False

    def visits(self) -> Sequence[Visit]:
        """Agents wait in no queue."""
        return ()

    def place(self) -> None:
        """Agents have no series."""

    def status(self) -> Status:
        """Return the agent's state; agents have neither channel nor queue."""
        return Status(state=None, series=("", ""), since=None, last=self.last, agent_state=self.state_now)
