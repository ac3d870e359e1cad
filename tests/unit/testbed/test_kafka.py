"""The test broker is a real one: records survive a stop and a kill, and the port stays."""

import contextlib
import itertools
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import TopicAlreadyExistsError

from testbed.kafka import KafkaBroker
from testbed.requirements import require

WAIT_MS = 20_000


def produce(broker: KafkaBroker, topic: str, values: list[bytes]) -> None:
    """Write values with their own text as key, acknowledged."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    with contextlib.closing(producer):
        for value in values:
            producer.send(topic, key=value, value=value)
        producer.flush(timeout=WAIT_MS / 1000)


def consume(broker: KafkaBroker, topic: str, count: int) -> list[bytes]:
    """Read the first records of a topic as a new consumer group; fewer when they do not come in time."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap,
        group_id=f"group-{uuid.uuid4().hex}",
        auto_offset_reset="earliest",
        consumer_timeout_ms=WAIT_MS,
    )
    with contextlib.closing(consumer):
        return sorted(record.value for record in itertools.islice(consumer, count))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """Give a broker of this file's own, because its tests stop it."""
    require("kafka")
    with KafkaBroker(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture
def topic(broker: KafkaBroker, fresh_name: str) -> str:
    """Give a topic of two partitions."""
    broker.create_topic(fresh_name, partitions=2, settings={"retention.ms": "-1"})
    return fresh_name


def test_a_consumer_group_reads_what_a_producer_wrote(broker: KafkaBroker, topic: str) -> None:
    """The round trip goes through the real protocol and a real group coordinator."""
    values = [b"%03d" % number for number in range(100)]
    produce(broker, topic, values)
    assert consume(broker, topic, 100) == values


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_records_survive_an_ending_and_the_address_stays(
    broker: KafkaBroker, topic: str, ending: str
) -> None:
    """After a clean stop as after a kill, the same address serves the same records."""
    produce(broker, topic, [b"before"])
    address = broker.bootstrap
    getattr(broker, ending)()
    assert not broker.is_running
    assert not broker.answers()
    broker.start()
    assert broker.bootstrap == address
    produce(broker, topic, [b"after"])
    assert consume(broker, topic, 2) == [b"after", b"before"]


def test_topics_are_not_created_by_accident(broker: KafkaBroker, topic: str, fresh_name: str) -> None:
    """A topic exists only after it was created, and only once."""
    with broker.admin() as admin:
        assert fresh_name == topic
        assert topic in admin.list_topics()
    with pytest.raises(TopicAlreadyExistsError):
        broker.create_topic(topic, partitions=1)
    with KafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        assert not consumer.partitions_for_topic(f"{topic}-absent")


def test_closing_a_temporary_broker_leaves_nothing_behind() -> None:
    """Without a directory of the caller's, the data go when the broker is closed (it need not have run)."""
    broker = KafkaBroker()
    assert broker.directory.is_dir()
    broker.close()
    assert not broker.directory.exists()
    assert not broker.is_running


def test_a_pause_stops_answers_and_keeps_the_process(broker: KafkaBroker) -> None:
    """A frozen broker lives and does not answer; after resuming it does."""
    broker.pause()
    assert broker.is_running
    assert not broker.answers()
    broker.resume()
    assert broker.answers()


def test_the_log_is_written_where_it_is_said_to_be(broker: KafkaBroker) -> None:
    """The broker's own words are in its log file."""
    assert isinstance(broker.log_file, Path)
    assert "started" in broker.log_file.read_text(encoding="utf-8").lower()
