"""The six formulas: what each end of a wait adds, and that the sums are the formulas of the contract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators.configuration import Formula
from aggregators.measures import Count
from aggregators.service_level import level_facts

ENDS: tuple[tuple[Count, ...], ...] = (
    (Count.ANSWERED,),
    (Count.ANSWERED, Count.ANSWERED_WITHIN),
    (Count.ABANDONED,),
    (Count.ABANDONED, Count.ABANDONED_WITHIN),
    (Count.ABANDONED, Count.SHORT_ABANDONED),
    (Count.ABANDONED, Count.ABANDONED_WITHIN, Count.SHORT_ABANDONED),
    (Count.EXITED,),
    (Count.EXITED, Count.EXITED_WITHIN),
)


def level(formula: Formula, ends: list[tuple[Count, ...]]) -> tuple[int, int]:
    """Return numerator and denominator as the visits add them up."""
    facts = [fact for end in ends for fact in level_facts(formula, end)]
    return facts.count(Count.LEVEL_MET), facts.count(Count.LEVEL_ELIGIBLE)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Formula.EXCLUDING_SHORT, (2, 3 + 3 - 1)),
        (Formula.ANSWERED_ONLY, (2, 3)),
        (Formula.ABANDONS_NEGATIVE, (2, 3 + 3)),
        (Formula.ABANDONS_WITHIN_IGNORED, (2, 3 + 3 - 2)),
        (Formula.ABANDONS_POSITIVE, (2 + 2, 3 + 3)),
        (Formula.REMOVED_WITHIN, (2 + 2 + 0, 3 + 3 + 1)),
    ],
)
def test_the_worked_case_abandons(formula: Formula, expected: tuple[int, int]) -> None:
    """A = 3, A_T = 2, B = 3, B_T = 2, B_S = 1, F = 1, F_T = 0."""
    ends = [ENDS[0], ENDS[1], ENDS[1], ENDS[2], ENDS[3], ENDS[5], ENDS[6]]
    assert level(formula, ends) == expected


@given(st.lists(st.sampled_from(ENDS), max_size=30))
def test_adding_visits_is_the_formula_of_their_counts(ends: list[tuple[Count, ...]]) -> None:
    """For any visits the sums equal the table of METRICS.md, written out here once more."""
    counts = [count for end in ends for count in end]
    a, a_t = counts.count(Count.ANSWERED), counts.count(Count.ANSWERED_WITHIN)
    b, b_t, b_s = (
        counts.count(count) for count in (Count.ABANDONED, Count.ABANDONED_WITHIN, Count.SHORT_ABANDONED)
    )
    f, f_t = counts.count(Count.EXITED), counts.count(Count.EXITED_WITHIN)
    assert {formula: level(formula, ends) for formula in Formula} == {
        Formula.EXCLUDING_SHORT: (a_t, a + b - b_s),
        Formula.ANSWERED_ONLY: (a_t, a),
        Formula.ABANDONS_NEGATIVE: (a_t, a + b),
        Formula.ABANDONS_WITHIN_IGNORED: (a_t, a + b - b_t),
        Formula.ABANDONS_POSITIVE: (a_t + b_t, a + b),
        Formula.REMOVED_WITHIN: (a_t + b_t + f_t, a + b + f),
    }
