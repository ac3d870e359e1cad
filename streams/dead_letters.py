"""Refused records: sent unchanged to the dead-letter topic, with headers that say why and where from.

Guarantee: key, value and headers of the source record arrive byte for byte, followed by the headers `reason`,
`detail`, `source-topic`, `source-partition`, `source-offset`; the source position becomes durable only after
all letters before it are acknowledged (`settle`). A record that the brokers refuse for its size is sent
without value and with the header `value-omitted`, because nothing that arrives may stop the processor; it
stays in the source topic.

Worked: a tombstone at calls/3/17 arrives with value null, `reason: empty`, `source-offset: 17`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from aggregators.events import Topic
from streams.sending import Outgoing, Sender, SendFailed
from streams.statistics import PipelineStatistics
from streams.transport import Record
from streams.wire_names import (
    DETAIL_HEADER,
    REASON_HEADER,
    SOURCE_OFFSET_HEADER,
    SOURCE_PARTITION_HEADER,
    SOURCE_TOPIC_HEADER,
    VALUE_OMITTED_HEADER,
)

MOST_IN_FLIGHT: Final = 1_000


class DeadLetter(Struct, frozen=True):
    """One refused record of a source partition, with the reason (a label) and the detail (for people)."""

    record: Record
    topic: str
    partition: int
    reason: str
    detail: str


class DeadLetters:
    """The letters of one partition that are on their way."""

    def __init__(self, sender: Sender, topic_name: str, topic: Topic, statistics: PipelineStatistics) -> None:
        self._sender = sender
        self._topic_name = topic_name
        self._topic = topic
        self._statistics = statistics
        self._in_flight: list[asyncio.Task[None]] = []

    @property
    def is_full(self) -> bool:
        """Whether so many are on their way that the fold has to wait for them."""
        return len(self._in_flight) >= MOST_IN_FLIGHT

    def post(self, letters: Sequence[DeadLetter]) -> None:
        """Send letters without waiting for them."""
        if letters:
            self._in_flight.append(asyncio.create_task(self._send(letters)))

    async def settle(self) -> None:
        """Wait until every letter posted so far is acknowledged, also those posted meanwhile.

        Raises:
            SendFailed: one finally was not; the source position may then not become durable.
        """
        while self._in_flight:
            waiting, self._in_flight = self._in_flight, []
            await asyncio.gather(*waiting)

    async def abandon(self) -> None:
        """Forget the letters on their way: their records will be read again."""
        waiting, self._in_flight = self._in_flight, []
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _send(self, letters: Sequence[DeadLetter]) -> None:
        try:
            await self._sender.append(self._topic_name, [_outgoing(letter) for letter in letters])
        except SendFailed:
            for letter in letters:  # one by one, to find the one that is too large
                await self._send_one(letter)
        for letter in letters:
            self._statistics.dead_letters[self._topic, letter.reason] += 1

    async def _send_one(self, letter: DeadLetter) -> None:
        try:
            await self._sender.append(self._topic_name, [_outgoing(letter)])
        except SendFailed as failure:
            if not failure.is_too_large:
                raise
            await self._sender.append(self._topic_name, [_without_record(letter)])


def _outgoing(letter: DeadLetter) -> Outgoing:
    record = letter.record
    if record.key is None and record.value is None:
        return _without_record(letter)
    return Outgoing(record.value, [*record.headers, *_headers(letter)], key=record.key)


def _without_record(letter: DeadLetter) -> Outgoing:
    # An empty value, not an absent one: the client refuses what has neither key nor value.
    size = len(letter.record.value or b"")
    return Outgoing(b"", [*_headers(letter), (VALUE_OMITTED_HEADER, str(size).encode())])


def _headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    record = letter.record
    return [
        (REASON_HEADER, letter.reason.encode()),
        (DETAIL_HEADER, letter.detail.encode()),
        (SOURCE_TOPIC_HEADER, letter.topic.encode()),
        (SOURCE_PARTITION_HEADER, str(letter.partition).encode()),
        (SOURCE_OFFSET_HEADER, str(record.offset).encode()),
    ]
