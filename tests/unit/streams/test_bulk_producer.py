"""The producer of whole batches: everything arrives once, in order, where murmur2 of the key says."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from kafka import KafkaConsumer
from kafka.partitioner.default import murmur2

from streams.bulk_producer import BATCH_BYTES, BulkProducer, Delivery
from streams.embedded_broker import API_VERSION, PARTITIONS, EmbeddedBroker
from streams.log_reading import partitions_of, whole


@pytest.fixture(scope="module")
def options() -> Iterator[dict[str, object]]:
    """Give what clients need for an embedded broker."""
    with EmbeddedBroker() as broker:
        yield {"bootstrap_servers": broker.bootstrap, "api_version": API_VERSION}


def read(options: dict[str, object], topic: str) -> dict[int, list[tuple[bytes | None, bytes | None]]]:
    """Return every record of a topic by partition."""
    consumer = KafkaConsumer(**options, enable_auto_commit=False)
    found = {
        partition.partition: [(record.key, record.value) for record in whole(consumer, partition)]
        for partition in partitions_of(consumer, topic)
    }
    consumer.close()
    return found


def test_records_arrive_once_in_order_and_where_their_keys_say(
    options: dict[str, object], fresh_name: str
) -> None:
    """Many batches, among them a record larger than a batch."""
    expected: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
    progress: list[int] = []
    with BulkProducer(options, is_creating=True, progress=progress.append) as producer:
        for number in range(5_000):
            key = b"case-%d" % (number % 97)
            value = b"%d" % number + b"." * (BATCH_BYTES if number == 2_500 else 100)
            expected[(murmur2(key) & 0x7FFFFFFF) % PARTITIONS].append((key, value))
            producer.send(fresh_name, key, value)
        delivery = producer.flush()
    assert delivery == Delivery(acknowledged=5_000)
    assert sum(progress) == 5_000
    assert read(options, fresh_name) == expected


def test_a_pushed_record_leaves_without_waiting_for_more(options: dict[str, object], fresh_name: str) -> None:
    """What a paced replay does before it waits; later pushes count what was acknowledged meanwhile."""
    with BulkProducer(options, is_creating=True) as producer:
        producer.send(fresh_name, b"k", b"v")
        producer.push()
        found: list[tuple[bytes | None, bytes | None]] = []
        for _ in range(100):
            found = [record for records in read(options, fresh_name).values() for record in records]
            if found:
                break
        assert found == [(b"k", b"v")]
        assert producer.flush().acknowledged == 1


def test_records_without_key_take_turns(options: dict[str, object], fresh_name: str) -> None:
    """Broken lines are spread, and a missing value is null."""
    with BulkProducer(options, is_creating=True) as producer:
        for _ in range(8):
            producer.send(fresh_name, None, b"x")
        producer.send(fresh_name, b"k", None)
        producer.flush()
    found = read(options, fresh_name)
    assert all(records.count((None, b"x")) == 2 for records in found.values())
    assert [record for records in found.values() for record in records if record[0]] == [(b"k", None)]


def test_errors_are_counted_and_the_first_few_kept() -> None:
    """A thousand times the same error is said once."""
    delivery = Delivery()
    delivery.add(5, None)
    for number in range(1_000):
        delivery.add(2, ValueError(f"error\n{number % 10}"))
    assert (delivery.acknowledged, delivery.failed) == (5, 2_000)
    assert delivery.errors == ["error 0", "error 1", "error 2"]
