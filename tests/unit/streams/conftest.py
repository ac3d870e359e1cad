"""A changelog partition, a source and a sender in memory, so that the rare paths can be injected exactly."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from streams.changelog import ChangelogHeader
from streams.changelog_log import ChangelogRecord, HeadDeleted
from streams.sending import Outgoing, SendFailed


class MemoryLog:
    """One changelog partition; `failures` appends fail before anything is written."""

    def __init__(self) -> None:
        self.records: list[tuple[ChangelogHeader, bytes]] = []
        self.first = 0
        self.failures = 0
        self.reads: list[tuple[int, int]] = []
        self.before_append: Callable[[], None] = lambda: None

    async def append(self, records: Sequence[tuple[ChangelogHeader, bytes]]) -> list[int]:
        """Append records and return their offsets."""
        self.before_append()
        if self.failures:
            self.failures -= 1
            raise SendFailed("changelog", TimeoutError())
        offsets = []
        for record in records:
            self.records.append(record)
            offsets.append(len(self.records) - 1)
        return offsets

    async def read(self, start: int, end: int) -> AsyncIterator[ChangelogRecord]:
        """Yield a stretch of records."""
        self.reads.append((start, end))
        start = start or self.first
        if start < self.first:
            raise HeadDeleted
        for offset in range(start, end):
            yield (offset, *self.records[offset])

    async def delete_before(self, offset: int) -> None:
        """Delete the head."""
        self.first = max(self.first, offset)


class MemorySender:
    """Takes dead letters; `failures` appends fail."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.failures = 0
        self.error: BaseException = TimeoutError()

    async def append(self, topic: str, records: Sequence[Outgoing]) -> list[int]:
        """Take records."""
        if self.failures:
            self.failures -= 1
            raise SendFailed(topic, self.error)
        self.sent += records
        return list(range(len(records)))


class MemoryAnnouncements:
    """One partition of the topic of SLA events; `failures` appends fail, after `kept` records were taken."""

    def __init__(self) -> None:
        self.values: list[bytes | None] = []
        self.reads: list[tuple[int, int]] = []
        self.failures = 0
        self.kept = 0

    async def append(self, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        """Append records and return their offsets."""
        start = len(self.values)
        if self.failures:
            self.failures -= 1
            self.values += [value for _, value in records[: self.kept]]
            raise SendFailed("sla", TimeoutError())
        self.values += [value for _, value in records]
        return list(range(start, len(self.values)))

    async def end(self) -> int:
        """Return the next offset."""
        return len(self.values)

    async def read(self, start: int, end: int) -> AsyncGenerator[bytes | None, None]:
        """Yield the values of a stretch."""
        self.reads.append((start, end))
        for value in self.values[start:end]:
            yield value

    @property
    def words(self) -> list[str]:
        """Return what stands there: case, outcome and revision of each record."""
        events = [json.loads(value or b"{}") for value in self.values]
        return [
            f"{event['subject']} {event['data']['outcome']} {event['data']['revision']}" for event in events
        ]


@pytest.fixture
def memory_announcements() -> MemoryAnnouncements:
    """Give an empty partition of the topic of SLA events."""
    return MemoryAnnouncements()


@pytest.fixture
def memory_log() -> MemoryLog:
    """Give an empty changelog partition."""
    return MemoryLog()


@pytest.fixture
def memory_sender() -> MemorySender:
    """Give a sender that takes everything."""
    return MemorySender()


@pytest.fixture
def new_memory_log() -> Callable[[], Any]:
    """Give what makes an empty changelog partition."""
    return MemoryLog
