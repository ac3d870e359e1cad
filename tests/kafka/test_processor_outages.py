"""Without a broker the processor stays up, says why in one line a minute, and goes on by itself."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from streams.processor import Processor
from testbed.counting_core import counting_engine
from testbed.counting_processor import processor_settings
from testbed.kafka import KafkaBroker
from testbed.requirements import require

TOPIC = "calls"


@pytest.fixture
def own_broker() -> Iterator[KafkaBroker]:
    """Give a broker that this test may stop, with a source topic and its dead-letter topic."""
    require("kafka")
    with KafkaBroker() as broker:
        broker.create_topic(TOPIC, partitions=4)
        broker.create_topic(f"{TOPIC}-dead", partitions=1)
        yield broker


@pytest.mark.slow
async def test_a_broker_that_is_not_there_at_the_start_is_waited_for(
    own_broker: KafkaBroker, tools: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It says what it waits for, with one line, and begins when the broker comes."""
    await tools.send(own_broker.bootstrap, TOPIC, map(tools.event_value, range(1_000)))
    own_broker.stop()
    processor = Processor(processor_settings(own_broker.bootstrap, TOPIC, TOPIC), engine=counting_engine())
    with caplog.at_level(logging.INFO):
        async with tools.running(processor):
            await tools.until(lambda: processor.statistics.app_failures >= 3, what="three attempts")
            assert processor.trouble
            assert processor.partitions == []
            assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
            own_broker.start()
            await tools.until(lambda: tools.is_drained(processor), what="the drain")
            assert tools.ids_of(processor) == tools.expected_ids(1_000)
            await tools.until(lambda: processor.trouble is None, what="no more trouble")


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_broker_lost_while_events_are_folded_costs_and_doubles_nothing(
    own_broker: KafkaBroker, tools: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Half of the events are folded when the broker goes; the rest follow when it is back."""
    await tools.send(own_broker.bootstrap, TOPIC, map(tools.event_value, range(20_000)))
    processor = Processor(
        processor_settings(own_broker.bootstrap, TOPIC, TOPIC), engine=counting_engine(0.0002)
    )
    with caplog.at_level(logging.INFO):
        async with tools.running(processor):
            await tools.until(lambda: tools.ids_of(processor).total() > 5_000, what="the first events")
            own_broker.kill()
            await tools.until(lambda: processor.trouble is not None, what="a stated reason")
            lost_at = time.monotonic()
            await tools.until(lambda: time.monotonic() - lost_at > 12, what="an outage of 12 s")
            own_broker.start()
            await tools.until(lambda: tools.is_drained(processor), what="the drain", seconds=90)
            await tools.send(own_broker.bootstrap, TOPIC, map(tools.event_value, range(20_000, 20_100)))
            await tools.until(
                lambda: tools.ids_of(processor).total() >= 20_100 and tools.is_drained(processor),
                what="the events after the outage",
            )
            assert tools.ids_of(processor) == tools.expected_ids(20_100)
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) <= 6


@pytest.mark.slow
async def test_it_can_be_stopped_while_no_broker_answers(own_broker: KafkaBroker, tools: Any) -> None:
    """A stop during an outage takes seconds, and nothing is lost by it."""
    await tools.send(own_broker.bootstrap, TOPIC, map(tools.event_value, range(20_000)))
    processor = Processor(
        processor_settings(own_broker.bootstrap, TOPIC, TOPIC), engine=counting_engine(0.0002)
    )
    async with tools.running(processor):
        await tools.until(lambda: tools.ids_of(processor).total() > 1_000, what="the first events")
        own_broker.stop()
        began = time.monotonic()
    assert time.monotonic() - began < 30
    own_broker.start()
    successor = Processor(processor_settings(own_broker.bootstrap, TOPIC, TOPIC), engine=counting_engine())
    async with tools.running(successor):
        await tools.until(lambda: tools.is_drained(successor), what="the drain")
        assert tools.ids_of(successor) == tools.expected_ids(20_000)
