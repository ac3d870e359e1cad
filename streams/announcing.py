"""Announcements of one partition on their way into its topic.

Guarantee: what is written was durable before, in a checkpoint of a writer that nobody had replaced; the next
one announces nothing before all of it is acknowledged. So a writer that ends or is replaced at any moment
leaves nothing but records that its successor may write once more: the same ids, the same bytes. The successor
reads the tail of the topic first, from where everything is known to be there, and sends what is missing; so
a repetition needs a record that was still on its way then. It shows as a gap in the offsets, and is counted.

    checkpoint (3 announcements) → durable → sent: offsets 70, 71 │ killed
    restored: 3 to be sent; tail from 70: the first two are there → the third is sent: offset 72
    offset 75 after it: 73 and 74 came from somebody who slept: 2 repeated

A topic that cannot be written to keeps announcements waiting, never the numbers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final, Protocol

from aiokafka.errors import KafkaError

from aggregators.announcer import Announcement
from streams.changelog_partition import ChangelogPartition
from streams.sending import SendFailed
from streams.sla_events import event_id, id_in, record_of
from streams.statistics import PipelineStatistics

logger = logging.getLogger(__name__)

SEND_SECONDS: Final = 10.0
"""After that they wait for the next checkpoint: a topic without a leader must not hold up the state."""

_TROUBLES: Final = (SendFailed, KafkaError, OSError, TimeoutError)


class AnnouncementLog(Protocol):
    """One partition of the topic; a list in memory stands in for it in tests."""

    async def append(self, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        """Append (key, value) and return the offsets once they are acknowledged. Raises SendFailed."""

    async def end(self) -> int:
        """Return the offset of the next record to be written. Raises KafkaError."""

    def read(self, start: int, end: int) -> AsyncGenerator[bytes | None, None]:
        """Yield the values of the records of [start, end) that are still there. Raises KafkaError."""


class Announcing:
    """The writer's side of one partition of the topic."""

    def __init__(
        self,
        log: AnnouncementLog,
        source: str,
        *,
        label: str,
        changelog: ChangelogPartition,
        statistics: PipelineStatistics,
    ) -> None:
        """Prepare; source: of the CloudEvents; label: the partition for people."""
        self._log = log
        self._source = source
        self._label = label
        self._changelog = changelog
        self._statistics = statistics
        self._is_in_trouble = False
        self._next: int | None = None
        """Where the topic ends, as far as this writer knows."""

    def begin(self) -> None:
        """Forget where the topic ends: the partition was taken anew, or something on its way is unknown."""
        self._next = None

    async def settle(self, unsent: list[Announcement]) -> bool:
        """Bring into the topic what is decided and not known to be there, and empty the list.

        Returns whether that is done, so that more may be decided; else it is tried with the next checkpoint.
        """
        if self._next is None or unsent:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    there = await self._read_tail({event_id(each) for each in unsent})
                    await self._append([each for each in unsent if event_id(each) not in there])
            except _TROUBLES as error:
                self._note_trouble(unsent, error)
                return False
            self._note_sent(unsent)
        return True

    async def send(self, unsent: list[Announcement]) -> None:
        """Send what a durable checkpoint has decided, and empty the list; what fails waits in it."""
        if self._next is None or not unsent:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._append(unsent)
        except _TROUBLES as error:
            self._note_trouble(unsent, error)
        else:
            self._note_sent(unsent)

    async def _read_tail(self, wanted: set[str]) -> set[str]:
        """Return which of the wanted ids stand behind the place that the checkpoint states.

        Nothing else of its partition's owners is there but what stands before it, too.
        """
        since, end = self._changelog.announced_to, await self._log.end()
        there: set[str] = set()
        repeated = 0
        if not wanted:
            repeated = max(0, end - since) if since else 0
        elif since < end:
            async with aclosing(self._log.read(since, end)) as values:
                async for value in values:
                    identity = id_in(value)
                    if identity in wanted and identity not in there:
                        there.add(identity)
                    else:
                        repeated += identity is not None
        self._statistics.sla_events_repeated += repeated
        self._next = end
        return there

    async def _append(self, announcements: Sequence[Announcement]) -> None:
        if not announcements:
            return
        offsets = await self._log.append([record_of(each, self._source) for each in announcements])
        for offset in offsets:
            if self._next is not None and offset > self._next:
                # Nobody else writes here but a writer that was replaced, and what it writes was said before.
                self._statistics.sla_events_repeated += offset - self._next
            self._next = offset + 1
        for each in announcements:
            self._statistics.sla_events[each.said.cycle.sla, each.said.word] += 1

    def _note_sent(self, unsent: list[Announcement]) -> None:
        unsent.clear()
        # The next checkpoint states it: whoever reads that one looks for its announcements from here on.
        self._changelog.announced_to = self._next or 0
        self._statistics.sla_events_waiting.pop(self._label, None)
        if self._is_in_trouble:
            self._is_in_trouble = False
            logger.info("%s: announcements are written again", self._label)

    def _note_trouble(self, unsent: Sequence[Announcement], error: BaseException) -> None:
        self.begin()
        self._statistics.sla_events_waiting[self._label] = len(unsent)
        if not self._is_in_trouble:
            self._is_in_trouble = True
            logger.warning("%s: %d announcements wait: %r", self._label, len(unsent), error)
