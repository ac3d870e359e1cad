"""Batches: what the transport hands to an agent instead of single records, how often, how it is cut.

Guarantee: a `Batch` says exactly which stretch of its partition it stands for. `read_from` is the offset from
which the broker was asked, `next_position` the offset after it, so whatever lies between and is not among the
records was not there for a reader (transaction markers, compaction): such a hole needs no further look.

    asked from 100, records 103 … 180, then a transaction marker at 181:
    Batch(read_from=100, records=[103 … 180], next_position=182)

Pace: a batch is what one fetch brought, so it grows with the load (one record when idle, 2 MiB when behind).
After a round with under 1,000 records the next one comes 50 ms later; the first record after a pause is
handed on at once. A batch is decoded in turns that hold the event loop for about 20 ms, and folded in turns
of about 40 ms, at most 10,000 records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct

COLLECT_SECONDS: Final = 0.05
FULL_ROUND_RECORDS: Final = 1_000
DECODE_SECONDS: Final = 0.02
FOLD_SECONDS: Final = 0.04
"""Turns of the event loop: a request to this process waits about half of one while it drains, a send some
ten. A fold is cheaper the more of a case's life it sees at once; decoding is not."""
SMALLEST_SLICE: Final = 50
LARGEST_SLICE: Final = 10_000
FIRST_SLICE: Final = 100
_SMOOTHING: Final = 0.3


class Record(Protocol):
    """What is read of a record; aiokafka's own objects fulfil it. timestamp: milliseconds, Kafka's."""

    @property
    def offset(self) -> int:
        """Position in the partition."""

    @property
    def timestamp(self) -> int:
        """Milliseconds, Kafka's."""

    @property
    def key(self) -> bytes | None:
        """The key, None where there is none."""

    @property
    def value(self) -> bytes | None:
        """The value, None for a tombstone."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """The headers in order."""


class Batch(Struct, frozen=True, gc=False):
    """One fetch of one partition, oldest record first; `records` may be empty where only markers stood."""

    topic: str
    partition: int
    read_from: int
    next_position: int
    records: Sequence[Record]


class SliceSize:
    """How many records are worked on in one turn of so many seconds, from how long earlier ones took."""

    def __init__(self, seconds: float) -> None:
        self.records = FIRST_SLICE
        self._seconds = seconds
        self._seconds_per_record = seconds / FIRST_SLICE

    def learn(self, records: int, seconds: float) -> None:
        """Take in that `records` took `seconds` of processor time; a busy machine teaches nothing."""
        if records < SMALLEST_SLICE:
            return  # the fixed cost of a slice would pass for a cost per record
        self._seconds_per_record += _SMOOTHING * (seconds / records - self._seconds_per_record)
        self.records = min(max(int(self._seconds / self._seconds_per_record), SMALLEST_SLICE), LARGEST_SLICE)


def pause_after(records: int, seconds_since_last: float) -> float:
    """Return how many seconds to collect before the next round of fetches.

    Args:
        records: how many the last round gave, over all partitions.
        seconds_since_last: time since that round.
    """
    if records >= FULL_ROUND_RECORDS:
        return 0.0
    return max(0.0, COLLECT_SECONDS - seconds_since_last)
