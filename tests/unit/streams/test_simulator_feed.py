"""The simulator as a producer: history at once, then in real time, and an end when asked."""

import time
from collections.abc import Callable

import pytest
from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError

from aggregators.events import TOPICS
from streams.embedded_broker import API_VERSION, EmbeddedBroker
from streams.log_reading import partitions_of, whole
from streams.simulation.centre import simulate
from streams.simulation.plan import HOUR, SimulationPlan
from streams.simulator_feed import SimulatorFeed

START = 1_772_445_600_000


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so, at most twenty seconds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_past_is_sent_at_once_and_the_future_waits() -> None:
    """With the clock standing still an hour after the start, exactly that hour arrives."""
    plan = SimulationPlan(seed=1, start=START, duration=None, rate=200)
    past = list(simulate(SimulationPlan(seed=1, start=START, duration=HOUR + 1, rate=200)))
    with EmbeddedBroker() as broker:
        options = {"bootstrap_servers": broker.bootstrap, "api_version": API_VERSION}
        feed = SimulatorFeed(plan, options, topic_name=str, now=lambda: START + HOUR)
        feed.start()
        wait_for(lambda: feed.sent == len(past))
        feed.stop()
        assert not feed.is_running
        assert feed.error is None
        assert feed.sent == len(past)
        consumer = KafkaConsumer(**options, enable_auto_commit=False)
        values = {
            record.value
            for topic in TOPICS
            for partition in partitions_of(consumer, topic)
            for record in whole(consumer, partition)
        }
        consumer.close()
    assert values == {event.value for event in past}


def test_what_goes_wrong_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a broker the thread ends and says why."""
    # A real refusal would leave sockets of the library to be collected in the middle of another test.
    failure = KafkaTimeoutError("no broker")

    def refuse(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("streams.simulator_feed.BulkProducer", refuse)
    plan = SimulationPlan(seed=1, start=START, duration=1)
    feed = SimulatorFeed(plan, {}, topic_name=str, now=lambda: START)
    feed.start()
    feed.stop()
    assert feed.error is failure
