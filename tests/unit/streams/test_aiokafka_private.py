"""The contract with the private parts of aiokafka: names, and what comes out of a fetch."""

import asyncio
import inspect
from typing import Any

import pytest
from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition
from faust.types import TP

from streams.aiokafka_private import _batch_of, _records_of, close_consumer, drain_batches
from streams.transport import FULL_ROUND_RECORDS

PLACE = TopicPartition("calls", 0)


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (Fetcher, ["_create_fetch_waiter", "_notify"]),
        (FetchResult, ["check_assignment", "getall"]),
        (SubscriptionState, ["is_assigned", "reassignment_in_progress"]),
    ],
)
def test_what_is_called_is_there(owner: Any, names: list[str]) -> None:
    """Methods and properties by name."""
    for name in names:
        assert hasattr(owner, name), name


def producer_batch(first: int, number: int) -> bytes:
    """Return a producer batch of records as it stands in a log."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=1_000_000,
    )  # fmt: skip
    for index in range(number):
        builder.append(index, timestamp=1_000 + index, key=b"k", value=b"%d" % (first + index), headers=[])
    raw = builder.build()
    raw[0:8] = first.to_bytes(8, "big")  # the base offset is not part of the checksum
    return bytes(raw)


def test_what_is_read_of_a_fetch_is_there() -> None:
    """Attributes that only instances have."""
    source = inspect.getsource(PartitionRecords.__init__) + inspect.getsource(FetchResult.__init__)
    for name in ("_records", "_aborted_transactions", "_partition_records", "_assignment"):
        assert f"self.{name} =" in source
    fetcher = inspect.getsource(Fetcher)
    assert "self._records = collections.OrderedDict()" in fetcher
    assert "self._wait_consume_future" in fetcher


def test_records_come_as_they_stand_with_the_offset_after_them() -> None:
    """Two producer batches; what lies below the position asked for is left out."""
    raw = producer_batch(10, 3) + producer_batch(13, 2)
    records, position = _records_of(MemoryRecords(raw), 11)
    assert [(record.offset, record.value) for record in records] == [
        (11, b"11"),
        (12, b"12"),
        (13, b"13"),
        (14, b"14"),
    ]
    assert (records[0].key, records[0].timestamp, list(records[0].headers)) == (b"k", 1_001, [])
    assert position == 15


def test_a_corrupt_producer_batch_is_raised() -> None:
    """It is fetched again; nothing of it is folded."""
    raw = bytearray(producer_batch(0, 3))
    raw[-1] ^= 0xFF
    with pytest.raises(CorruptRecordException):
        _records_of(MemoryRecords(bytes(raw)), 0)


class Assignment:
    """An assignment with one partition at a position."""

    def __init__(self, position: int) -> None:
        self.active, self.position, self.paused = True, position, False

    def state_value(self, _place: TopicPartition) -> Any:
        """Return the partition's state."""
        return self

    def consumed_to(self, position: int) -> None:
        """Move on."""
        self.position = position


def fetched(position: int, raw: bytes) -> FetchResult:
    """Return what a fetch from a position brought."""
    unread = PartitionRecords(
        PLACE, MemoryRecords(raw), [], position, None, None, check_crcs=True, isolation_level=1
    )
    return FetchResult(PLACE, assignment=Assignment(position), partition_records=unread, backoff=0)


def test_a_batch_says_what_was_asked_for_and_where_to_go_on() -> None:
    """Asked from 8, the first record is 10: the hole is part of the batch."""
    batch = _batch_of(fetched(8, producer_batch(10, 3)), PLACE)
    assert batch is not None
    assert (batch.read_from, batch.next_position, len(batch.records)) == (8, 13, 3)


def test_a_fetch_that_a_seek_overtook_gives_no_batch() -> None:
    """Its records are not those that are wanted now."""
    overtaken = fetched(8, producer_batch(10, 3))
    overtaken._assignment.position = 0
    assert _batch_of(overtaken, PLACE) is None


class FetcherDouble:
    """The parts of aiokafka's fetcher that are used."""

    def __init__(self, records: dict[TopicPartition, Any]) -> None:
        self._records = records
        self._subscriptions = self
        self._wait_consume_future = None
        self._closed = False
        self.reassignment_in_progress = False
        self.waiters: list[asyncio.Future[None]] = []

    def is_assigned(self, place: TopicPartition) -> bool:
        """Say that one partition is assigned."""
        return place == PLACE

    def _notify(self, _future: Any) -> None:
        """Wake nobody."""

    def _create_fetch_waiter(self) -> asyncio.Future[None]:
        self.waiters.append(asyncio.get_running_loop().create_future())
        return self.waiters[-1]


async def test_draining_gives_one_batch_for_each_active_partition() -> None:
    """What was fetched of a partition that is held stays there, what is not assigned any more goes."""
    held = TopicPartition("calls", 9)
    double: Any = FetcherDouble(
        {PLACE: fetched(0, producer_batch(0, 3)), held: fetched(0, producer_batch(0, 1))}
    )
    batches = await drain_batches(double, {TP("calls", 0)}, 1.0)
    assert {place: len(batch.records) for place, batch in batches.items()} == {TP("calls", 0): 3}
    assert double._records == {}
    double._records = {PLACE: fetched(0, producer_batch(0, 3))}
    assert await drain_batches(double, {TP("calls", 5)}, 0.0) == {}
    assert list(double._records) == [PLACE]


async def test_a_round_ends_where_it_is_full() -> None:
    """Two partitions with much to read come in two rounds, with little in one."""
    other = TopicPartition("calls", 9)
    active = {TP("calls", 0), TP("calls", 9)}
    full = producer_batch(0, FULL_ROUND_RECORDS)
    double: Any = FetcherDouble({PLACE: fetched(0, full), other: fetched(0, full)})
    assert list(await drain_batches(double, active, 1.0)) == [TP("calls", 0)]
    assert list(await drain_batches(double, active, 1.0)) == [TP("calls", 9)]
    double._records = {PLACE: fetched(0, producer_batch(0, 3)), other: fetched(0, full)}
    assert set(await drain_batches(double, active, 1.0)) == active


async def test_draining_waits_for_a_fetch_no_longer_than_it_may() -> None:
    """And takes what came meanwhile."""
    double: Any = FetcherDouble({})
    assert await drain_batches(double, {TP("calls", 0)}, 0.01) == {}
    waiting = asyncio.ensure_future(drain_batches(double, {TP("calls", 0)}, 5.0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    double._records[PLACE] = fetched(0, producer_batch(0, 2))
    double.waiters[-1].set_result(None)
    assert len((await waiting)[TP("calls", 0)].records) == 2


async def test_closing_a_consumer_survives_that_its_own_fetch_was_cancelled() -> None:
    """Aiokafka raises CancelledError then; taken for a real one it would end the caller's task."""

    class Client:
        is_closed = False

        async def close(self) -> None:
            self.is_closed = True

    class Broken:
        def __init__(self) -> None:
            self._client = Client()

        async def stop(self) -> None:
            raise asyncio.CancelledError

    broken: Any = Broken()
    await close_consumer(broken)
    assert broken._client.is_closed
