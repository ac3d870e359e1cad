"""Bounds and their reasons."""

from aggregators.bounds import AGENT_EVENTS, LARGE_CASE, MOST_EVENTS, Bound


def test_the_reasons_are_those_of_dead_letters() -> None:
    """They are on the wire."""
    assert [bound.value for bound in Bound] == ["case_full", "too_many_cases", "too_many_queues"]


def test_a_case_that_is_derived_at_once_is_far_from_its_bounds() -> None:
    """Bounds are looked at only where a case goes on."""
    assert 2 * LARGE_CASE < AGENT_EVENTS < MOST_EVENTS
