"""Telephone calls: lines that fail, queues, rings, talks, holds, transfers, callbacks and impatient callers.

Guarantee: every call obeys the event contract and comes to an end unless the simulation ends before it.

Worked: offered 10:00:00.000, answered 10:00:04.210 after ringing, ended 10:03:30.007, wrap-up ended
10:04:11.500.
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
from streams.simulation.plan import DAY, HOUR, QueueProfile, SimulationPlan

_HANGS_UP_AT_ONCE: Final = 0.03
_DOES_NOT_PICK_UP: Final = 0.02
_IS_HELD: Final = 0.18
_IS_TRANSFERRED: Final = 0.07
_IS_TRANSFERRED_OUTSIDE: Final = 0.01
_WANTS_CALLBACK: Final = 0.35
_CALLBACK_OFFER: Final = 120_000
_TIMEOUT: Final = 15 * 60_000
_DIALS_AGAIN: Final = 0.9
_DIALS_AGAIN_MINUTES: Final = (0.2, 2.0)


class Telephone:
    """The telephone system of the support centre."""

    def __init__(
        self, plan: SimulationPlan, floors: Mapping[str, Floor], agenda: Agenda, journal: Journal
    ) -> None:
        self._plan = plan
        self._floors = floors
        self._agenda = agenda
        self._journal = journal
        self._random = seeded(plan.seed, "calls")
        self._numbers = count(1)
        self._failure: str | None = None
        for floor in floors.values():
            agenda.begin(self._arrivals(floor.profile))
        if plan.outages_per_day:
            agenda.begin(self._outages())

    def _arrivals(self, profile: QueueProfile) -> Process:
        random = seeded(self._plan.seed, f"arrivals of calls {profile.name}")
        while True:
            yield until_next_arrival(self._plan, self._agenda.now, profile.share, random)
            self._agenda.begin(self._attempt(self._floors[profile.name]))

    def _attempt(self, floor: Floor) -> Process:
        """Get into the queue, or be blocked and perhaps dial again: that is the rush after an outage."""
        while True:
            subject = f"call-{self._plan.token}-{next(self._numbers)}"
            case = CaseJournal(self._journal, "calls", source="/simulator/pbx", subject=subject)
            reason = self._failure or ("queue_full" if floor.is_full else None)
            if reason is None:
                yield from Call(case, self._floors, self._random).leg(floor, via="inbound")
                return
            case.write("call.blocked", reason=reason, queue=floor.profile.name)
            if self._random.random() >= _DIALS_AGAIN:
                return
            yield int(self._random.uniform(*_DIALS_AGAIN_MINUTES) * 60_000)

    def _outages(self) -> Process:
        random = seeded(self._plan.seed, "outages")
        while True:
            yield int(random.expovariate(self._plan.outages_per_day / DAY))
            self._failure = random.choice(("trunk", "network"))
            yield int(random.uniform(*self._plan.outage_minutes) * 60_000)
            self._failure = None


class Call:
    """One contact on the telephone, with all its legs."""

    def __init__(self, case: CaseJournal, floors: Mapping[str, Floor], random: Random) -> None:
        self._case = case
        self._floors = floors
        self._random = random
        self._leg = 0

    def leg(self, floor: Floor, *, via: str) -> Process:
        """Wait in a queue and be served, or not."""
        self._leg += 1
        leg = str(self._leg)
        self._case.write("call.offered", leg=leg, queue=floor.profile.name, via=via)
        offered = floor.agenda.now
        deadline = offered + self._patience(floor.profile)
        is_first = via != "inbound"
        while True:
            agent = yield floor.claim(deadline - floor.agenda.now, is_first=is_first)
            if agent is None:
                yield from self._give_up(floor, leg, offered)
                return
            agent.become("ringing")
            ringing = int(self._random.uniform(1_500, 7_000))
            if floor.agenda.now + ringing >= deadline:
                yield deadline - floor.agenda.now
                self._case.write("call.abandoned", leg=leg)
                floor.release(agent)
                return
            yield ringing
            if self._random.random() >= _DOES_NOT_PICK_UP:
                break
            self._case.write("call.ring_no_answer", leg=leg, agent=agent.name)
            floor.take_break(agent)
            is_first = True
        yield from self._talk(floor, agent, leg)

    def _patience(self, profile: QueueProfile) -> int:
        if self._random.random() < _HANGS_UP_AT_ONCE:
            return int(self._random.uniform(800, 4_900))
        return min(_TIMEOUT, int(self._random.expovariate(1 / profile.patience_seconds) * 1000) + 3_000)

    def _give_up(self, floor: Floor, leg: str, offered: int) -> Process:
        waited = floor.agenda.now - offered
        if waited >= _TIMEOUT:
            self._case.write("call.exited", leg=leg, reason="timeout")
        elif waited >= _CALLBACK_OFFER and self._random.random() < _WANTS_CALLBACK:
            self._case.write("call.exited", leg=leg, reason="callback")
            yield int(self._random.uniform(0.2, 1.0) * HOUR)
            yield from self.leg(floor, via="callback")
        else:
            self._case.write("call.abandoned", leg=leg)

    def _talk(self, floor: Floor, agent: Agent, leg: str) -> Process:
        random = self._random
        self._case.write("call.answered", leg=leg, agent=agent.name)
        agent.become("on_contact")
        talk = int(random.gammavariate(2, floor.profile.talk_seconds / 2) * 1000) + 5_000
        if random.random() < _IS_HELD:
            before = int(talk * random.uniform(0.2, 0.8))
            yield before
            self._case.write("call.hold", leg=leg)
            yield int(random.expovariate(1 / 40) * 1000) + 2_000
            self._case.write("call.unhold", leg=leg)
            talk -= before
        yield talk
        next_floor = self._finish(floor, leg)
        floor.agenda.begin(self._wrap_up(floor, agent, leg))
        if next_floor is not None:
            yield from self.leg(next_floor, via="transfer")

    def _finish(self, floor: Floor, leg: str) -> Floor | None:
        """End the talk; return the floor the call goes on at, if any."""
        fate = self._random.random()
        if fate < _IS_TRANSFERRED:
            others = [other for name, other in sorted(self._floors.items()) if name != floor.profile.name]
            chosen = self._random.choice(others)
            self._case.write("call.transferred", leg=leg, to_queue=chosen.profile.name)
            return chosen
        if fate < _IS_TRANSFERRED + _IS_TRANSFERRED_OUTSIDE:
            self._case.write("call.transferred", leg=leg, external="partner")
        else:
            self._case.write("call.ended", leg=leg)
        return None

    def _wrap_up(self, floor: Floor, agent: Agent, leg: str) -> Process:
        agent.become("wrapup")
        yield int(self._random.expovariate(1 / floor.profile.wrapup_seconds) * 1000) + 1_000
        self._case.write("call.wrapup_ended", leg=leg)
        floor.release(agent)
