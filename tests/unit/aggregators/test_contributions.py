"""What a case adds to a number; tests/laws/test_contributions.py has the law."""

import pytest

from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.contributions import WAITING, Contribution, Place, Question, contributions, reading_of
from aggregators.facts import DURATION
from aggregators.measures import Count, Distribution
from tests.building import at, call, configured

METRICS = {metric.measure: metric for metric in WINDOW_METRICS}
ANSWERED = [call("offered", "10:00:00", queue="sales"), call("answered", "10:00:08")]
SALES = ("phone", "sales")


def behind(measure: str, *, until: str = "11:00", place: Place = Place()) -> list[tuple[str, int, int]]:  # noqa: B008  # frozen
    """Return name, value and times of what an answered call adds between ten and a moment."""
    question = Question(METRICS[measure], place, at("10:00"), at(until))
    return [
        (each.name, each.value, each.times)
        for each in contributions(question, "calls", ANSWERED, configured())
    ]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("answered", [("answered", 1, 1)]),
        ("abandoned", []),
        ("answer_seconds", [("answer_seconds", 8_000, 1)]),
        ("abandonment_ratio", [("answered", 1, 1)]),
        ("service_level_ratio", [("level_met", 1, 1), ("level_eligible", 1, 1)]),
    ],
)
def test_a_number_has_what_it_reads(measure: str, expected: list[tuple[str, int, int]]) -> None:
    """Answered after 8 s, within T."""
    assert behind(measure) == expected


def test_a_request_is_unanswered_in_a_window_that_ends_before_its_answer() -> None:
    """Offered at 10:00:00, answered eight seconds later."""
    assert behind("unanswered", until="10:00:05") == [("unanswered", 1, 1)]
    assert behind("unanswered") == []


def test_elsewhere_there_is_nothing_behind() -> None:
    """Of another queue, of another channel; of its own there is."""
    assert behind("answered", place=Place(queue="help")) == behind("answered", place=Place("chat")) == []
    assert behind("answered", place=Place("phone", "sales")) == [("answered", 1, 1)]


def test_a_wait_beyond_the_threshold_stands_at_the_end_of_the_window() -> None:
    """It is in the denominator of the live service level, and no fact says it."""
    question = Question(METRICS["service_level_live_ratio"], Place(), at("10:00"), at("10:05"))
    (waiting,) = contributions(question, "calls", ANSWERED[:1], configured())
    assert waiting == Contribution(at("10:05"), ANSWERED[0].case, SALES, WAITING, 1, 1)
    assert waiting.name == "waiting_beyond_threshold"


def test_what_a_metric_reads_is_seen_by_letting_it_read() -> None:
    """A count, a duration, and a ratio of three counts."""
    assert reading_of(METRICS["offered"]).measures == {Count.OFFERED}
    assert reading_of(METRICS["hold_seconds"]).measures == {DURATION + Distribution.HOLD}
    assert reading_of(METRICS["abandonment_ratio"]).measures == {
        Count.ABANDONED,
        Count.ANSWERED,
        Count.EXITED,
    }
    assert len(reading_of(METRICS["samples"]).measures) == len(Distribution)
