"""Reading a stretch of a topic at chosen offsets, without a consumer group.

Guarantee: every record that is still there between two offsets comes once, in order within its partition;
holes left by compaction, transactions or deletion are passed over, and a partition without records ends at
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from streams.errors import SupportPulseError

_POLL_MILLISECONDS: Final = 500
_MAX_SILENCE: Final = 20


class LogStalled(SupportPulseError):
    """The brokers gave no record for ten seconds although there are some. Look at the brokers."""


def partitions_of(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """Return a topic's partitions in order, an empty list when it does not exist."""
    return [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]


def newest(consumer: KafkaConsumer, partition: TopicPartition, count: int) -> Iterator[Any]:
    """Yield at most the newest `count` records of a partition, oldest first."""
    begin = consumer.beginning_offsets([partition])[partition]
    end = consumer.end_offsets([partition])[partition]
    return between(consumer, partition, max(begin, end - count), end)


def whole(consumer: KafkaConsumer, partition: TopicPartition) -> Iterator[Any]:
    """Yield every record a partition holds now, oldest first."""
    begin = consumer.beginning_offsets([partition])[partition]
    end = consumer.end_offsets([partition])[partition]
    return between(consumer, partition, begin, end)


def between(consumer: KafkaConsumer, partition: TopicPartition, begin: int, end: int) -> Iterator[Any]:
    """Yield the records at offsets from `begin` up to, not including, `end`.

    Raises:
        LogStalled: nothing comes although `end` is not reached.
    """
    if begin >= end:
        return
    consumer.assign([partition])
    consumer.seek(partition, begin)
    silence = 0
    while consumer.position(partition) < end:
        records = consumer.poll(_POLL_MILLISECONDS).get(partition, ())
        silence = 0 if records else silence + 1
        if silence > _MAX_SILENCE:
            raise LogStalled(f"{partition.topic}/{partition.partition} gives nothing below offset {end}")
        for record in records:
            if record.offset >= end:
                return
            yield record
