"""One partition of the topic of SLA events on a real broker: append, ask for the end, read the tail.

Guarantee: a stretch is read up to its end or an error is raised; what retention has deleted meanwhile is
passed over. Records go to the partition of their case, whatever a producer's partitioner would say.

Cost: asking takes about 2 ms; reading opens a consumer of its own, about 20 ms.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka import TopicPartition

from streams.changelog_log import partition_reader
from streams.connection import KafkaConnection
from streams.sending import Outgoing, Sender
from streams.source_bounds import SourceBounds

POLL_MILLISECONDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class KafkaAnnouncementLog:
    """One partition of the topic; implements `streams.announcing.AnnouncementLog`."""

    topic: str
    partition: int
    connection: KafkaConnection
    sender: Sender
    bounds: SourceBounds

    async def append(self, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        """Append records; see `AnnouncementLog`."""
        outgoing = [Outgoing(value, [], key=key, partition=self.partition) for key, value in records]
        return await self.sender.append(self.topic, outgoing)

    async def end(self) -> int:
        """Return the offset of the next record; see `AnnouncementLog`."""
        return (await self.bounds.of(self.topic, self.partition))[1]

    async def read(self, start: int, end: int) -> AsyncGenerator[bytes | None, None]:
        """Yield the values of a stretch; see `AnnouncementLog`."""
        place = TopicPartition(self.topic, self.partition)
        async with partition_reader(self.connection, place) as consumer:
            position = max(start, (await consumer.beginning_offsets([place]))[place])
            consumer.seek(place, position)
            while position < end:
                fetched = await consumer.getmany(place, timeout_ms=POLL_MILLISECONDS)
                for record in fetched.get(place, ()):
                    if record.offset >= end:
                        return
                    yield record.value
                position = await consumer.position(place)
