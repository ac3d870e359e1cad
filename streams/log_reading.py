"""Reading a stretch of a topic at chosen offsets, without a consumer group.

Guarantee: every record that is still there between two offsets comes once, in order within its partition;
holes left by compaction, transactions or deletion are passed over, and a partition without records ends at
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def newest_of(
    consumer: KafkaConsumer, partitions: Sequence[TopicPartition], count: int
) -> dict[TopicPartition, list[Any]]:
    """Return at most the newest `count` records of each of many partitions, oldest first, read side by side.

    Raises:
        LogStalled: nothing comes although there is more.
    """
    found: dict[TopicPartition, list[Any]] = {each: [] for each in partitions}
    begins, ends = consumer.beginning_offsets(list(found)), consumer.end_offsets(list(found))
    left = {each for each in found if begins[each] < ends[each]}
    consumer.assign(sorted(left))
    for each in left:
        consumer.seek(each, max(begins[each], ends[each] - count))
    silence = 0
    while left:
        fetched = consumer.poll(_POLL_MILLISECONDS)
        silence = 0 if fetched else silence + 1
        if silence > _MAX_SILENCE:
            names = ", ".join(f"{each.topic}/{each.partition}" for each in sorted(left))
            raise LogStalled(f"{names} give nothing below their ends")
        for partition, records in fetched.items():
            found[partition] += [record for record in records if record.offset < ends[partition]]
        left = {each for each in left if consumer.position(each) < ends[each]}
        consumer.pause(*(each for each in consumer.assignment() if each not in left))
    return found


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
