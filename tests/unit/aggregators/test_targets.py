"""Deadlines, outcomes and pauses."""

from aggregators.business_calendar import BusinessCalendar
from aggregators.facts import Facts
from aggregators.measures import Count
from aggregators.status import BREACHED
from aggregators.targets import Target, deadline_after, elapsed, elapsed_outside
from tests.building import at, counted

SERIES = ("email", "mail")
HOUR = 3_600_000
OFFICE = BusinessCalendar("UTC", {"mon": [(9 * 60, 17 * 60)], "tue": [(9 * 60, 17 * 60)]}, [])


def started(deadline: int) -> tuple[Target, Facts]:
    """Return a configured target that started at 0."""
    target, facts = Target("resolution", 0), []
    target.is_configured = True
    target.settle(deadline, 0, SERIES, facts)
    return target, facts


def test_time_on_the_calendar_clock_and_on_the_business_clock() -> None:
    """Monday 16:00 to Tuesday 10:00: 18 h and 2 h."""
    start, end = at("16:00"), at("2026-03-03T10:00")
    assert elapsed(None, start, end) == 18 * HOUR
    assert elapsed(OFFICE, start, end) == 2 * HOUR
    assert elapsed(None, end, start) == 0


def test_pauses_are_left_out_also_one_that_is_still_open() -> None:
    """10:00-14:00 without 11:00-12:00 and from 13:30 on: 2.5 h."""
    pauses = [(at("11:00"), at("12:00")), (at("13:30"), None)]
    assert elapsed_outside(None, (at("10:00"), at("14:00")), pauses) == 2.5 * HOUR


def test_a_deadline_moves_by_the_pauses_before_it() -> None:
    """2 h from 10:00 with 11:00-12:00 paused: 13:00; the pause after it does not matter."""
    pauses = [(at("11:00"), at("12:00")), (at("13:00"), None)]
    assert deadline_after(None, at("10:00"), 2 * HOUR, pauses) == at("13:00")


def test_there_is_no_deadline_while_the_clock_stands_still() -> None:
    """An hour is left when the pause begins."""
    assert deadline_after(None, at("10:00"), 2 * HOUR, [(at("11:00"), None)]) is None


def test_a_business_deadline_used_up_at_closing_is_at_closing() -> None:
    """1 h from 16:00 is 17:00, not Tuesday 09:00."""
    assert deadline_after(OFFICE, at("16:00"), HOUR, []) == at("17:00")


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
