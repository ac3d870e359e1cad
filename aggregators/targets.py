"""SLA targets of a ticket: deadline, breach and outcome, on the calendar or the business clock.

A target that is neither met nor breached contributes its breach at the deadline, which may lie ahead; when it
is met in time that contribution is withdrawn. So "at risk" is a look ahead and no timer is needed.

At one instant the order is: fulfilment, breach, everything else. Exactly at the deadline is met.
Worked: allowed 60 min from 10:00, pending 10:30-11:00 (resolution): 30 min are used, 30 remain from 11:00, so
the deadline is 11:30; solved at 11:30:00.000 is met, at 11:30:00.001 the breach of 11:30 stands.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from aggregators.configuration import SlaName
from aggregators.facts import Fact, Facts, withdraw
from aggregators.measures import Count, Series
from aggregators.status import BREACHED

MET_COUNTS: Final[dict[SlaName, Count]] = {
    "first_response": Count.SLA_MET_FIRST_RESPONSE,
    "next_response": Count.SLA_MET_NEXT_RESPONSE,
    "resolution": Count.SLA_MET_RESOLUTION,
}
BREACHED_COUNTS: Final[dict[SlaName, Count]] = {
    "first_response": Count.SLA_BREACHED_FIRST_RESPONSE,
    "next_response": Count.SLA_BREACHED_NEXT_RESPONSE,
    "resolution": Count.SLA_BREACHED_RESOLUTION,
}


class Cycle(Struct, frozen=True, order=True, array_like=True, gc=False):
    """One time that a target of a case runs: a case has one first response, and many next ones.

    start: when it began (ms); turn: 0, or its number among those that began within the same millisecond. So a
    cycle that comes to light late leaves the names of the others as they are.
    """

    sla: SlaName
    start: int
    turn: int = 0


class Outcome(Struct, frozen=True, gc=False):
    """What the timeline says of a cycle: met, or breached at a moment that may lie ahead.

    moment: when (ms); series: where it counts; deadline: the one in force then (ms), None where the clock
    stood still; is_final: no deadline still ahead that the case may yet meet.
    """

    cycle: Cycle
    kind: Literal["met", "breached"]
    moment: int
    series: Series
    deadline: int | None
    is_final: bool


class Target:
    """One target of one ticket, from `start`; `outcome` is final once it is set.

    turn: as in `Cycle`; due: the deadline that the fact counted so far rests on; is_configured: a section
    states a target for the queue; is_running: a response target ends with the reply or the solving, the
    resolution target rests while the ticket is solved; breach: the fact counted at the deadline so far; met:
    the fact counted instead; stays_breached: until the target is fulfilled or the ticket solved, whatever
    later deadline it may be given.
    """

    __slots__ = (
        "breach",
        "deadline",
        "due",
        "is_configured",
        "is_running",
        "met",
        "name",
        "outcome",
        "start",
        "stays_breached",
        "turn",
    )

    def __init__(self, name: SlaName, start: int, turn: int = 0) -> None:
        self.name = name
        self.start = start
        self.turn = turn
        self.due: int | None = None
        self.met: Fact | None = None
        self.deadline: int | None = None
        self.outcome: Literal["met", "breached"] | None = None
        self.breach: Fact | None = None
        self.is_configured = False
        self.is_running = True
        self.stays_breached = False

    def pass_to(self, time: int, *, is_fulfilled: bool) -> None:
        """Let time pass: an unmet deadline before `time`, or at it unless fulfilled, is a breach for good."""
        deadline = self.deadline
        if not self.is_running or deadline is None:
            return
        if deadline < time or (deadline == time and not is_fulfilled):
            self.stays_breached = True
            # After a reopening the gauges show the deadline again, but an outcome already counted is final.
            if self.outcome is None:
                self.outcome = "breached"

    def fulfil(self, time: int, deadline: int | None, series: Series, facts: Facts) -> None:
        """Meet the target under the deadline that holds at this moment, unless its outcome is counted.

        A change at this very moment may have put the deadline into the past: then the breach happens now.
        """
        if self.outcome is not None or not self.is_configured:
            return
        if deadline is not None and deadline < time:
            self.settle(deadline, time, series, facts)
            return
        self._count_breach(None, facts)
        self.outcome = "met"
        self.due = deadline
        self.met = (time, series, int(MET_COUNTS[self.name]), 1, 1)
        facts.append(self.met)

    def end(self, facts: Facts) -> None:
        """Stop running; without an outcome so far there will be none."""
        if self.outcome is None:
            self._count_breach(None, facts)
        self.is_running = self.stays_breached = False

    def settle(self, deadline: int | None, time: int, series: Series, facts: Facts) -> None:
        """Take the deadline that holds from now on; where that is already past, the breach happens now."""
        self.deadline = deadline
        if self.outcome is not None or not self.is_running:
            return
        if deadline is None:
            self._count_breach(None, facts)
            return
        self.due = deadline
        if deadline <= time and time != self.start:
            self.outcome = "breached"
            self.stays_breached = True
            deadline = time
        self._count_breach((deadline, series, int(BREACHED_COUNTS[self.name]), 1, 1), facts)

    def stated(self) -> Outcome | None:
        """Return what is counted of it so far; None where nothing is."""
        fact = self.met or self.breach
        if fact is None:
            return None
        cycle = Cycle(self.name, self.start, self.turn)
        kind: Literal["met", "breached"] = "breached" if self.met is None else "met"
        return Outcome(cycle, kind, fact[0], fact[1], self.due, self.outcome is not None)

    def gauge(self) -> int | None:
        """Return the deadline as the gauges show it: BREACHED for good, a moment, or None without one."""
        if not self.is_running:
            return None
        return BREACHED if self.stays_breached else self.deadline

    def _count_breach(self, breach: Fact | None, facts: Facts) -> None:
        if breach == self.breach:
            return
        if self.breach is not None:
            withdraw(facts, self.breach)
        if breach is not None:
            facts.append(breach)
        self.breach = breach
