"""Statuses are values."""

from aggregators.status import BREACHED, Status


def test_equal_statuses_are_equal() -> None:
    """A status has no identity of its own."""
    assert Status(None, ("phone", "q"), None, 5) == Status(None, ("phone", "q"), None, 5)


def test_breached_for_good_lies_before_every_moment() -> None:
    """So a reader that asks which deadlines have passed finds it."""
    assert BREACHED < 0
