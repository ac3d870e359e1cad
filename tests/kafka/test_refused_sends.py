"""A record that the broker finally refuses costs itself, not what is sent to the same partition later."""

import asyncio
from typing import Any

from streams.bulk_producer import BulkProducer
from streams.processor import Processor
from streams.wire_names import changelog_topic
from testbed.counting_core import counting_engine
from testbed.counting_processor import processor_settings
from testbed.kafka import KafkaBroker

LARGE = 2_000


async def test_a_letter_that_is_too_large_does_not_stop_those_after_it(
    kafka_broker: KafkaBroker, fresh_name: str, tools: Any
) -> None:
    """An idempotent producer numbers what it sends: what is refused must leave no hole in the numbers."""
    bootstrap = kafka_broker.bootstrap
    kafka_broker.create_topic(fresh_name, partitions=1)
    kafka_broker.create_topic(f"{fresh_name}-dead", partitions=1, settings={"max.message.bytes": str(LARGE)})
    processor = Processor(processor_settings(bootstrap, fresh_name, fresh_name), engine=counting_engine())
    async with tools.running(processor):
        for value in (b"small", b"x" * LARGE, b"small", b"y" * LARGE, b"small"):
            await tools.send(bootstrap, fresh_name, [(b"key", value)])
        await tools.send(bootstrap, fresh_name, [tools.event_value(0)])
        await tools.until(lambda: tools.is_drained(processor, partitions=1), what="a durable end", seconds=20)
        assert processor.statistics.dead_letters["calls", "invalid_json"] == 5
        assert processor.statistics.partition_failures == 0


async def test_a_record_that_is_nothing_at_all_is_refused_like_any_other(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Neither key nor value: some producers can send that, and nothing that arrives stops the processor."""
    bootstrap = kafka_broker.bootstrap

    def send_nothing() -> None:
        with BulkProducer({"bootstrap_servers": [bootstrap]}, progress=lambda _: None) as producer:
            producer.send(source_topic, None, None)
            assert producer.flush().failed == 0

    processor = Processor(processor_settings(bootstrap, source_topic, source_topic), engine=counting_engine())
    async with tools.running(processor):
        await asyncio.to_thread(send_nothing)
        await tools.send(bootstrap, source_topic, map(tools.event_value, range(100)))
        await tools.until(lambda: tools.is_drained(processor), what="a durable end", seconds=20)
        assert processor.statistics.dead_letters["calls", "empty"] == 1
        assert processor.statistics.partition_failures == 0


async def test_a_checkpoint_that_was_refused_is_written_once_it_is_taken(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """The changelog takes nothing for a while; afterwards the partitions go on with every event."""
    bootstrap = kafka_broker.bootstrap
    processor = Processor(processor_settings(bootstrap, source_topic, source_topic), engine=counting_engine())
    changelog = changelog_topic(source_topic, "calls")
    async with tools.running(processor):
        await tools.send(bootstrap, source_topic, map(tools.event_value, range(1_000)))
        await tools.until(lambda: tools.is_drained(processor), what="the first checkpoint")
        kafka_broker.limit_records(changelog, 100)
        await tools.send(bootstrap, source_topic, map(tools.event_value, range(1_000, 2_000)))
        await tools.until(lambda: processor.statistics.partition_failures >= 4, what="refusals")
        kafka_broker.limit_records(changelog, 1_048_588)
        await tools.until(lambda: tools.is_drained(processor), what="a durable end", seconds=20)
        assert tools.ids_of(processor) == tools.expected_ids(2_000)
