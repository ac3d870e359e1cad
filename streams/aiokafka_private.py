"""What this program reads of aiokafka's private parts: the fetches that lie ready, whole and without copies.

Guarantee: what is handed over is exactly what the broker gave for the position asked for, and the position
moves with it; a fetch that a seek or a rebalance overtook is dropped. The contract (names and behaviour of
aiokafka 0.14.0) is held by tests/unit/streams/test_aiokafka_private.py.

Cost: 1.0 µs per record (aiokafka's own way, with a second object for each, takes 2.4).
"""
# ruff: noqa: ANN401, ASYNC109, SLF001  # reading private parts is what this module is for

from __future__ import annotations

import asyncio
from bisect import bisect_left
from operator import attrgetter
from time import monotonic
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.errors import CorruptRecordException
from aiokafka.producer.transaction_manager import NO_PRODUCER_EPOCH, NO_PRODUCER_ID, PidAndEpoch
from aiokafka.structs import TopicPartition
from aiokafka.util import create_future
from faust.transport.consumer import ensure_TP
from faust.types import TP

from streams.transport import FULL_ROUND_RECORDS, Batch

IDLE_SECONDS: Final = 0.05

_offset_of = attrgetter("offset")


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Close a consumer, also where a fetch on its way makes its own `stop` end as if cancelled."""
    try:
        await consumer.stop()
    except asyncio.CancelledError:
        await consumer._client.close()
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise


def forget_producer_id(producer: AIOKafkaProducer) -> None:
    """Let an idempotent producer ask for another id and number its batches from 0 before it sends the next.

    Its sender looks for an id right before it numbers batches, without giving way in between.
    """
    numbering = producer._txn_manager
    if numbering is not None and numbering.has_pid():
        numbering._pid_and_epoch = PidAndEpoch(NO_PRODUCER_ID, NO_PRODUCER_EPOCH)
        numbering._pid_waiter = create_future()
        numbering._sequence_numbers.clear()


async def drain_batches(fetcher: Fetcher, active: set[TP], timeout: float) -> dict[TP, Batch]:
    """Return what was fetched of the active partitions, one batch each; wait up to `timeout` seconds for any.

    A round ends with FULL_ROUND_RECORDS: what is made into objects now but folded after the others would have
    left the processor's cache. Who waits is first in the next round.

    Raises:
        KafkaError: what a fetch ended with, when there is nothing to return.
    """
    deadline = monotonic() + timeout
    while not fetcher._subscriptions.reassignment_in_progress:
        batches = _take_fetched(fetcher, active)
        remaining = deadline - monotonic()
        if batches or remaining <= 0:
            return batches
        waiter = fetcher._create_fetch_waiter()
        done, _ = await asyncio.wait([waiter], timeout=remaining)
        if not done or fetcher._closed:
            waiter.cancel()
            return {}
        waiter.result()
    await asyncio.sleep(IDLE_SECONDS)
    return {}


def _take_fetched(fetcher: Fetcher, active: set[TP]) -> dict[TP, Batch]:
    batches: dict[TP, Batch] = {}
    taken = 0
    for key in list(fetcher._records):
        if taken >= FULL_ROUND_RECORDS:
            break
        partition = ensure_TP(key)
        if partition not in active:
            if not fetcher._subscriptions.is_assigned(key):
                del fetcher._records[key]
            continue
        fetched = fetcher._records[key]
        if isinstance(fetched, FetchResult):
            _forget(fetcher, key)
            batch = _batch_of(fetched, key)
            if batch is not None:
                batches[partition] = batch
                taken += len(batch.records)
        elif not batches:  # an error waits until there is nothing else to hand over
            _forget(fetcher, key)
            fetched.check_raise()
    return batches


def _batch_of(fetched: FetchResult, key: TopicPartition) -> Batch | None:
    """Return everything a fetch brought as one batch, None where a seek or a rebalance overtook it."""
    if not fetched.check_assignment(key):
        return None
    state = fetched._assignment.state_value(key)
    read_from = state.position
    unread = fetched._partition_records
    if unread._aborted_transactions:
        records: list[Any] = fetched.getall()
    else:
        records, next_position = _records_of(unread._records, read_from)
        state.consumed_to(next_position)
    if state.position == read_from:
        return None
    return Batch(key.topic, key.partition, read_from, state.position, records)


def _records_of(unread: Any, position: int) -> tuple[list[Any], int]:
    """Return the records from `position` on as aiokafka's C code makes them, and the offset after them.

    aiokafka itself makes a second object of each (2.4 µs per record instead of 0.7).
    """
    records: list[Any] = []
    start = position
    while unread.has_next():
        producer_batch = unread.next_batch()
        if not producer_batch.validate_crc():
            raise CorruptRecordException
        if not producer_batch.is_control_batch:
            records.extend(producer_batch)
        position = producer_batch.next_offset
    # A compressed producer batch comes whole, also when it was asked for from its middle on.
    return records[bisect_left(records, start, key=_offset_of) :], position


def _forget(fetcher: Fetcher, key: TopicPartition) -> None:
    del fetcher._records[key]
    fetcher._notify(fetcher._wait_consume_future)
