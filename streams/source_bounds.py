"""Where the source partitions begin and end, asked over a connection of its own.

Guarantee: an answer is as new as the question; nothing waits for the consumer that folds, which sits in a
long poll for up to a third of a second. With 48 partitions that alone made a restart 16 s long.

Cost: one connection per worker, opened with the first question; a question takes about 2 ms.
"""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.aiokafka_private import close_consumer
from streams.connection import KafkaConnection


class SourceBounds:
    """Asks for first and end offsets; for one event loop."""

    def __init__(self, connection: KafkaConnection) -> None:
        self._connection = connection
        self._consumer: AIOKafkaConsumer | None = None
        self._opening = asyncio.Lock()

    async def of(self, topic: str, partition: int) -> tuple[int, int]:
        """Return the first offset and the end offset of a partition.

        Raises KafkaError when the brokers do not answer.
        """
        place = TopicPartition(topic, partition)
        consumer = await self._opened()
        first = await consumer.beginning_offsets([place])
        end = await consumer.end_offsets([place])
        return first[place], end[place]

    async def close(self) -> None:
        """Let go of the connection."""
        async with self._opening:
            consumer, self._consumer = self._consumer, None
            if consumer is not None:
                await close_consumer(consumer)

    async def _opened(self) -> AIOKafkaConsumer:
        async with self._opening:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(**self._connection.client_options(), enable_auto_commit=False)
                try:
                    await consumer.start()
                except BaseException:
                    await close_consumer(consumer)
                    raise
                self._consumer = consumer
            return self._consumer
