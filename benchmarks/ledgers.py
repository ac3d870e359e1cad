"""The partitions of one topic in memory, filled through decoder and fold as in service; without Kafka.

Guarantee: records go to their partition by murmur2, in batches of one fetch; the collector is set as in
service.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from time import process_time
from typing import Final, NamedTuple

from aggregators.configuration import Configuration
from aggregators.events import Event, Topic
from aggregators.ledger import PartitionLedger
from benchmarks.call_log import CallEvent
from streams.codec import decode_batch
from streams.partitioning import partition_of
from streams.processor import GARBAGE_THRESHOLDS

PARTITIONS: Final = 8
BATCH: Final = 2_000
_NOW: Final = 1_900_000_000_000
"""A record timestamp later than every event, so that the skew is checked and holds."""


class Record(NamedTuple):
    """A record as the broker would bring it."""

    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple[()] = ()


def record_of(event: CallEvent, offset: int) -> Record:
    """Return the record of an event."""
    return Record(offset, _NOW, event.key, event.value)


def fetched(records: Sequence[Record]) -> list[Record]:
    """Return copies that lie side by side, as a fetch leaves them: records of a whole log lie far apart."""
    return [
        record._replace(key=bytes(bytearray(record.key)), value=bytes(bytearray(record.value)))
        for record in records
    ]


def decoded(batch: Sequence[Record], topic: Topic) -> list[Event]:
    """Return the events of records; none may be refused."""
    events = [event for event in decode_batch(batch, topic=topic) if isinstance(event, Event)]
    assert len(events) == len(batch), "an event of a benchmark was refused"
    return events


class Ledgers:
    """The partitions of one topic."""

    def __init__(self, topic: Topic, configuration: Configuration) -> None:
        self.topic: Topic = topic
        self.all = [PartitionLedger(topic, configuration) for _ in range(PARTITIONS)]
        self._waiting: list[list[Record]] = [[] for _ in self.all]

    def wait(self, event: CallEvent) -> int:
        """Let an event wait for the next fold; return how many wait in its partition."""
        partition = partition_of(event.key, PARTITIONS)
        waiting = self._waiting[partition]
        waiting.append(record_of(event, self.all[partition].position + len(waiting)))
        return len(waiting)

    def fold(self) -> float:
        """Fold what waits and return the CPU seconds of decoding and folding."""
        batches = [fetched(waiting) for waiting in self._waiting]
        for waiting in self._waiting:
            waiting.clear()
        began = process_time()
        for ledger, batch in zip(self.all, batches, strict=True):
            if batch:
                ledger.fold(decoded(batch, self.topic), ledger.position + len(batch))
        return process_time() - began

    def take(self, events: Iterable[CallEvent]) -> None:
        """Fold events in batches of one fetch."""
        for event in events:
            if self.wait(event) >= BATCH:
                self.fold()
        self.fold()


def settle_collector() -> None:
    """Set the garbage collector as in service, with everything so far out of its way."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
