"""Logarithmic buckets."""

import pytest

from aggregators.distribution import EXACT_BELOW, LARGEST, bucket_of, nearest_rank, value_of


def test_small_durations_have_a_bucket_of_their_own() -> None:
    """Below 128 ms nothing is rounded."""
    assert [value_of(bucket_of(value)) for value in range(EXACT_BELOW)] == list(range(EXACT_BELOW))


def test_the_worked_number_of_the_module() -> None:
    """67,000 ms lies in bucket 705, read as 67,071 ms."""
    assert bucket_of(67_000) == 705
    assert value_of(705) == 67_071


@pytest.mark.parametrize("value", [128, 129, 1_000, 4_999, 20_000, 3_600_001, 86_400_000, 10**12])
def test_a_value_is_read_within_one_percent(value: int) -> None:
    """The middle of its bucket is at most 0.79 % away."""
    assert abs(value_of(bucket_of(value)) - value) <= 0.0079 * value


def test_buckets_grow_with_their_values() -> None:
    """A larger value never lies in a smaller bucket."""
    values = [0, 1, 127, 128, 129, 255, 256, 257, 1_000, 10_000, 10**9, LARGEST, LARGEST * 2]
    buckets = [bucket_of(value) for value in values]
    assert buckets == sorted(buckets)


def test_the_nearest_rank_is_the_ceiling() -> None:
    """Of 10 values p50 is the 5th, p90 the 9th, p95 the 10th."""
    counts = [(value, 1) for value in range(1, 11)]
    assert [nearest_rank(counts, share, 100) for share in (50, 90, 95)] == [5, 9, 10]


def test_a_quantile_of_one_value_is_that_value() -> None:
    """Every quantile of a single sample is the sample."""
    assert nearest_rank([(7, 1)], 50, 100) == 7
