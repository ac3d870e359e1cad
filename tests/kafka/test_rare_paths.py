"""What chaos hardly reaches, injected on a real broker: torn and late checkpoints, compaction, a sleeper."""

import asyncio
import signal
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.changelog import ChangelogHeader, encode_headers
from streams.processor import Processor
from streams.wire_names import STATE_VERSION
from testbed.counting_core import counting_engine
from testbed.counting_processor import processor_settings
from testbed.kafka import KafkaBroker
from testbed.worker_pipe import WorkerPipe


def new_processor(broker: KafkaBroker, topic: str) -> Processor:
    """Return a processor with the counting core."""
    return Processor(processor_settings(broker.bootstrap, topic, topic), engine=counting_engine())


async def append(bootstrap: str, topic: str, partition: int, headers: list[ChangelogHeader]) -> list[int]:
    """Append records with such headers to a changelog, as another worker would; return their offsets."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        return [
            (
                await producer.send_and_wait(
                    topic,
                    b'[[["call-0","wrong"]],{}]',
                    key=b"k",
                    partition=partition,
                    headers=encode_headers(header),
                )
            ).offset
            for header in headers
        ]
    finally:
        await producer.stop()


async def test_torn_and_late_checkpoints_in_the_log_do_not_count(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """A fence and half a checkpoint by one that died, then a whole one with other cuts by one that slept."""
    await tools.send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(2_000)))
    first = new_processor(kafka_broker, source_topic)
    async with tools.running(first):
        await tools.until(lambda: tools.is_drained(first), what="the drain")
        applied = {status.partition: status.applied or 0 for status in first.partitions}
    for partition, end in applied.items():
        same = {"state_version": STATE_VERSION, "partitions": tools.partitions, "fingerprint": "plain"}
        place = (kafka_broker.bootstrap, f"{source_topic}-calls-changelog", partition)
        (fence,) = await append(*place, [ChangelogHeader("fence", 0, **same)])
        half = ChangelogHeader("checkpoint", fence, **same, from_position=end, to_position=end + 9, chunks=2)
        late = ChangelogHeader("checkpoint", 0, **same, from_position=end - 7, to_position=end + 5, chunks=1)
        await append(*place, [half, late])
    second = new_processor(kafka_broker, source_topic)
    async with tools.running(second):
        await tools.until(lambda: tools.is_drained(second), what="the recovery")
        assert tools.ids_of(second) == tools.expected_ids(2_000)
        assert second.statistics.torn_checkpoints == tools.partitions
        assert second.statistics.stale_records == tools.partitions


async def offsets_of(bootstrap: str, topic: str) -> list[int]:
    """Return the offsets of the records that are left in partition 0."""
    place = TopicPartition(topic, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        consumer.seek(place, 0)
        found: list[int] = []
        while not found or found[-1] < end - 1:
            fetched = await consumer.getmany(place, timeout_ms=500)
            found += [record.offset for record in fetched.get(place, ())]
        return found
    finally:
        await consumer.stop()


@pytest.mark.slow
async def test_holes_of_compaction_are_passed_over(
    kafka_broker: KafkaBroker, fresh_name: str, tools: Any
) -> None:
    """A source that somebody set to compaction keeps the last record of a key: what is left counts once."""
    settings = {
        "cleanup.policy": "compact",
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.01",
        "max.compaction.lag.ms": "100",
    }
    kafka_broker.create_topic(fresh_name, partitions=1, settings=settings)
    kafka_broker.create_topic(f"{fresh_name}-dead", partitions=1)
    sent = 0
    for _ in range(3):  # the segment that is written to is never compacted
        await tools.send(kafka_broker.bootstrap, fresh_name, map(tools.event_value, range(sent, sent + 100)))
        sent += 100
        await asyncio.sleep(0.2)  # older than segment.ms by the records' own timestamps
    left: list[int] = []
    for _ in range(100):
        left = await offsets_of(kafka_broker.bootstrap, fresh_name)
        if len(left) <= sent - 90:
            break
        await asyncio.sleep(0.5)
    assert len(left) <= sent - 90
    processor = new_processor(kafka_broker, fresh_name)
    async with tools.running(processor):
        await tools.until(lambda: tools.is_drained(processor, partitions=1), what="the drain")
        counted = tools.ids_of(processor)
        assert set(counted.values()) == {1}
        assert {f"e{number}" for number in range(sent - 1, sent)} <= set(counted)
        assert processor.statistics.hole_records == sent - len(counted) > 0
        assert processor.statistics.gaps_sought == 0


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_worker_that_slept_while_its_partitions_went_elsewhere_does_no_harm(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Stopped amid work for longer than the session timeout, without static membership, then woken."""
    bootstrap, events = kafka_broker.bootstrap, 40_000
    await tools.send(bootstrap, source_topic, map(tools.event_value, range(events)))
    with WorkerPipe(bootstrap, source_topic, instance=None) as sleeper:
        await asyncio.to_thread(sleeper.wait_for_records, 8_000)
        sleeper.signal(signal.SIGSTOP)
        owner = new_processor(kafka_broker, source_topic)
        async with tools.running(owner):
            await tools.until(lambda: tools.is_drained(owner), what="the drain by the new owner")
            assert tools.ids_of(owner) == tools.expected_ids(events)
            sleeper.signal(signal.SIGCONT)
            more = map(tools.event_value, range(events, events + 2_000))
            await tools.until(lambda: len(owner.partitions) < tools.partitions, what="the sleeper's return")
            await tools.send(bootstrap, source_topic, more)
            sleeper.kill()
            await tools.until(lambda: tools.is_drained(owner), what="the drain after its end")
            assert tools.ids_of(owner) == tools.expected_ids(events + 2_000)
