"""The people: agents of one queue, on duty as demand asks, with breaks, ringing, talking and wrapping up.

Guarantee: an agent has one state at a time and every change of it is an event; an agent who is to go home
finishes the contact first.

Worked: 156 calls of 290 s in the busiest hour are 12.6 hours of work; ceil(12.6 + 0.7 × sqrt(12.6)) = 16
agents are on duty then, and 1 at night. Source: square-root staffing, Halfin and Whitt (1981).
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import Final

from aggregators.events import AgentState
from streams.simulation.agenda import Agenda, Claim, Pool, Process
from streams.simulation.chance import seeded
from streams.simulation.demand import level
from streams.simulation.journal import CaseJournal, Journal
from streams.simulation.plan import HOUR, QueueProfile, SimulationPlan

_ROUND: Final = 15 * 60_000
_MARGIN: Final = 0.7
_HOURS_BETWEEN_BREAKS: Final = 2.5
_BREAK_MINUTES: Final = (5.0, 20.0)


class Agent:
    """One person; `state` is what the last event said."""

    def __init__(self, case: CaseJournal, index: int, queue: str) -> None:
        self.name = case.subject
        self.index = index
        self.state: AgentState = "offline"
        self._case = case
        self._queue = queue

    def become(self, state: AgentState) -> None:
        """Change the state."""
        if state != self.state:
            self.state = state
            self._case.write("agent.state", state=state, queues=[self._queue])


class Floor:
    """The agents of one queue and the contacts that wait for them."""

    def __init__(
        self, plan: SimulationPlan, profile: QueueProfile, *, channel: str, agenda: Agenda, journal: Journal
    ) -> None:
        self.profile = profile
        self.agenda = agenda
        self._plan = plan
        self._random = seeded(plan.seed, f"floor {channel} {profile.name}")
        self._pool: Pool[Agent] = Pool(agenda)
        self._agents = [
            Agent(_record_of(plan, journal, f"{channel}-{profile.name}-{index + 1:03}"), index, profile.name)
            for index in range(self._needed())
        ]
        for agent in self._agents:
            agenda.begin(self._day_of(agent))

    @property
    def waiting(self) -> int:
        """How many contacts wait."""
        return self._pool.waiting

    @property
    def is_full(self) -> bool:
        """Whether no more contacts are let in."""
        return self.waiting >= sum(map(self._is_on_duty, self._agents)) / 2 + 3

    def claim(self, patience: int, *, is_first: bool = False) -> Claim[Agent]:
        """Return a claim for the next agent; `is_first` for somebody who was promised one."""
        return self._pool.claim(patience, is_first=is_first)

    def release(self, agent: Agent) -> None:
        """Let an agent take the next contact, or go home."""
        if self._is_on_duty(agent):
            agent.become("available")
            self._pool.release(agent)
        else:
            agent.become("offline")

    def take_break(self, agent: Agent) -> None:
        """Send an agent to a break, for instance after not picking up."""
        agent.become("break")
        minutes = self._random.uniform(*_BREAK_MINUTES)
        self.agenda.begin(self._return_of(agent), int(minutes * 60_000))

    def _needed(self) -> int:
        profile = self.profile
        work = self._plan.rate * profile.share * (profile.talk_seconds + profile.wrapup_seconds) / 3600
        return ceil(work + _MARGIN * sqrt(work)) or 1

    def _is_on_duty(self, agent: Agent) -> bool:
        demand = level(self._plan, self.agenda.now)
        return agent.index == 0 or (agent.index + 0.5) / len(self._agents) <= demand**0.85

    def _day_of(self, agent: Agent) -> Process:
        """Look at the roster every quarter of an hour, at the agent's own minute of it."""
        yield 0 if self._is_on_duty(agent) else int(self._random.uniform(0, _ROUND))
        break_share = _ROUND / (_HOURS_BETWEEN_BREAKS * HOUR)
        while True:
            if agent.state == "offline" and self._is_on_duty(agent):
                self.release(agent)
            elif agent in self._pool.idle:
                self._look_at_idle(agent, wants_break=self._random.random() < break_share)
            yield _ROUND

    def _look_at_idle(self, agent: Agent, *, wants_break: bool) -> None:
        if not self._is_on_duty(agent):
            self._pool.idle.remove(agent)
            agent.become("offline")
        elif wants_break and agent.index > 0:
            self._pool.idle.remove(agent)
            self.take_break(agent)

    def _return_of(self, agent: Agent) -> Process:
        self.release(agent)
        yield from ()


def _record_of(plan: SimulationPlan, journal: Journal, name: str) -> CaseJournal:
    return CaseJournal(journal, "agents", source="/simulator/pbx", subject=name, run=plan.token)
