"""Killed at random moments, joined and left by others: nothing is lost and nothing counts twice."""

import random
from typing import Any

import pytest

from streams.processor import Processor
from testbed.counting_core import counting_engine
from testbed.counting_processor import processor_settings
from testbed.kafka import KafkaBroker
from testbed.worker_pipe import WorkerPipe

EVENTS = 50_000
FIRST_LIFE = 16_000
"""Records: 4.8 s, long enough for two checkpoints."""
LONG_LIFE = 8_000
"""Records: 2.4 s; all lives together leave events to drain afterwards."""
SHORT_LIVES = 4


@pytest.mark.slow
async def test_kills_while_it_drains_lose_and_double_nothing(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Five times kill -9 after a random number of records, then a drain to the end."""
    await tools.send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(EVENTS)))
    chooser = random.Random()
    for records in [FIRST_LIFE, *(chooser.randint(1, LONG_LIFE) for _ in range(SHORT_LIVES))]:
        with WorkerPipe(kafka_broker.bootstrap, source_topic) as worker:
            worker.wait_for_records(records)
    settings = processor_settings(kafka_broker.bootstrap, source_topic, source_topic, instance="one")
    processor = Processor(settings, engine=counting_engine())
    async with tools.running(processor):
        await tools.until(lambda: tools.is_drained(processor), what="the drain after the kills")
        assert tools.ids_of(processor) == tools.expected_ids(EVENTS)
        assert processor.statistics.restored_checkpoints > 0


@pytest.mark.slow
async def test_a_termination_signal_ends_it_cleanly_with_a_last_checkpoint(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Exit code 0, and what was folded is not folded again."""
    await tools.send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(5_000)))
    with WorkerPipe(kafka_broker.bootstrap, source_topic) as worker:
        folded = worker.wait_for_records(1_000)
        assert worker.stop() == 0
    settings = processor_settings(kafka_broker.bootstrap, source_topic, source_topic, instance="one")
    processor = Processor(settings, engine=counting_engine())
    async with tools.running(processor):
        await tools.until(lambda: tools.is_drained(processor), what="the drain")
        assert tools.ids_of(processor) == tools.expected_ids(5_000)
        assert processor.statistics.events.total() <= 5_000 - folded


@pytest.mark.slow
async def test_a_second_worker_joins_and_leaves_while_events_come(
    kafka_broker: KafkaBroker, source_topic: str, tools: Any
) -> None:
    """Each partition is with one of them; after the second left the first has everything."""
    settings = processor_settings(kafka_broker.bootstrap, source_topic, source_topic)
    send = tools.send
    await send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(20_000)))
    first = Processor(settings, engine=counting_engine(0.0001))
    second = Processor(settings, engine=counting_engine(0.0001))
    async with tools.running(first):
        await tools.until(lambda: tools.ids_of(first).total() > 0, what="the first batch")
        async with tools.running(second):
            await tools.until(lambda: len(second.partitions) == 2, what="the second worker's share")
            await send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(20_000, 30_000)))
            await tools.until(lambda: tools.is_drained(first, second), what="the drain by both")
            assert tools.ids_of(first, second) == tools.expected_ids(30_000)
        await send(kafka_broker.bootstrap, source_topic, map(tools.event_value, range(30_000, 31_000)))
        await tools.until(lambda: tools.is_drained(first), what="the drain by the first alone")
        assert tools.ids_of(first) == tools.expected_ids(31_000)
