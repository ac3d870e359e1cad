"""Totals never fall."""

from aggregators.facts import DURATION, Fact
from aggregators.measures import Count, Distribution
from aggregators.totals import Totals

SERIES = ("email", "mail")
EDGES = {Distribution.ANSWER: (5_000, 20_000)}


def fact(time: int, measure: int, value: int = 1, sign: int = 1) -> Fact:
    """Return one fact."""
    return (time, SERIES, measure, value, sign)


def test_counts_add_up_over_batches() -> None:
    """Two batches, three offers."""
    totals = Totals(EDGES)
    totals.add([fact(1, Count.OFFERED), fact(2, Count.OFFERED)], 5)
    totals.add([fact(3, Count.OFFERED)], 5)
    assert totals.sums()[SERIES][Count.OFFERED] == 3


def test_a_fact_withdrawn_later_is_a_correction_and_lowers_nothing() -> None:
    """The counter stays at 1."""
    totals = Totals(EDGES)
    totals.add([fact(1, Count.OFFERED)], 5)
    totals.add([fact(1, Count.OFFERED, sign=-1)], 5)
    assert (totals.sums()[SERIES][Count.OFFERED], totals.corrections) == (1, 1)


def test_opposites_in_one_batch_are_neither_counted_nor_corrected() -> None:
    """They never were visible."""
    totals = Totals(EDGES)
    totals.add([fact(1, Count.OFFERED), fact(1, Count.OFFERED, sign=-1)], 5)
    assert (any(totals.sums().values()), totals.corrections) == (False, 0)


def test_upper_edges_are_inclusive() -> None:
    """5,000 ms lies in the bucket up to 5,000, 20,001 beyond all."""
    totals = Totals(EDGES)
    answer = DURATION + Distribution.ANSWER
    totals.add([fact(1, answer, 5_000), fact(1, answer, 5_001), fact(1, answer, 20_001)], 5)
    assert totals.histograms()[SERIES, Distribution.ANSWER] == [1, 1, 1]


def test_a_breach_ahead_is_counted_when_its_deadline_has_passed() -> None:
    """At 100 it lies ahead of the watermark 50."""
    totals = Totals(EDGES)
    totals.add([fact(100, Count.SLA_BREACHED_RESOLUTION)], 50)
    assert not any(totals.sums().values())
    totals.pass_to(100)
    assert totals.sums()[SERIES][Count.SLA_BREACHED_RESOLUTION] == 1


def test_a_breach_met_before_its_deadline_is_no_correction() -> None:
    """It was never counted."""
    totals = Totals(EDGES)
    totals.add([fact(100, Count.SLA_BREACHED_RESOLUTION)], 50)
    totals.add([fact(100, Count.SLA_BREACHED_RESOLUTION, sign=-1)], 60)
    totals.pass_to(200)
    assert (any(totals.sums().values()), totals.corrections) == (False, 0)


def test_what_is_unanswered_is_no_total() -> None:
    """It goes up and down by nature."""
    totals = Totals(EDGES)
    totals.add([fact(1, Count.UNANSWERED, sign=-1)], 5)
    assert (any(totals.sums().values()), totals.corrections) == (False, 0)
