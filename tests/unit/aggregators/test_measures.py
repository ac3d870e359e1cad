"""Keys and sums."""

from aggregators.measures import Count, Distribution, add_parts, bucket_key, buckets_in_use, sum_key


def test_keys_of_distributions_do_not_meet() -> None:
    """The largest bucket of one distribution lies below the sum of the next."""
    assert bucket_key(Distribution.ANSWER, 1 << 43) < sum_key(Distribution.WAIT)


def test_counts_lie_below_all_distributions() -> None:
    """A count's key is its own number."""
    assert max(Count) < sum_key(Distribution.ANSWER)


def test_adding_parts_adds_key_by_key() -> None:
    """Missing keys are 0."""
    into = {1: 2, 5: 1}
    add_parts(into, {1: 3, 7: 4})
    assert into == {1: 5, 5: 1, 7: 4}


def test_buckets_in_use_leave_out_sums_other_distributions_and_zeros() -> None:
    """Only this distribution's buckets with a count come back, sorted."""
    parts = {
        sum_key(Distribution.WAIT): 90,
        bucket_key(Distribution.WAIT, 50): 1,
        bucket_key(Distribution.WAIT, 40): 1,
        bucket_key(Distribution.WAIT, 30): 0,
        bucket_key(Distribution.ABANDON, 40): 1,
        Count.OFFERED: 2,
    }
    assert buckets_in_use(parts, Distribution.WAIT) == [(40, 1), (50, 1)]
