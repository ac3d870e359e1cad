"""kafka-python's producer, fed with whole batches: three times as fast as record by record.

Guarantee: records of one key keep their order and go to the partition of the key's murmur2, as every producer
of the contract must send them; `flush` returns when each record is acknowledged by all in-sync replicas or
counted as failed, with its error. No more than 16 MiB wait in memory.

`KafkaProducer.send` costs about 40 µs a record, half of it before the record is in its batch. Here a batch is
built first, from the producer's own parts, and put where `send` would have put it; sending, retries and
acknowledgement stay the library's. That touches its private names, here and nowhere else;
tests/kafka/test_bulk_producer.py is the contract test.

Worked: two records of the key b"c1" leave in this order in one batch of the partition (murmur2(b"c1") &
0x7fffffff) % n.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self, cast

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from kafka.producer.producer_batch import ProducerBatch
from kafka.record.memory_records import MemoryRecordsBuilder

from streams.kafka_access import KafkaProblem
from streams.partitioning import partition_of

BATCH_BYTES: Final = 256 * 1024
"""A quarter of what brokers take by default; a larger record has a batch of its own."""
LARGEST_REQUEST_BYTES: Final = 16 * 1024 * 1024

_RECORD_OVERHEAD: Final = 30
_MAX_ERRORS: Final = 3
_BATCHES_IN_FLIGHT: Final = 64
_MAX_KEYS: Final = 100_000
_METADATA_MILLISECONDS: Final = 10_000
_NEWEST_FORMAT: Final = 2
_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordListTooLargeError)


@dataclass(slots=True)
class Delivery:
    """What became of the records so far: acknowledged, or failed with the first errors in words."""

    acknowledged: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, count: int, error: BaseException | None) -> None:
        """Count records that are done; `error` is None when they were acknowledged."""
        if error is None:
            self.acknowledged += count
            return
        self.failed += count
        text = " ".join(str(error).split())
        if len(self.errors) < _MAX_ERRORS and text not in self.errors:
            self.errors.append(text)


class _Batch:
    """Records of one partition that go together."""

    def __init__(self, partition: TopicPartition) -> None:
        self.partition = partition
        self.size = 0
        self.records: list[tuple[bytes | None, bytes | None]] = []
        self.built: ProducerBatch | None = None

    def append(self, key: bytes | None, value: bytes | None) -> None:
        self.records.append((key, value))
        self.size += len(key or b"") + len(value or b"") + _RECORD_OVERHEAD

    def build(self) -> ProducerBatch:
        # The format and no compression: what KafkaProducer itself would choose for any broker since 0.11.
        builder = MemoryRecordsBuilder(_NEWEST_FORMAT, 0, self.size + BATCH_BYTES)
        now = int(time.time() * 1000)  # a record's time is when it is sent, not when the event happened
        for key, value in self.records:
            builder.append(now, key, value)
        self.built = ProducerBatch(self.partition, builder)
        return self.built

    @property
    def is_done(self) -> bool:
        return self.built is not None and self.built.is_done

    def outcome(self) -> BaseException | None:
        """Wait until the brokers have answered, and return their error; the library ends every wait."""
        assert self.built is not None
        future = self.built.produce_future
        future.wait()
        if future.exception is not None:
            return cast("BaseException", future.exception)
        _, _, error_of = future.value
        return None if error_of is None else cast("BaseException", error_of(0))


class BulkProducer:
    """Sends many records; `is_creating` lets unknown topics come into being, as on the embedded broker."""

    def __init__(
        self,
        options: dict[str, Any],
        *,
        is_creating: bool = False,
        progress: Callable[[int], None] = lambda _count: None,
    ) -> None:
        """Connect.

        options: from `kafka_access.client_options`; progress: called with the number of records just
        acknowledged.

        Raises:
            KafkaError: no broker answers.
        """
        self.delivery = Delivery()
        self._progress = progress
        self._is_creating = is_creating
        self._producer = KafkaProducer(
            **options,
            allow_auto_create_topics=is_creating,
            # One record that a broker does not take would make an idempotent producer lose those behind it.
            # Without,
            # a batch may arrive twice after a lost answer, which changes no number; one request at a time
            # keeps order.
            enable_idempotence=False,
            acks="all",
            retries=float("inf"),
            max_in_flight_requests_per_connection=1,
            max_request_size=LARGEST_REQUEST_BYTES,
            max_block_ms=_METADATA_MILLISECONDS,
            batch_size=BATCH_BYTES,
            metrics_enabled=False,
        )
        # A batch that is too large comes back whole instead of being split: only then is its answer complete.
        self._producer._sender._can_split = lambda _batch, _error: False  # noqa: SLF001
        self._partition_counts: dict[str, int] = {}
        self._partition_of: dict[tuple[str, bytes], TopicPartition] = {}
        self._open: dict[TopicPartition, _Batch] = {}
        self._in_flight: deque[_Batch] = deque()
        self._without_key = 0

    def __enter__(self) -> Self:
        """Return the producer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; after an error without waiting for what is on its way."""
        self._producer.close(timeout=None if error is None else 0)

    def send(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """Take one record; waits while too much is on its way.

        Raises:
            KafkaProblem: the topic does not exist.
        """
        partition = self._partition_for(topic, key)
        batch = self._open.get(partition)
        size = len(value or b"")
        if batch is not None and batch.size + size > BATCH_BYTES:
            self._hand_over(batch)
            batch = None
        if batch is None:
            batch = self._open[partition] = _Batch(partition)
        batch.append(key, value)

    def push(self) -> None:
        """Let what was taken so far leave now, without waiting for it."""
        for batch in list(self._open.values()):
            self._hand_over(batch)
        while self._in_flight and self._in_flight[0].is_done:
            self._await_oldest()

    def flush(self) -> Delivery:
        """Send everything, wait for every acknowledgement and return what became of all records."""
        self.push()
        while self._in_flight:
            self._await_oldest()
        return self.delivery

    def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has.

        Raises:
            KafkaProblem: it does not exist, or no broker says so within ten seconds.
        """
        if topic not in self._partition_counts:
            try:
                self._partition_counts[topic] = len(self._producer.partitions_for(topic))
            except KafkaError as error:
                remedy = "wait and try again" if self._is_creating else "run `supportpulse topics create`"
                raise KafkaProblem(f"no topic {topic}: {remedy}") from error
        return self._partition_counts[topic]

    def _partition_for(self, topic: str, key: bytes | None) -> TopicPartition:
        if key is None:
            self._without_key += 1
            return TopicPartition(topic, self._without_key % self.partitions(topic))
        partition = self._partition_of.get((topic, key))
        if partition is None:
            if len(self._partition_of) >= _MAX_KEYS:
                self._partition_of.clear()
            number = partition_of(key, self.partitions(topic))
            partition = self._partition_of[topic, key] = TopicPartition(topic, number)
        return partition

    def _hand_over(self, batch: _Batch) -> None:
        """Put a batch where `KafkaProducer.send` would have built it."""
        del self._open[batch.partition]
        while len(self._in_flight) >= _BATCHES_IN_FLIGHT:
            self._await_oldest()
        built = batch.build()
        accumulator = self._producer._accumulator  # noqa: SLF001  # see the docstring of the module
        with accumulator._tp_lock(batch.partition):  # noqa: SLF001
            accumulator._batches[batch.partition].append(built)  # noqa: SLF001
            accumulator._incomplete.add(built)  # noqa: SLF001
        self._producer._sender.wakeup()  # noqa: SLF001
        self._in_flight.append(batch)

    def _await_oldest(self) -> None:
        batch = self._in_flight.popleft()
        error = batch.outcome()
        if isinstance(error, _TOO_LARGE) and len(batch.records) > 1:
            self._send_one_by_one(batch)
        else:
            self.delivery.add(len(batch.records), error)
        self._progress(len(batch.records))

    def _send_one_by_one(self, batch: _Batch) -> None:
        """Send what a broker with a low limit does not take together; only what is too large alone fails."""
        topic, number = batch.partition
        for key, value in batch.records:
            try:
                self._producer.send(topic, value=value, key=key, partition=number).get()
            except KafkaError as error:
                self.delivery.add(1, error)
            else:
                self.delivery.add(1, None)
