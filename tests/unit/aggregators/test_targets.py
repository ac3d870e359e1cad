"""Deadlines, outcomes and pauses."""

from aggregators.facts import Facts
from aggregators.measures import Count
from aggregators.status import BREACHED
from aggregators.targets import Target
from tests.building import counted

SERIES = ("email", "mail")


def started(deadline: int) -> tuple[Target, Facts]:
    """Return a configured target that started at 0."""
    target, facts = Target("resolution", 0), []
    target.is_configured = True
    target.settle(deadline, 0, SERIES, facts)
    return target, facts


def test_met_in_time_withdraws_the_breach_that_lay_ahead() -> None:
    """What is left is one fulfilment."""
    target, facts = started(100)
    target.pass_to(90, is_fulfilled=True)
    target.fulfil(90, target.deadline, SERIES, facts)
    assert target.outcome == "met"
    assert counted(facts, Count.SLA_MET_RESOLUTION) == 1
    assert counted(facts, Count.SLA_BREACHED_RESOLUTION) == 0


def test_an_outcome_is_final() -> None:
    """Breached, then solved late, then solved again: one breach, nothing met."""
    target, facts = started(100)
    target.pass_to(150, is_fulfilled=True)
    target.fulfil(150, target.deadline, SERIES, facts)
    target.settle(500, 200, SERIES, facts)
    target.fulfil(300, 500, SERIES, facts)
    assert counted(facts, Count.SLA_BREACHED_RESOLUTION) == 1
    assert counted(facts, Count.SLA_MET_RESOLUTION) == 0
    assert target.gauge() == BREACHED


def test_ending_without_an_outcome_leaves_nothing() -> None:
    """Solved without a reply: the response targets end."""
    target, facts = started(100)
    target.end(facts)
    assert counted(facts, Count.SLA_BREACHED_RESOLUTION) == 0
    assert target.gauge() is None
