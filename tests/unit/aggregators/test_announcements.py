"""What is said of a target when: the words of one cycle, their revisions, and when to look again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from aggregators.announcements import Occasion, Said, next_look, sayings, with_last
from aggregators.configuration import AnnouncingTerms
from aggregators.measures import Series
from aggregators.targets import Cycle, Outcome

TERMS = AnnouncingTerms(at_risk=900, patience=10)
MAIL: Series = ("email", "mail")
CYCLE = Cycle("resolution", 1_000)
AHEAD = Outcome(CYCLE, "breached", 5_000, MAIL, 5_000, is_final=False)
MET = Outcome(CYCLE, "met", 3_000, MAIL, 5_000, is_final=True)


def words(before: list[Said], outcome: Outcome | None, now: int, *, is_history: bool = False) -> list[str]:
    """Return what is said, and put it behind what was said before."""
    found = sayings(before, [] if outcome is None else [outcome], Occasion(now, is_history), TERMS)
    before[:] = with_last(before, found)
    return [f"{said.word} {said.revision}" for said in found]


def test_a_deadline_comes_near_and_passes() -> None:
    """Exactly at the lead before it and exactly at the patience after it, each once."""
    said: list[Said] = []
    assert words(said, AHEAD, 4_099) == []
    assert words(said, AHEAD, 4_100) == ["at_risk 1"]
    assert words(said, AHEAD, 4_999) == []
    assert words(said, AHEAD, 5_009) == []
    assert words(said, AHEAD, 5_010) == ["breached 1"]
    assert words(said, AHEAD, 9_000) == []


def test_within_the_patience_nothing_new_is_at_risk() -> None:
    """The deadline is past: it is breached, or a reply is still on its way."""
    assert words([], AHEAD, 5_000) == []


def test_a_met_target_is_met_whether_it_was_at_risk_or_not() -> None:
    """Met follows at risk without a withdrawal: that is the course of things."""
    assert words([], MET, 3_000) == ["met 1"]
    said: list[Said] = []
    words(said, AHEAD, 4_100)
    assert words(said, MET, 4_200) == ["met 1"]


def test_a_final_breach_does_not_wait() -> None:
    """Later events of the case have shown it."""
    assert words([], replace(AHEAD, is_final=True), 5_000) == ["breached 1"]


def test_while_history_is_read_nothing_is_at_risk_but_outcomes_are_said() -> None:
    """And what was at risk before stays so until something else is known."""
    assert words([], AHEAD, 4_500, is_history=True) == []
    assert words([], AHEAD, 5_010, is_history=True) == ["breached 1"]
    said: list[Said] = []
    words(said, AHEAD, 4_500)
    assert words(said, AHEAD, 4_600, is_history=True) == []


def test_time_that_goes_back_takes_nothing_back() -> None:
    """After a restart the log is read again from where the state stands."""
    said: list[Said] = []
    words(said, AHEAD, 5_010)
    assert words(said, AHEAD, 2_000, is_history=True) == []


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (None, ["withdrawn 1"]),
        (MET, ["withdrawn 1", "met 2"]),
        (replace(AHEAD, moment=8_000, deadline=8_000), ["withdrawn 1"]),
        (replace(AHEAD, moment=6_000, deadline=6_000), ["withdrawn 1", "at_risk 2"]),
        (replace(AHEAD, series=("email", "other")), ["withdrawn 1", "breached 2"]),
        (replace(AHEAD, is_final=True), []),
    ],
)
def test_a_breach_that_holds_no_more_is_withdrawn(outcome: Outcome | None, expected: list[str]) -> None:
    """A late reply, another deadline, another queue, a deleted case; a breach that becomes final holds."""
    said: list[Said] = []
    words(said, AHEAD, 5_200)
    assert words(said, outcome, 5_300) == expected


def test_a_withdrawal_says_what_it_withdraws() -> None:
    """Moment, place and deadline are those of what was said."""
    (breached,) = sayings([], [AHEAD], Occasion(5_010), TERMS)
    (withdrawn,) = sayings([breached], [], Occasion(6_000), TERMS)
    assert withdrawn == Said(CYCLE, "withdrawn", 1, 5_000, MAIL, 5_000, 6_000, "breached")
    assert sayings([withdrawn], [], Occasion(7_000), TERMS) == []


def test_at_risk_with_another_deadline_is_said_anew() -> None:
    """Unless it is breached or met by then, which needs no withdrawal."""
    said: list[Said] = []
    words(said, AHEAD, 4_500)
    assert words(said, replace(AHEAD, moment=4_900, deadline=4_900), 4_600) == ["withdrawn 1", "at_risk 2"]
    assert words(said, replace(AHEAD, moment=4_700, is_final=True), 4_800) == ["breached 2"]


def test_cycles_are_apart() -> None:
    """One that comes to light late leaves what was said of the others as it is."""
    later = replace(MET, cycle=Cycle("next_response", 2_000))
    (said,) = sayings([], [later], Occasion(9_000), TERMS)
    earlier = replace(MET, cycle=Cycle("next_response", 1_500))
    (more,) = sayings([said], [earlier, later], Occasion(9_000), TERMS)
    assert (more.cycle.start, more.word, more.revision) == (1_500, "met", 1)


@pytest.mark.parametrize(
    ("now", "expected"), [(0, 4_100), (4_099, 4_100), (4_100, 5_010), (5_009, 5_010), (5_010, None)]
)
def test_it_is_looked_at_again_when_time_may_have_something_to_say(now: int, expected: int | None) -> None:
    """First when it will be at risk, then when it will be breached, then no more."""
    said = sayings([], [AHEAD], Occasion(now), TERMS)
    assert next_look(said, [AHEAD], now, TERMS) == expected


def test_what_only_events_can_change_is_not_looked_at_again() -> None:
    """Met, or breached for good."""
    assert next_look([], [MET, replace(AHEAD, is_final=True)], 0, TERMS) is None
