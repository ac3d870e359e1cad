"""What the tests on a real broker share: events that can be counted, and waiting for a drain."""

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from streams.processor import Processor
from testbed.kafka import KafkaBroker
from testbed.support_site import SupportSite
from testbed.worker_process import WorkerProcess

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


@pytest.fixture(scope="session")
def january_file(shared_folder: Path) -> Path:
    """Give a month of a real bank's call centre, 114,442 events sorted by time."""
    return shared_folder / "data" / "bank-calls-1999-jan.ndjson.gz"


@pytest.fixture(scope="module")
def drained_january(
    kafka_broker: KafkaBroker, january_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WorkerProcess]:
    """Give a worker that drained January, replayed at full speed into 8 partitions; nobody may end it.

    One for each file: an idle worker costs a twentieth of a core, and draining the month some seconds.
    """
    name = f"january-{uuid.uuid4().hex[:8]}"
    site = SupportSite(kafka_broker.bootstrap, name, tmp_path_factory.mktemp("january"), partitions=8)
    site.create_topics()
    with WorkerProcess(site) as worker:
        site.replay(january_file)
        worker.wait_until_caught_up()
        records = sum(site.end_offsets().values())
        worker.wait_for(lambda: events_counted(worker) == records, what="a page of /metrics with everything")
        yield worker


def events_counted(worker: WorkerProcess) -> float:
    """Return the events that its page counts; it is rendered once a second, the live view more often."""
    return sum(value for (name, _), value in worker.series().items() if name == "support_events_total")
