"""Reading a stretch of a topic: exactly what lies between two offsets."""

from collections.abc import Iterator

import pytest
from kafka import KafkaConsumer, KafkaProducer

from streams.embedded_broker import API_VERSION, EmbeddedBroker
from streams.log_reading import between, newest, newest_of, partitions_of, whole


@pytest.fixture(scope="module")
def consumer() -> Iterator[KafkaConsumer]:
    """Give a consumer on a broker with ten records in partition 1 of `letters`."""
    with EmbeddedBroker() as broker:
        options = {"bootstrap_servers": broker.bootstrap, "api_version": API_VERSION}
        producer = KafkaProducer(**options)
        for number in range(10):
            producer.send("letters", value=b"%d" % number, partition=1)
        producer.flush(timeout=30)
        producer.close()
        consumer = KafkaConsumer(**options, enable_auto_commit=False)
        yield consumer
        consumer.close()


def test_a_topic_is_read_whole_in_part_or_at_its_end(consumer: KafkaConsumer) -> None:
    """In order, each record once, and an empty partition ends at once."""
    partitions = partitions_of(consumer, "letters")
    assert [partition.partition for partition in partitions] == [0, 1, 2, 3]
    one = partitions[1]
    assert [record.value for record in whole(consumer, one)] == [b"%d" % number for number in range(10)]
    assert [record.value for record in newest(consumer, one, 3)] == [b"7", b"8", b"9"]
    assert [record.offset for record in between(consumer, one, 2, 5)] == [2, 3, 4]
    assert list(whole(consumer, partitions[0])) == []
    assert len(list(newest(consumer, one, 100))) == 10


def test_the_newest_of_many_partitions_are_read_side_by_side(consumer: KafkaConsumer) -> None:
    """Empty partitions are there, too."""
    partitions = partitions_of(consumer, "letters")
    found = newest_of(consumer, partitions, 2)
    assert [[record.value for record in found[each]] for each in partitions] == [[], [b"8", b"9"], [], []]
    assert newest_of(consumer, [], 2) == {}
