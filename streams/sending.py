"""The one way records leave the processor: appended to a partition, awaited until the brokers have them.

Guarantee: `append` returns only when every record is acknowledged by all in-sync replicas, with their
offsets; a failure is one exception, whatever the client library called it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol, cast

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust.exceptions import FaustError
from faust.types import AppT
from msgspec import Struct

from streams.faust_private import BatchProducer

LARGEST_REQUEST_BYTES: Final = 16 * 1024 * 1024
"""What the client itself refuses; the broker's own limit, usually 1 MiB, comes first."""


class Outgoing(Struct, frozen=True):
    """One record to send; `partition` None lets the key decide."""

    value: bytes | None
    headers: list[tuple[str, bytes]]
    key: bytes | None = None
    partition: int | None = None


class SendFailed(Exception):
    """Kafka finally did not take a record. Look at the brokers; the partition is taken anew by itself."""

    def __init__(self, topic: str, error: BaseException) -> None:
        super().__init__(f"{topic}: {error!r}")
        self.is_too_large = isinstance(error, MessageSizeTooLargeError)


class Sender(Protocol):
    """What sends records; a fake of it stands in tests."""

    async def append(self, topic: str, records: Sequence[Outgoing]) -> list[int]:
        """Send records in order and return their offsets once all are acknowledged.

        Raises:
            SendFailed: one of them finally was not.
        """


class FaustSender:
    """Sends through the producer of a Faust app."""

    def __init__(self, app: AppT) -> None:
        self._app = app

    async def append(self, topic: str, records: Sequence[Outgoing]) -> list[int]:
        """Send records in order; see `Sender`."""
        producer = await self._app.maybe_start_producer()
        try:
            waiting = [
                await producer.send(topic, record.key, record.value, record.partition, None, record.headers)
                for record in records
            ]
            sent = await asyncio.gather(*waiting)
        except (KafkaError, FaustError) as error:
            cast(BatchProducer, producer).number_anew()
            raise SendFailed(topic, error.__cause__ or error) from error
        return [metadata.offset for metadata in sent]
