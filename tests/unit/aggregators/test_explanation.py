"""Which cases are worth a look, and what stands behind a number in all."""

from itertools import permutations

import pytest

from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.contributions import Contribution
from aggregators.distribution import bucket_of
from aggregators.explanation import (
    EXPLAINED,
    Behind,
    Found,
    Selection,
    Sums,
    explained,
    merged,
    selection_of,
)
from aggregators.facts import DURATION
from aggregators.measures import Count, Distribution

SALES = ("phone", "sales")


def answers(*seconds: int) -> list[Contribution]:
    """Return answers after so many seconds, the case named by them."""
    measure = DURATION + Distribution.ANSWER
    return [
        Contribution(number, f"c{wait}", SALES, measure, wait * 1000, 1)
        for number, wait in enumerate(seconds)
    ]


@pytest.mark.parametrize(
    ("stat", "limit", "expected"),
    [
        ("mean", 2, ["c31", "c30"]),
        ("max", 1, ["c31"]),
        ("p50", 1, ["c30"]),
        ("p90", 1, ["c31"]),
        ("p50", 9, ["c31", "c30", "c8"]),
    ],
)
def test_of_a_duration_the_longest_are_shown_of_a_quantile_those_around_its_rank(
    stat: str, limit: int, expected: list[str]
) -> None:
    """Answers after 8, 30 and 31 s."""
    shown = explained(answers(8, 30, 31), stat, limit).shown
    assert [each.case for each in shown] == expected


def test_around_a_rank_in_the_middle_lie_both_neighbours() -> None:
    """Of 1 … 100 s the p90 is 90 s; with few the range is as narrow as they are."""
    shown = explained(answers(*range(1, 101)), "p90", 3).shown
    assert [each.case for each in shown] == ["c91", "c90", "c89"]


def test_around_a_rank_lies_a_hundredth_of_many() -> None:
    """Of 20,000 answers after 1 ms … 20 s, 200 around the rank of 10 s are found; the latest are shown."""
    measure = DURATION + Distribution.ANSWER
    many = [Contribution(-wait, f"c{wait}", SALES, measure, wait, 1) for wait in range(1, 20_001)]
    sums = Sums()
    for each in many:
        sums.count(each)
    selection = selection_of(sums, "p50", 2)
    admitted = [each.value for each in many if selection.admits(each)]
    assert (min(admitted), max(admitted)) == (9_856, 10_111)
    assert [each.value for each in explained(many, "p50", 2).shown] == [9_857, 9_856]


def test_answers_of_parts_merge_to_that_of_all() -> None:
    """In any order; what one of them has not looked at is left out of all."""
    selection = Selection(3, is_latest=False)
    parts = [Found(answers(31, 8)), Found(answers(30, 9), bucket_of(9_000)), Found(answers(10))]
    for order in permutations(parts):
        assert [each.case for each in merged(order, selection).contributions] == ["c31", "c30", "c10"]
    beyond = bucket_of(10_000)
    hurried = merged([*parts, Found([], beyond)], selection)
    assert [each.case for each in hurried.contributions] == ["c31", "c30"]
    assert hurried.beyond == beyond


def test_of_a_count_the_latest_are_shown() -> None:
    """Whatever the statistic."""
    found = [Contribution(time, f"c{time}", SALES, Count.OFFERED, 1, 1) for time in (3, 1, 2)]
    assert [each.case for each in explained(found, "p50", 2).shown] == ["c3", "c2"]


def test_what_stands_behind_is_of_everything() -> None:
    """Three answers, 69 s together, and one of them shown."""
    explanation = explained(answers(8, 30, 31), "mean", 1)
    assert explanation.behind == [Behind("answer_seconds", 3, 69_000)]
    assert (explanation.total, len(explanation.shown)) == (3, 1)


def test_every_window_metric_has_its_names() -> None:
    """The short one and the three of Prometheus."""
    assert len(EXPLAINED) == 4 * len(WINDOW_METRICS)
    assert EXPLAINED["support_all_window_answered"] is EXPLAINED["answered"]
