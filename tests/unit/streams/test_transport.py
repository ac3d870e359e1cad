"""How large slices are and how often fetches are collected."""

import pytest

from streams.transport import (
    COLLECT_SECONDS,
    DECODE_SECONDS,
    FIRST_SLICE,
    FULL_ROUND_RECORDS,
    LARGEST_SLICE,
    SMALLEST_SLICE,
    SliceSize,
    pause_after,
)


def test_a_first_slice_is_small() -> None:
    """Nothing is known yet about what a record costs."""
    assert SliceSize(DECODE_SECONDS).records == FIRST_SLICE


@pytest.mark.parametrize("microseconds", [10, 40, 200])
def test_a_slice_comes_to_hold_the_loop_for_the_planned_time(microseconds: int) -> None:
    """20 ms at 10 µs a record are 2,000 records."""
    size = SliceSize(DECODE_SECONDS)
    for _ in range(60):
        size.learn(size.records, size.records * microseconds / 1e6)
    assert size.records * microseconds / 1e6 == pytest.approx(DECODE_SECONDS, rel=0.02)


def test_the_size_keeps_its_bounds() -> None:
    """However cheap or dear a record is."""
    cheap, dear = SliceSize(DECODE_SECONDS), SliceSize(DECODE_SECONDS)
    for _ in range(60):
        cheap.learn(1_000, 1e-6)
        dear.learn(1_000, 100.0)
    assert cheap.records == LARGEST_SLICE
    assert dear.records == SMALLEST_SLICE


def test_a_few_records_teach_nothing() -> None:
    """The fixed cost of a slice would pass for a cost per record."""
    size = SliceSize(DECODE_SECONDS)
    size.learn(1, 0.01)
    assert size.records == FIRST_SLICE


def test_an_idle_round_is_followed_by_a_pause_of_what_is_left_of_the_interval() -> None:
    """After a long wait there is none: the first record is handed on at once."""
    assert pause_after(3, 0.0) == COLLECT_SECONDS
    assert pause_after(3, COLLECT_SECONDS / 2) == COLLECT_SECONDS / 2
    assert pause_after(3, 10.0) == 0.0


def test_a_full_round_is_followed_by_the_next_at_once() -> None:
    """When behind, nothing is waited for."""
    assert pause_after(FULL_ROUND_RECORDS, 0.0) == 0.0
