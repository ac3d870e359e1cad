"""Which cases are worth a look, and what stands behind a number in all."""

import pytest

from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.contributions import Contribution, Place, Question
from aggregators.explanation import EXPLAINED, Behind, explained, standing_behind
from aggregators.facts import DURATION
from aggregators.ledger import PartitionLedger
from aggregators.measures import Count, Distribution
from aggregators.steps import finished
from tests.building import at, call, configured

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
    """Of 1 … 100 s the p90 is 90 s."""
    shown = explained(answers(*range(1, 101)), "p90", 3).shown
    assert [each.case for each in shown] == ["c91", "c90", "c89"]


def test_many_are_put_in_order_in_steps() -> None:
    """Of 1 … 9,999 s, over several runs and two partitions' worth: the same as sorted at once."""
    waits = [(number * 7_919) % 9_999 + 1 for number in range(9_999)]
    for stat, expected in (("p90", ["c9001", "c9000", "c8999"]), ("max", ["c9999", "c9998", "c9997"])):
        assert [each.case for each in explained(answers(*waits), stat, 3).shown] == expected
    latest = [Contribution(time, f"c{time}", SALES, Count.OFFERED, 1, 1) for time in waits]
    assert [each.time for each in explained(latest, "mean", 2).shown] == [9_999, 9_998]


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


def test_a_partition_is_asked_for_its_cases() -> None:
    """Warm and packed ones; a case of yesterday is not even unpacked."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "09:00:00", queue="sales"), call("abandoned", "09:00:05")], 2)
    question = Question(EXPLAINED["offered"], Place(), at("08:00"), at("10:00"))
    assert [each.name for each in finished(standing_behind(question, ledger))] == ["offered"]
    later = Question(EXPLAINED["offered"], Place(), at("09:30"), at("10:00"))
    assert finished(standing_behind(later, ledger)) == []


def test_surveys_and_agents_have_no_part_in_it() -> None:
    """Their partitions have nothing to say about a window metric of the operations."""
    question = Question(EXPLAINED["offered"], Place(), at("08:00"), at("10:00"))
    assert finished(standing_behind(question, PartitionLedger("agents", configured()))) == []
