"""Tickets by mail, web form and social media: answered in rounds, solved, reopened, merged, deleted, closed.

Guarantee: every ticket obeys the event contract; what takes days is divided by the plan's `ticket_haste`.

Worked: created Monday 10:00 by mail, assigned 10:14, answered 11:40, customer's answer 15:02, solved Tuesday
09:10, closed Thursday 09:10.
"""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import Final

from aggregators.events import Channel, Priority
from streams.simulation.agenda import Agenda, Process
from streams.simulation.chance import seeded
from streams.simulation.demand import level, until_next_arrival
from streams.simulation.journal import CaseJournal, Journal
from streams.simulation.plan import HOUR, TICKET_QUEUES, QueueProfile, SimulationPlan
from streams.simulation.surveys import Questionnaire

_CHANNELS: Final[tuple[Channel, ...]] = ("email", "email", "email", "web", "web", "social")
_PRIORITIES: Final[tuple[Priority, ...]] = ("low", "normal", "normal", "normal", "normal", "high", "urgent")
_HURRY: Final[dict[Priority, float]] = {"low": 1.6, "normal": 1.0, "high": 0.5, "urgent": 0.2}
_MINUTE: Final = 60_000
_NIGHT: Final = 0.2
_BY_AGENT: Final = 0.05
_IS_SPAM: Final = 0.03
_IS_MERGED: Final = 0.03
_CHANGES_PRIORITY: Final = 0.06
_CUSTOMER_WRITES_AGAIN: Final = 0.35
_IS_PENDING: Final = 0.4
_IS_ON_HOLD: Final = 0.08
_IS_REOPENED: Final = 0.08


class TicketDesk:
    """The ticket system of the support centre."""

    def __init__(self, plan: SimulationPlan, agenda: Agenda, journal: Journal) -> None:
        self._plan = plan
        self._agenda = agenda
        self._journal = journal
        self._random = seeded(plan.seed, "tickets")
        self._questionnaire = Questionnaire(plan, agenda, journal)
        self._numbers = count(1)
        self._recent: deque[str] = deque(maxlen=20)
        for profile in TICKET_QUEUES:
            agenda.begin(self._arrivals(profile))

    def _arrivals(self, profile: QueueProfile) -> Process:
        random = seeded(self._plan.seed, f"arrivals of tickets {profile.name}")
        while True:
            yield until_next_arrival(self._plan, self._agenda.now, profile.share, random)
            subject = f"ticket-{self._plan.token}-{next(self._numbers)}"
            case = CaseJournal(self._journal, "tickets", source="/simulator/desk", subject=subject)
            self._agenda.begin(self._ticket(case, profile.name))
            self._recent.append(subject)

    def _ticket(self, case: CaseJournal, queue: str) -> Process:
        random = self._random
        priority = random.choice(_PRIORITIES)
        author = "agent" if random.random() < _BY_AGENT else "customer"
        channel = random.choice(_CHANNELS)
        case.write("ticket.created", queue=queue, channel=channel, priority=priority, author=author)
        fate = random.random()
        if fate < _IS_SPAM:
            yield self._while(5 * _MINUTE)
            case.write("ticket.deleted", reason="spam")
        elif fate < _IS_SPAM + _IS_MERGED and self._recent:
            into = random.choice(self._recent)
            yield self._while(20 * _MINUTE)
            case.write("ticket.merged", into=into)
        else:
            yield from self._work(case, queue, priority)

    def _work(self, case: CaseJournal, queue: str, priority: Priority) -> Process:
        random = self._random
        agent = f"desk-{random.randrange(1, 13):02}"
        yield from self._office(12 * _MINUTE * _HURRY[priority])
        case.write("ticket.assigned", agent=agent)
        if random.random() < _CHANGES_PRIORITY:
            priority = random.choice(_PRIORITIES)
            case.write("ticket.priority", priority=priority)
        yield from self._answer(case, agent, 80 * _MINUTE * _HURRY[priority])
        while random.random() < _CUSTOMER_WRITES_AGAIN:
            yield from self._round(case, agent, priority)
        yield from self._office(40 * _MINUTE)
        case.write("ticket.status", to="solved")
        if random.random() < _IS_REOPENED:
            yield from self._reopen(case, agent)
        self._questionnaire.ask(case.subject, queue)
        yield self._while(48 * HOUR)
        case.write("ticket.status", to="closed")

    def _round(self, case: CaseJournal, agent: str, priority: Priority) -> Process:
        """Wait for the customer, then answer."""
        random = self._random
        if random.random() < _IS_PENDING:
            case.write("ticket.status", to="pending")
        yield self._while(4 * HOUR)
        case.write("ticket.message", author="customer")
        if random.random() < _IS_ON_HOLD:
            yield from self._office(30 * _MINUTE)
            case.write("ticket.message", author="agent", public=False, agent=agent)
            case.write("ticket.status", to="on_hold")
            yield from self._office(5 * HOUR)
            case.write("ticket.status", to="open")
        yield from self._answer(case, agent, 60 * _MINUTE * _HURRY[priority])

    def _reopen(self, case: CaseJournal, agent: str) -> Process:
        yield self._while(20 * HOUR)
        case.write("ticket.message", author="customer")
        case.write("ticket.status", to="open")
        yield from self._answer(case, agent, 60 * _MINUTE)
        case.write("ticket.status", to="solved")

    def _answer(self, case: CaseJournal, agent: str, mean: float) -> Process:
        yield from self._office(mean)
        case.write("ticket.message", author="agent", agent=agent)

    def _office(self, mean: float) -> Process:
        """Let working time pass; at night nobody begins anything."""
        yield self._while(mean)
        while level(self._plan, self._agenda.now) < _NIGHT:
            yield int(self._random.uniform(10, 50) * _MINUTE)

    def _while(self, mean: float) -> int:
        """Return a random time around a mean in milliseconds, in the haste of the plan."""
        return int(self._random.gammavariate(1.5, mean / 1.5) / self._plan.ticket_haste) + 1_000
