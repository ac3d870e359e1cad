"""Dead letters as they are read: the refused record, why it was refused and where it came from.

Guarantee: the refused record's own key, value and headers are as they arrived; what the processor added is
apart. A record that somebody else put into the topic is shown with the reason "unknown" and is never sent
anywhere.

Worked: a record with the headers source-topic=support.calls, source-partition=3, source-offset=17 and
reason=empty is the letter whose origin is support.calls/3:17.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Struct

from streams.kafka_access import KafkaProblem
from streams.log_reading import partitions_of, whole
from streams.wire_names import (
    DETAIL_HEADER,
    REASON_HEADER,
    SOURCE_OFFSET_HEADER,
    SOURCE_PARTITION_HEADER,
    SOURCE_TOPIC_HEADER,
    VALUE_OMITTED_HEADER,
)

_OWN_HEADERS: Final = (
    REASON_HEADER,
    DETAIL_HEADER,
    SOURCE_TOPIC_HEADER,
    SOURCE_PARTITION_HEADER,
    SOURCE_OFFSET_HEADER,
)


class Letter(Struct, frozen=True):
    """One dead letter; `partition` and `offset` are its own place, `source_…` that of the refused record."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    source_headers: list[tuple[str, bytes]]
    added: dict[str, str]

    @property
    def place(self) -> str:
        """Where it lies, as the commands take it."""
        return f"{self.partition}:{self.offset}"

    @property
    def reason(self) -> str:
        """Why it was refused."""
        return self.added.get(REASON_HEADER, "unknown")

    @property
    def detail(self) -> str:
        """The same for people."""
        return self.added.get(DETAIL_HEADER, "")

    @property
    def topic(self) -> str:
        """The source topic."""
        return self.added.get(SOURCE_TOPIC_HEADER, "")

    @property
    def source_partition(self) -> int:
        """The partition of the source topic."""
        return int(self.added.get(SOURCE_PARTITION_HEADER, "-1"))

    @property
    def origin(self) -> str:
        """Where the refused record lies or lay."""
        return (
            f"{self.topic or 'unknown'}/{self.source_partition}:{self.added.get(SOURCE_OFFSET_HEADER, '?')}"
        )

    @property
    def is_whole(self) -> bool:
        """Whether there is a record to send back, and a place to send it to."""
        is_kept = VALUE_OMITTED_HEADER not in self.added and (self.key, self.value) != (None, None)
        return is_kept and bool(self.topic) and self.source_partition >= 0

    def summary(self) -> dict[str, Any]:
        """Return what a list shows."""
        return {
            "place": self.place,
            "origin": self.origin,
            "reason": self.reason,
            "detail": self.detail,
            "timestamp": self.timestamp,
        }

    def document(self) -> dict[str, Any]:
        """Return everything, bytes as text."""
        headers = {name: _text(value) for name, value in self.source_headers}
        return self.summary() | {"key": _text(self.key), "headers": headers, "value": _text(self.value)}


def letters_of(consumer: KafkaConsumer, topic: str) -> Iterator[Letter]:
    """Yield every dead letter there is now.

    Raises:
        KafkaProblem: there is no such topic.
    """
    partitions = partitions_of(consumer, topic)
    if not partitions:
        raise KafkaProblem(f"no topic {topic}: run `supportpulse topics create`")
    for partition in partitions:
        for record in whole(consumer, partition):
            yield letter_of(record)


def letter_of(record: ConsumerRecord) -> Letter:
    """Return the letter that a record of the dead-letter topic is."""
    headers = list(record.headers or ())
    # A refused record may itself have had such headers: what the processor added stands at the end.
    added: dict[str, str] = {}
    while headers and headers[-1][0] in {*_OWN_HEADERS, VALUE_OMITTED_HEADER} and headers[-1][0] not in added:
        name, value = headers.pop()
        added[name] = (value or b"").decode(errors="replace")
    return Letter(
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        source_headers=headers,
        added=added,
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")
