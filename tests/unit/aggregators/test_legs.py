"""One queue visit, step by step, in seconds; T is 20 s and S is 5 s."""

from __future__ import annotations

from aggregators.configuration import Formula, ServiceLevel
from aggregators.events import Rank
from aggregators.facts import Facts, count
from aggregators.legs import ABANDONED, EXITED, HANDLED, TALKING, UNOFFERED, WAITING, Leg
from aggregators.measures import Count, Distribution
from tests.stories import at, seconds_of
from tests.stories import counted as counted_with_level

TARGET = ServiceLevel(20_000, 5_000, 0.8, Formula.EXCLUDING_SHORT)


def counted(facts: Facts) -> dict[str, int]:
    """Return what is counted beside the two parts of the service level, which have a test of their own."""
    found = counted_with_level(facts)
    return {name: times for name, times in found.items() if not name.startswith("level_")}


def offered() -> tuple[Leg, Facts]:
    """Return a leg offered at 0."""
    leg, facts = Leg(), Facts()
    leg.offer(at(0), ("phone", "q"), TARGET)
    count(facts, at(0), ("phone", "q"), Count.OFFERED)
    return leg, facts


def test_an_answer_exactly_at_the_threshold_is_within() -> None:
    """A wait of T counts, one of a millisecond more does not."""
    leg, facts = offered()
    assert leg.answer(at(20), facts, is_first=False)
    assert counted(facts) == {"offered": 1, "answered": 1, "answered_within": 1}
    leg, facts = offered()
    leg.answer(at(20.001), facts, is_first=False)
    assert counted(facts) == {"offered": 1, "answered": 1}
    assert seconds_of(facts, Distribution.WAIT) == [20.001]


def test_an_abandon_exactly_at_the_short_bound_is_not_short() -> None:
    """Short is strictly below S; within includes T."""
    leg, facts = offered()
    leg.abandon(at(5), facts)
    assert counted(facts) == {"offered": 1, "abandoned": 1, "abandoned_within": 1}
    leg, facts = offered()
    leg.abandon(at(4.999), facts)
    assert counted(facts)["short_abandoned"] == 1
    leg, facts = offered()
    leg.abandon(at(20.001), facts)
    assert counted(facts) == {"offered": 1, "abandoned": 1}


def test_the_first_outcome_stands() -> None:
    """After an answer nothing is abandoned and nobody answers again."""
    leg, facts = offered()
    leg.answer(at(1), facts, is_first=False)
    leg.abandon(at(2), facts)
    leg.exit(at(3), "timeout", facts)
    assert not leg.answer(at(4), facts, is_first=False)
    assert counted(facts) == {"offered": 1, "answered": 1, "answered_within": 1}


def test_talk_hold_and_wrap_up_make_the_handle_time() -> None:
    """Answered at 10, held 20 to 35, ended 70, done 90: 45 + 15 + 20 = 80."""
    leg, facts = offered()
    leg.answer(at(10), facts, is_first=False)
    leg.hold(at(20))
    leg.unhold(at(35))
    leg.end(at(70), facts)
    assert leg.wrap_up(at(90), facts)
    kinds = (Distribution.TALK, Distribution.HOLD, Distribution.WRAPUP, Distribution.HANDLE)
    assert [seconds_of(facts, kind) for kind in kinds] == [[45], [15], [20], [80]]
    assert leg.phase == HANDLED


def test_a_wrap_up_without_an_end_ends_talk_and_hold() -> None:
    """Answered at 0, on hold from 30, done at 50: talk 30, hold 20, wrap-up 0."""
    leg, facts = offered()
    leg.answer(at(0), facts, is_first=False)
    leg.hold(at(30))
    leg.wrap_up(at(50), facts)
    kinds = (Distribution.TALK, Distribution.HOLD, Distribution.WRAPUP)
    assert [seconds_of(facts, kind) for kind in kinds] == [[30], [20], [0]]


def test_a_leg_that_ends_while_waiting_is_an_abandon() -> None:
    """Somebody was in the queue and is gone."""
    leg, facts = offered()
    leg.end(at(8), facts)
    assert leg.phase == ABANDONED
    assert seconds_of(facts, Distribution.ABANDON) == [8]


def test_a_transfer_while_waiting_is_an_exit_too() -> None:
    """A second transfer is ignored."""
    leg, facts = offered()
    leg.transfer(at(8), facts)
    leg.transfer(at(9), facts)
    assert leg.phase == EXITED
    assert counted(facts) == {
        "offered": 1,
        "transferred": 1,
        "exited": 1,
        "exited_other": 1,
        "exited_within": 1,
    }


def test_rings_count_only_before_the_answer() -> None:
    """One per attempt."""
    leg, facts = offered()
    leg.ring(at(1), facts)
    leg.ring(at(2), facts)
    leg.answer(at(3), facts, is_first=False)
    leg.ring(at(4), facts)
    assert counted(facts)["ring_no_answer"] == 2
    assert leg.phase == TALKING


def test_holds_and_wrap_ups_while_waiting_are_ignored() -> None:
    """The leg still waits."""
    leg, facts = offered()
    leg.hold(at(1))
    assert not leg.wrap_up(at(2), facts)
    assert leg.phase == WAITING


def test_outcomes_before_the_offer_are_kept_but_no_rings() -> None:
    """Rings, holds and transfers of a leg without an offer are ignored."""
    leg = Leg()
    leg.defer(Rank.CALL_RING_NO_ANSWER, "", 0)
    assert leg.deferred is None
    leg.defer(Rank.CALL_EXITED, "key", 0)
    assert leg.deferred == [(Rank.CALL_EXITED, "key", 0)]
    assert leg.phase == UNOFFERED
