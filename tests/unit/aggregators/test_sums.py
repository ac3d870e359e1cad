"""Sums that know by what they differ from those before."""

from aggregators.sums import Sums, change_between


def test_a_change_leads_from_one_reading_to_the_next() -> None:
    """5 offered and 2 more; what comes to 0 is gone; the earlier reading stays as it was."""
    first = Sums({1: 5, 2: 1})
    second = first.followed_by({1: 2, 2: -1, 3: 4})
    assert second == {1: 7, 3: 4}
    assert first == {1: 5, 2: 1}
    assert change_between(first, second) == {1: 2, 2: -1, 3: 4}


def test_others_are_compared() -> None:
    """Sums of another reader, of the reading before the last one, or plain ones."""
    first = Sums({1: 5, 2: 1})
    third = first.followed_by({1: 2}).followed_by({2: -1})
    assert change_between(first, third) == {1: 2, 2: -1}
    assert change_between({1: 6, 9: 1}, third) == {1: 1, 9: -1}
    assert change_between(third, {}) == {1: -7}
    assert change_between(Sums(first), first.followed_by({1: 1})) == {1: 1}
