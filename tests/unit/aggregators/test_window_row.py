"""What one window knows about one place."""

from aggregators.facts import DURATION
from aggregators.measures import Count, Distribution, Parts
from aggregators.rows import add_fact
from aggregators.sums import Sums
from aggregators.window_row import Summaries, row_of_series
from tests.building import configured


def parts_of(*durations: int) -> Parts:
    """Return the sums of answers after these waits in milliseconds."""
    parts: Parts = {}
    for duration in durations:
        add_fact(parts, Count.ANSWERED, 1, 1)
        add_fact(parts, DURATION + Distribution.ANSWER, duration, 1)
    return parts


def test_a_mean_is_exact_and_quantiles_are_nearest_ranks() -> None:
    """10, 20 and 60 s: mean 30 s, the median is the second one."""
    summary = Summaries(parts_of(10_000, 20_000, 60_000)).found[Distribution.ANSWER]
    assert summary is not None
    assert summary.samples == 3
    assert summary.stats[0] == 30.0
    assert abs(summary.stats[1] - 20.0) <= 0.01 * 20.0


def test_a_duration_without_samples_has_no_summary_numbers() -> None:
    """Empty is not zero."""
    summary = Summaries({}).found[Distribution.ANSWER]
    assert summary is None


def test_the_row_of_a_place_carries_its_sums() -> None:
    """The parts are those given."""
    parts = parts_of(10_000)
    assert row_of_series(("phone", "q"), parts, 0, configured(), Summaries(parts)).parts == parts


def test_summaries_that_follow_changes_are_those_read_anew() -> None:
    """A bucket comes, a bucket goes, all go; a distribution without a change keeps its object."""
    parts = parts_of(10_000, 20_000)
    add_fact(parts, DURATION + Distribution.WAIT, 7_000, 1)
    summaries = Summaries(parts)
    waits = summaries.found[Distribution.WAIT]
    for duration, sign in ((60_000, 1), (10_000, -1), (60_000, -1), (20_000, -1)):
        change: Parts = {}
        add_fact(change, DURATION + Distribution.ANSWER, duration, sign)
        parts = Sums(parts).followed_by(change)
        before = summaries.found
        summaries.follow(parts, change)
        assert summaries.found == Summaries(parts).found
        assert summaries.found is not before, "a row of an earlier tick keeps what it had"
        assert summaries.found[Distribution.WAIT] is waits
    assert summaries.found[Distribution.ANSWER] is None
