"""A row that is closed reads as it did when it was open."""

import sys

from aggregators.closed_row import ClosedRow
from aggregators.measures import Distribution, Parts, bucket_key

A, B = ("phone", "a"), ("phone", "b")


def test_it_reads_as_it_was() -> None:
    """Counts, sums beyond 32 bits and below zero, and a series without anything."""
    row: dict[tuple[str, str], Parts] = {A: {1: 5, 4096: 8_640_000_000, 4097: -3}, B: {7: -(1 << 31)}}
    closed = ClosedRow({**row, ("email", "c"): {}})
    assert dict(closed) == {**row, ("email", "c"): {}}
    assert (len(closed), A in closed, ("email", "d") in closed) == (3, True, False)


def test_its_columns_are_sorted_by_key() -> None:
    """Keys and beside them the amounts, in whatever order they were put in."""
    ((series, keys, amounts),) = ClosedRow({A: {4097: 2, 1: 5, 9: 0}}).columns()
    assert (series, list(keys), list(amounts)) == (A, [1, 4097], [5, 2])


def test_what_is_nothing_is_left_out() -> None:
    """A fact that was taken back leaves no key behind."""
    assert dict(ClosedRow({A: {1: 0, 2: 4}})) == {A: {2: 4}}


def test_it_takes_a_fraction_of_the_memory() -> None:
    """A series with one duration in each of 40 buckets."""
    parts = {bucket_key(Distribution.WAIT, 2**number): 1 for number in range(40)}
    closed = ClosedRow({A: parts})
    taken = sum(sys.getsizeof(packed) for packed in closed._packed.values())
    assert taken < (sys.getsizeof(parts) + 28 * len(parts)) / 5
