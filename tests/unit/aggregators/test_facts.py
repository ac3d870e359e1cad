"""Facts and their opposites."""

from aggregators.facts import DURATION, Facts, count, withdraw
from aggregators.measures import Count, Distribution


def test_a_count_is_one_happening_with_a_positive_sign() -> None:
    """`count` adds (time, series, measure, 1, +1)."""
    facts: Facts = []
    count(facts, 5, ("phone", "sales"), Count.OFFERED)
    assert facts == [(5, ("phone", "sales"), Count.OFFERED, 1, 1)]


def test_a_withdrawal_is_the_opposite_of_what_was_added() -> None:
    """A fact and its withdrawal differ in the sign alone, so they add to nothing."""
    facts: Facts = [(5, ("phone", "sales"), DURATION + Distribution.ANSWER, 8_000, 1)]
    withdraw(facts, facts[0])
    assert facts[1] == (5, ("phone", "sales"), DURATION + Distribution.ANSWER, 8_000, -1)


def test_counts_and_durations_cannot_be_mistaken_for_each_other() -> None:
    """Every Count lies below DURATION."""
    assert max(Count) < DURATION
