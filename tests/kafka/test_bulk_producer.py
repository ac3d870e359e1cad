"""Contract of the producer of whole batches with the private parts of kafka-python, on a real broker."""

from collections import defaultdict
from typing import Any

import pytest
from kafka import KafkaConsumer
from kafka.partitioner.default import murmur2

from streams.bulk_producer import BulkProducer
from streams.log_reading import partitions_of, whole
from testbed.kafka import KafkaBroker

PARTITIONS = 4


def read(bootstrap: str, topic: str) -> dict[int, list[tuple[bytes, bytes]]]:
    """Return every record by partition."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    found = {
        partition.partition: [(record.key, record.value) for record in whole(consumer, partition)]
        for partition in partitions_of(consumer, topic)
    }
    consumer.close()
    return found


def send(bootstrap: str, topic: str, records: list[tuple[bytes, bytes]]) -> Any:
    """Send records and return what became of them."""
    with BulkProducer({"bootstrap_servers": bootstrap}) as producer:
        for key, value in records:
            producer.send(topic, key, value)
        return producer.flush()


def by_partition(records: list[tuple[bytes, bytes]]) -> dict[int, list[tuple[bytes, bytes]]]:
    """Return where records belong, in their order."""
    expected: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
    for key, value in records:
        expected[(murmur2(key) & 0x7FFFFFFF) % PARTITIONS].append((key, value))
    return expected


def test_many_batches_arrive_once_and_in_order(kafka_broker: KafkaBroker, fresh_name: str) -> None:
    """Forty megabytes, more than may wait in memory."""
    kafka_broker.create_topic(fresh_name, partitions=PARTITIONS)
    records = [(b"case-%d" % (number % 101), b"%d" % number + b"." * 1_000) for number in range(40_000)]
    delivery = send(kafka_broker.bootstrap, fresh_name, records)
    assert (delivery.acknowledged, delivery.failed) == (40_000, 0)
    assert read(kafka_broker.bootstrap, fresh_name) == by_partition(records)


def test_a_broker_with_a_low_limit_gets_the_records_one_by_one(
    kafka_broker: KafkaBroker, fresh_name: str
) -> None:
    """Whole batches are too large for it, and so is one record by itself."""
    kafka_broker.create_topic(fresh_name, partitions=PARTITIONS, settings={"max.message.bytes": "20000"})
    records = [(b"k%d" % number, b"%d" % number + b"." * 5_000) for number in range(100)]
    delivery = send(kafka_broker.bootstrap, fresh_name, [*records, (b"large", b"." * 30_000)])
    assert (delivery.acknowledged, delivery.failed) == (100, 1)
    assert len(delivery.errors) == 1
    found = read(kafka_broker.bootstrap, fresh_name)
    assert {key: sorted(values) for key, values in found.items()} == {
        key: sorted(values) for key, values in by_partition(records).items()
    }


@pytest.mark.parametrize("key", [b"", b"a", b"ab", b"abc", b"abcd", "Grüße".encode()])
def test_keys_go_where_java_puts_them(kafka_broker: KafkaBroker, fresh_name: str, key: bytes) -> None:
    """Of every length, the remainders of murmur2 included."""
    kafka_broker.create_topic(fresh_name, partitions=PARTITIONS)
    send(kafka_broker.bootstrap, fresh_name, [(key, b"v")])
    found = read(kafka_broker.bootstrap, fresh_name)
    assert {partition: records for partition, records in found.items() if records} == by_partition(
        [(key, b"v")]
    )
