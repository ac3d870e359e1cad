"""A row to which hardly anything is added any more, in a tenth of the memory.

Guarantee: what is read is what was put in, without what is 0. A day of distributions keeps hundreds of keys
in every quarter of an hour: as objects 64 bytes each, here 8 (16 where a sum is beyond 32 bits).
Cost: 50 ns a key to close, 60 ns to read.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from aggregators.measures import Parts, Series

_LARGEST: Final = (1 << 31) - 1


class ClosedRow(Mapping[Series, Parts]):
    """The sums of one row per series; every reading of a series gives a new object."""

    __slots__ = ("_packed",)

    def __init__(self, row: Mapping[Series, Parts]) -> None:
        self._packed = {series: _packed(parts) for series, parts in row.items()}

    def __getitem__(self, series: Series) -> Parts:
        numbers = self._packed[series].tolist()
        half = len(numbers) // 2
        return dict(zip(numbers[:half], numbers[half:], strict=True))

    def columns(self) -> Iterator[tuple[Series, Sequence[int], Sequence[int]]]:
        """Yield the keys of every series, sorted, and their amounts, without an object for each to lie in."""
        for series, packed in self._packed.items():
            half = len(packed) // 2
            yield series, packed[:half], packed[half:]

    def __iter__(self) -> Iterator[Series]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


def _packed(parts: Parts) -> array[int]:
    """Return the keys, sorted, and behind them the amounts."""
    kept = {key: parts[key] for key in sorted(parts) if parts[key]}
    amounts = kept.values()
    is_small = not kept or (max(amounts) <= _LARGEST and min(amounts) >= -_LARGEST)
    return array("i" if is_small else "q", [*kept, *amounts])
