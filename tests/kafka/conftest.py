"""What the tests on a real broker share: filling a topic with events that can be counted, and waiting for a drain."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from streams.processor import Processor
from testbed.kafka import KafkaBroker

PARTITIONS = 4
DRAIN_SECONDS = 60.0


def event_value(number: int) -> tuple[bytes, bytes]:
    """Return key and value of event `number`; ten events make a case."""
    case = f"call-{number // 10}"
    event = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "/pbx",
        "type": "call.ended",
        "subject": case,
        "time": "2026-03-02T10:00:00Z",
    }
    return case.encode(), json.dumps(event).encode()


async def send(bootstrap: str, topic: str, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
    """Send records, partitioned by murmur2 of their key."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5, max_batch_size=100_000)
    await producer.start()
    try:
        for key, value in records:
            await producer.send(topic, value, key=key)
        await producer.flush()
    finally:
        await producer.stop()


async def until(claim: Callable[[], bool], *, what: str, seconds: float = DRAIN_SECONDS) -> None:
    """Poll a claim until it holds."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        await asyncio.sleep(0.05)


def ids_of(*processors: Processor) -> Counter[str]:
    """Return how often every event id was folded, over all partitions of all processors."""
    ledgers: list[Any] = [ledger for processor in processors for ledger in processor.ledgers.values()]
    return Counter(event for ledger in ledgers for event in ledger.ids)


def expected_ids(events: int) -> Counter[str]:
    """Return the ids of events 0 … events − 1, each once."""
    return Counter(f"e{number}" for number in range(events))


def is_drained(*processors: Processor, partitions: int = PARTITIONS) -> bool:
    """Say whether every partition is live in exactly one processor, has no lag and is durable."""
    statuses = [status for processor in processors for status in processor.partitions]
    return len(statuses) == partitions and all(
        status.lag_records == 0 and status.durable == status.applied for status in statuses
    )


@asynccontextmanager
async def running(processor: Processor) -> AsyncIterator[Processor]:
    """Run a processor while the context is open; its end must be clean."""
    task = asyncio.create_task(processor.run())
    try:
        yield processor
    finally:
        processor.stop()
        await asyncio.wait_for(task, 30)


@pytest.fixture
def source_topic(kafka_broker: KafkaBroker, fresh_name: str) -> str:
    """Give a fresh source topic with four partitions, beside it its dead-letter topic."""
    kafka_broker.create_topic(fresh_name, partitions=PARTITIONS)
    kafka_broker.create_topic(f"{fresh_name}-dead", partitions=1)
    return fresh_name


@pytest.fixture
def tools() -> Any:
    """Give the helpers of this file: importlib mode lets tests import no neighbours."""
    return Tools


class Tools:
    """The helpers of this file by name."""

    partitions = PARTITIONS
    event_value = staticmethod(event_value)
    send = staticmethod(send)
    until = staticmethod(until)
    ids_of = staticmethod(ids_of)
    expected_ids = staticmethod(expected_ids)
    is_drained = staticmethod(is_drained)
    running = staticmethod(running)
