"""The processor drains a real broker exactly, keeps what it refused, and goes on where it stopped."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.processor import Processor
from testbed.counting_core import counting_engine
from testbed.counting_processor import processor_settings
from testbed.kafka import KafkaBroker

EVENTS = 50_000


async def records_of(bootstrap: str, topic: str, number: int) -> list[Any]:
    """Return the first `number` records of a topic with one partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        return [await consumer.getone() for _ in range(number)]
    finally:
        await consumer.stop()


async def committed(bootstrap: str, group: str, topic: str, partitions: int) -> int:
    """Return the sum of a group's committed offsets."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        offsets = [await consumer.committed(TopicPartition(topic, number)) for number in range(partitions)]
        return sum(offset or 0 for offset in offsets)
    finally:
        await consumer.stop()


async def test_fifty_thousand_events_are_folded_once_each_and_again_after_a_restart(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """The state is right, durable and committed; a second process starts from it and folds nothing again."""
    settings = processor_settings(kafka_broker.bootstrap, source_topic, source_topic)
    await tools.send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(EVENTS)))
    first = Processor(settings, engine=counting_engine())
    async with tools.running(first):
        await tools.until(lambda: tools.is_drained(first), what="the drain")
        assert tools.ids_of(first) == tools.expected_ids(EVENTS)
        assert first.statistics.gaps_sought == first.statistics.partition_failures == 0
    assert await committed(kafka_broker.bootstrap, source_topic, source_topic, tools.partitions) == EVENTS

    second = Processor(settings, engine=counting_engine())
    async with tools.running(second):
        await tools.until(lambda: tools.is_drained(second), what="the recovery")
        assert tools.ids_of(second) == tools.expected_ids(EVENTS)
        assert second.statistics.batches == 0
        await tools.send(kafka_broker.bootstrap, source_topic, [tools.event_value(EVENTS)])
        await tools.until(lambda: tools.ids_of(second).total() > EVENTS, what="one more event")
    assert second.statistics.events["calls", "call.ended", "applied"] == 1


async def test_refused_records_arrive_unchanged_with_their_reason(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Nothing stops, the good events around count, and the position is durable past the refused ones."""
    key, value = tools.event_value(0)
    bad: list[tuple[bytes | None, bytes | None]] = [
        (b"k", b'{"broken'),
        (b"k", b"\xff\xfe"),
        (b"k", None),
        (b"k", b""),
        (b"other", value),
        (None, value),
        (key, value.replace(b"2026", b"9999")),
        (b"k", b"x" * 900_000),
    ]
    settings = processor_settings(kafka_broker.bootstrap, source_topic, source_topic)
    processor = Processor(settings, engine=counting_engine())
    async with tools.running(processor):
        await tools.send(kafka_broker.bootstrap, source_topic, [(key, value), *bad, tools.event_value(1)])
        await tools.until(lambda: processor.statistics.dead_letters.total() == len(bad), what="the letters")
        await tools.until(lambda: tools.is_drained(processor), what="durable positions")
        assert tools.ids_of(processor) == tools.expected_ids(2)
    letters = await records_of(kafka_broker.bootstrap, f"{source_topic}-dead", len(bad))
    assert sorted((letter.key or b"", letter.value or b"") for letter in letters) == sorted(
        (sent_key or b"", sent_value or b"") for sent_key, sent_value in bad
    )
    headers = [dict(letter.headers) for letter in letters]
    assert {header["reason"] for header in headers} >= {
        b"invalid_json",
        b"empty",
        b"key_mismatch",
        b"key_missing",
    }
    assert {header["source-topic"] for header in headers} == {source_topic.encode()}
    places = {(header["source-partition"], header["source-offset"]) for header in headers}
    assert len(places) == len(bad)
