"""What source and changelog may look like on a real broker: transactions, deleted heads, lost batches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, RecordsToDelete
from faust.types import TP

from streams.changelog import ChangelogHeader, StateMismatch
from streams.changelog_log import HeadDeleted, HeadDeletion, KafkaChangelogLog
from streams.connection import KafkaConnection
from streams.processor import Processor
from streams.sending import Outgoing
from testbed.counting_core import counting_engine
from testbed.counting_processor import processor_settings
from testbed.kafka import KafkaBroker


@asynccontextmanager
async def transactional_producer(bootstrap: str, name: str) -> AsyncIterator[Any]:
    """Give a producer of transactions."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=name)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def delete_before(bootstrap: str, topic: str, offsets: dict[int, int]) -> None:
    """Delete the heads of a topic's partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_records(
            {TopicPartition(topic, number): RecordsToDelete(offset) for number, offset in offsets.items()}
        )
    finally:
        await admin.close()


def new_processor(broker: KafkaBroker, topic: str) -> Processor:
    """Return a processor with the counting core."""
    return Processor(processor_settings(broker.bootstrap, topic, topic), engine=counting_engine())


async def test_transactions_leave_holes_and_aborted_ones_do_not_count(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Markers take offsets, also at the very end; the lag still becomes 0 and nothing is sought back."""
    async with transactional_producer(kafka_broker.bootstrap, source_topic) as producer:
        for start, is_aborted in ((0, False), (1_000, True), (50, False)):
            await producer.begin_transaction()
            for number in range(start, start + 50):
                key, value = tools.event_value(number)
                await producer.send(source_topic, value, key=key)
            await (producer.abort_transaction() if is_aborted else producer.commit_transaction())
    processor = new_processor(kafka_broker, source_topic)
    async with tools.running(processor):
        await tools.until(lambda: tools.is_drained(processor), what="the drain")
        assert tools.ids_of(processor) == tools.expected_ids(100)
        assert processor.statistics.hole_records >= 50
        assert processor.statistics.gaps_sought == 0


async def test_a_head_deleted_before_it_was_read_is_passed_over(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Also where nothing at all is left in a partition."""
    send, bootstrap = tools.send, kafka_broker.bootstrap
    await send(bootstrap, source_topic, map(tools.event_value, range(1_000)))
    await delete_before(bootstrap, source_topic, dict.fromkeys(range(tools.partitions), -1))
    await send(bootstrap, source_topic, [tools.event_value(1_000)])
    processor = new_processor(kafka_broker, source_topic)
    async with tools.running(processor):
        await tools.until(lambda: tools.is_drained(processor), what="the drain")
        assert list(tools.ids_of(processor)) == ["e1000"]
        assert processor.statistics.hole_records == 1_000


async def test_a_batch_that_was_lost_on_the_way_is_read_again(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """The consumer is moved ahead behind the processor's back; the state is right nevertheless."""
    send, bootstrap = tools.send, kafka_broker.bootstrap
    await send(bootstrap, source_topic, map(tools.event_value, range(1_000)))
    processor = new_processor(kafka_broker, source_topic)
    async with tools.running(processor):
        await tools.until(lambda: tools.is_drained(processor), what="the first drain")
        ends = {status.partition: status.applied for status in processor.partitions}
        assert processor._worker is not None
        for number in range(tools.partitions):
            processor._worker._app.hold(TP(source_topic, number))
        await send(bootstrap, source_topic, map(tools.event_value, range(1_000, 2_000)))
        for number in range(tools.partitions):
            await processor._worker._app.seek_to(TP(source_topic, number), (ends[number] or 0) + 100)
        # Before the first fetch from there a partition does not know yet that it has a lag.
        noticed = processor.statistics
        await tools.until(lambda: noticed.gaps_sought >= tools.partitions, what="the notice of the gaps")
        await tools.until(lambda: tools.is_drained(processor), what="the second drain")
        assert tools.ids_of(processor) == tools.expected_ids(2_000)


@pytest.mark.slow
async def test_snapshot_cycles_delete_the_head_and_a_successor_has_everything(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """The changelog does not grow for ever."""
    processor = new_processor(kafka_broker, source_topic)
    changelog = [TP(f"{source_topic}-calls-changelog", number) for number in range(tools.partitions)]
    async with tools.running(processor):
        sent = 0
        for _ in range(6):
            values = map(tools.event_value, range(sent, sent + 400))
            await tools.send(kafka_broker.bootstrap, source_topic, values)
            sent += 400
            await tools.until(lambda: tools.is_drained(processor), what="a checkpoint")
        assert processor._worker is not None
        consumer: Any = processor._worker._app.consumer
        firsts = await consumer.earliest_offsets(*changelog)
        assert min(firsts.values()) > 1
    successor = new_processor(kafka_broker, source_topic)
    async with tools.running(successor):
        await tools.until(lambda: tools.is_drained(successor), what="the recovery")
        assert tools.ids_of(successor) == tools.expected_ids(sent)


async def test_another_number_of_partitions_stops_with_what_to_do(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Keys lie elsewhere then; nothing is written."""
    kafka_broker.create_topic(f"{source_topic}-calls-changelog", partitions=tools.partitions + 1)
    with pytest.raises(StateMismatch, match="delete"):
        await new_processor(kafka_broker, source_topic).run()


async def test_a_source_that_grew_stops_with_what_to_do(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Its changelog has the former number of partitions; nothing is read or written."""
    await tools.send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(100)))
    processor = new_processor(kafka_broker, source_topic)
    async with tools.running(processor):
        await tools.until(lambda: tools.is_drained(processor), what="the drain")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_broker.bootstrap)
    await admin.start()
    try:
        await admin.create_partitions({source_topic: NewPartitions(tools.partitions + 1)})
    finally:
        await admin.close()
    with pytest.raises(StateMismatch, match=f"{tools.partitions}.*{tools.partitions + 1}|delete"):
        await new_processor(kafka_broker, source_topic).run()


async def test_missing_topics_are_waited_for(kafka_broker: KafkaBroker, fresh_name: str, tools: Any) -> None:
    """The reason names them; when they come the work begins."""
    processor = new_processor(kafka_broker, fresh_name)
    async with tools.running(processor):
        await tools.until(lambda: processor.statistics.app_failures > 0, what="the first attempt")
        assert "topics create" in (processor.trouble or "")
        kafka_broker.create_topic(fresh_name, partitions=tools.partitions)
        kafka_broker.create_topic(f"{fresh_name}-dead", partitions=1)
        await tools.until(lambda: tools.is_drained(processor), what="the start")
        await tools.until(lambda: processor.trouble is None, what="no more trouble")


class DirectSender:
    """Sends through a producer of its own."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def append(self, topic: str, records: list[Outgoing]) -> list[int]:
        """Send one after the other."""
        return [
            (
                await self._producer.send_and_wait(
                    topic, record.value, key=record.key, partition=record.partition, headers=record.headers
                )
            ).offset
            for record in records
        ]


@pytest.fixture
async def changelog_log(kafka_broker: KafkaBroker, fresh_name: str) -> AsyncIterator[Any]:
    """Give one partition of a changelog topic on the broker."""
    kafka_broker.create_topic(fresh_name, partitions=2)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_broker.bootstrap)
    await producer.start()
    connection = KafkaConnection((kafka_broker.bootstrap,))
    sender: Any = DirectSender(producer)
    try:
        yield KafkaChangelogLog(fresh_name, 1, connection, sender, HeadDeletion(connection))
    finally:
        await producer.stop()


def checkpoint(end: int) -> tuple[ChangelogHeader, bytes]:
    """Return one record of a changelog."""
    return ChangelogHeader("checkpoint", 0, 1, 4, "f", 0, end, 0, 1), b"%d" % end


async def read(log: KafkaChangelogLog, start: int, end: int) -> list[tuple[int, bytes]]:
    """Return offsets and values of a stretch."""
    return [(offset, value) async for offset, _, value in log.read(start, end)]


async def test_a_changelog_is_read_as_it_was_written(changelog_log: KafkaChangelogLog) -> None:
    """From the start, a stretch, and from the first record that is left."""
    assert await changelog_log.append([checkpoint(10), checkpoint(20), checkpoint(30)]) == [0, 1, 2]
    everything = [(0, b"10"), (1, b"20"), (2, b"30")]
    assert await read(changelog_log, 0, 3) == everything
    assert await read(changelog_log, 1, 2) == everything[1:2]
    await changelog_log.delete_before(2)
    assert await read(changelog_log, 0, 3) == everything[2:]
    with pytest.raises(HeadDeleted):
        await read(changelog_log, 1, 3)
