"""Chats: a bot that sometimes helps, a queue for a human, messages, a transfer now and then.

Guarantee: every chat obeys the event contract and comes to an end unless the simulation ends before it.

Worked: started with a bot at 10:00:00, queued 10:00:31, accepted 10:00:50, first agent message 10:00:58,
ended 10:07:12, wrap-up ended 10:07:40.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from random import Random
from typing import Final

from streams.simulation.agenda import Agenda, Process
from streams.simulation.chance import seeded
from streams.simulation.demand import until_next_arrival
from streams.simulation.floor import Agent, Floor
from streams.simulation.journal import CaseJournal, Journal
from streams.simulation.plan import QueueProfile, SimulationPlan

_MEETS_BOT: Final = 0.6
_BOT_SOLVES: Final = 0.3
_IS_TRANSFERRED: Final = 0.06
_BY_AGENT: Final = 0.02


class ChatDesk:
    """The chat system of the support centre."""

    def __init__(
        self, plan: SimulationPlan, floors: Mapping[str, Floor], agenda: Agenda, journal: Journal
    ) -> None:
        self._plan = plan
        self._floors = floors
        self._agenda = agenda
        self._journal = journal
        self._random = seeded(plan.seed, "chats")
        self._numbers = count(1)
        for floor in floors.values():
            agenda.begin(self._arrivals(floor.profile))

    def _arrivals(self, profile: QueueProfile) -> Process:
        random = seeded(self._plan.seed, f"arrivals of chats {profile.name}")
        while True:
            yield until_next_arrival(self._plan, self._agenda.now, profile.share, random)
            subject = f"chat-{self._plan.token}-{next(self._numbers)}"
            case = CaseJournal(self._journal, "chats", source="/simulator/chat", subject=subject)
            chat = Chat(case, self._floors, self._random)
            self._agenda.begin(chat.run(self._floors[profile.name]))


class Chat:
    """One chat, from its start to the end of the wrap-up."""

    def __init__(self, case: CaseJournal, floors: Mapping[str, Floor], random: Random) -> None:
        self._case = case
        self._floors = floors
        self._random = random

    def run(self, floor: Floor) -> Process:
        """Start with a bot, by an agent or straight in the queue."""
        random = self._random
        queue = floor.profile.name
        if random.random() < _BY_AGENT:
            self._case.write("chat.started", author="agent", queue=queue)
            self._case.write("chat.queued", queue=queue)
        elif random.random() < _MEETS_BOT:
            self._case.write("chat.started", author="customer")
            yield int(random.uniform(300, 1_500))
            self._case.write("chat.message", author="bot")
            yield int(random.uniform(8_000, 60_000))
            if random.random() < _BOT_SOLVES:
                self._case.write("chat.ended")
                return
            self._case.write("chat.queued", queue=queue)
        else:
            self._case.write("chat.started", author="customer", queue=queue)
            self._case.write("chat.message", author="customer")
        yield from self._leg(floor, 1)

    def _leg(self, floor: Floor, number: int) -> Process:
        patience = int(self._random.expovariate(1 / floor.profile.patience_seconds) * 1000) + 5_000
        agent = yield floor.claim(patience, is_first=number > 1)
        if agent is None:
            self._case.write("chat.abandoned", leg=str(number))
            return
        agent.become("on_contact")
        yield int(self._random.uniform(500, 3_000))
        self._case.write("chat.accepted", leg=str(number), agent=agent.name)
        yield from self._exchange(floor, agent, number)
        if self._random.random() < _IS_TRANSFERRED:
            yield from self._hand_over(floor, agent, number)
        else:
            self._case.write("chat.ended", leg=str(number))
            yield from self._wrap_up(floor, agent, number)

    def _exchange(self, floor: Floor, agent: Agent, number: int) -> Process:
        random = self._random
        rounds = 1 + min(12, int(random.expovariate(1 / 4)))
        pause = floor.profile.talk_seconds / (2 * 5)
        for _ in range(rounds):
            yield int(random.expovariate(1 / pause) * 1000) + 2_000
            self._case.write("chat.message", leg=str(number), author="agent", agent=agent.name)
            yield int(random.expovariate(1 / pause) * 1000) + 2_000
            self._case.write("chat.message", leg=str(number), author="customer")

    def _hand_over(self, floor: Floor, agent: Agent, number: int) -> Process:
        others = [other for name, other in sorted(self._floors.items()) if name != floor.profile.name]
        target = self._random.choice(others)
        self._case.write("chat.transferred", leg=str(number), to_queue=target.profile.name)
        floor.agenda.begin(self._wrap_up(floor, agent, number))
        self._case.write("chat.queued", leg=str(number + 1), queue=target.profile.name)
        yield from self._leg(target, number + 1)

    def _wrap_up(self, floor: Floor, agent: Agent, number: int) -> Process:
        agent.become("wrapup")
        yield int(self._random.expovariate(1 / floor.profile.wrapup_seconds) * 1000) + 500
        self._case.write("chat.wrapup_ended", leg=str(number))
        floor.release(agent)
