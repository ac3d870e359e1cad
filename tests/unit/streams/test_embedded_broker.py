"""The embedded broker serves ordinary clients inside one process and leaves nothing behind."""

import asyncio
import socket

import pytest
from aiokafka import AIOKafkaConsumer
from kafka import KafkaProducer

from streams.embedded_broker import API_VERSION, PARTITIONS, EmbeddedBroker

COUNT = 200


async def consume(bootstrap: str, topic: str) -> dict[bytes, tuple[int, bytes]]:
    """Read COUNT records as a consumer group: key → partition and value."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id="readers", auto_offset_reset="earliest"
    )
    await consumer.start()
    read: dict[bytes, tuple[int, bytes]] = {}
    try:
        async with asyncio.timeout(30):
            while len(read) < COUNT:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    read |= {record.key: (record.partition, record.value) for record in records}
    finally:
        await consumer.stop()
    return read


def test_records_go_round_through_a_consumer_group(fresh_name: str) -> None:
    """What kafka-python sends, a group of aiokafka reads, spread over the four partitions."""
    with EmbeddedBroker() as broker:
        producer = KafkaProducer(bootstrap_servers=broker.bootstrap, api_version=API_VERSION)
        sent = {
            key: producer.send(fresh_name, key=key, value=b"value of " + key)
            for key in (b"case-%d" % number for number in range(COUNT))
        }
        producer.flush(timeout=30)
        expected = {key: (future.get().partition, b"value of " + key) for key, future in sent.items()}
        producer.close()
        assert asyncio.run(consume(broker.bootstrap, fresh_name)) == expected
        assert {partition for partition, _ in expected.values()} == set(range(PARTITIONS))


def test_the_broker_ends_with_its_context() -> None:
    """Afterwards nobody listens on its port, and its address is not given out any more."""
    with EmbeddedBroker() as broker:
        host, port = broker.bootstrap.rsplit(":", 1)
        socket.create_connection((host, int(port)), timeout=5).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=5)
    with pytest.raises(AssertionError, match="not running"):
        _ = broker.bootstrap


def test_two_brokers_share_nothing() -> None:
    """Each has its own port, so that tests can run side by side."""
    with EmbeddedBroker() as first, EmbeddedBroker() as second:
        assert first.bootstrap != second.bootstrap
