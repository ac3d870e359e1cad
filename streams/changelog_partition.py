"""One writer of one changelog partition: fence, restore, write checkpoints, delete what they replace.

Guarantee: between its fence and its last checkpoint nobody else's fence stands, or `Fenced` is raised before
the caller takes anything for durable. It follows from the offsets: a writer that is alone gets consecutive
ones, so a gap in them is another writer, and only then is the gap read.

    fence → 7, checkpoint (2 chunks) → 8, 9, next checkpoint → 12: who wrote 10 and 11? A fence: give up. Else
    go on.

Deleting the head is safe for the same reason: a snapshot cycle whose records stand without a foreign fence
before its end is valid for every later reader, whatever else is written behind it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Literal, Protocol

from msgspec.structs import replace

from aggregators.checkpoint import CheckpointDraft
from aggregators.restoration import Restoration
from aggregators.state_versions import as_present, is_readable
from streams.changelog import ChangelogHeader, ChangelogReading, StateMismatch
from streams.changelog_log import ChangelogLog, HeadDeleted
from streams.statistics import PipelineStatistics
from streams.wire_names import STATE_VERSION

logger = logging.getLogger(__name__)


class Fenced(Exception):
    """Another worker took the partition: what was written since does not count. It is taken anew."""


class Stamp(Protocol):
    """What every record of a changelog says about its writer."""

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the configuration."""

    @property
    def partitions(self) -> int:
        """Number of partitions of the source topic."""


class ChangelogPartition:
    """The writer's side of one changelog partition."""

    def __init__(self, log: ChangelogLog, stamp: Stamp, statistics: PipelineStatistics) -> None:
        self._log = log
        self._stamp = stamp
        self._statistics = statistics
        self._epoch = -1
        self._fingerprint = stamp.fingerprint
        self._next_offset = -1
        self._cycle_starts: dict[int, int] = {}
        self._deletion: asyncio.Task[None] | None = None
        self.announced_to = 0
        """Offset in the topic of SLA events that every checkpoint states, see `streams.announcing`."""

    @property
    def epoch(self) -> int:
        """Offset of this writer's fence; −1 before the first."""
        return self._epoch

    async def fence(self) -> bool:
        """Write a fence; from then on records of earlier writers do not count.

        Returns:
            Whether nobody else wrote since this writer's own last record, so that a state kept in memory
            still holds.

        Raises:
            SendFailed: the fence is not durable.
        """
        (offset,) = await self._log.append([(self._header("fence"), b"")])
        is_undisturbed = offset == self._next_offset
        self._statistics.fences += 1
        self._epoch, self._next_offset = offset, offset + 1
        return is_undisturbed

    async def restore(self, restoration: Restoration) -> int | None:
        """Feed a restoration with every valid checkpoint up to the fence.

        Returns:
            The source offset that the state stands for; None where there is no state yet.

        Raises:
            StateMismatch: written by an incompatible program or for another number of partitions.
            ChangelogDamaged: the chain of checkpoints has a hole.
            HeadDeleted: the head was deleted while it was read: take a new restoration and try again.
        """
        self._cycle_starts.clear()  # a restored ledger counts its cycles anew
        reading = ChangelogReading()
        async for offset, header, value in self._log.read(0, self._epoch + 1):
            checkpoint = reading.feed(offset, header, value)
            if checkpoint is None:
                continue
            self._check(checkpoint.header)
            self._note_configuration(checkpoint.header.fingerprint)
            chunks = as_present(checkpoint.chunks, checkpoint.header.state_version)
            restoration.add(chunks, checkpoint.header.to_position)
            self.announced_to = checkpoint.header.announced_to
            self._statistics.restored_checkpoints += 1
            await asyncio.sleep(0)
        reading.finish()
        self._statistics.stale_records += reading.stale_records
        self._statistics.torn_checkpoints += reading.torn_checkpoints
        return reading.position

    async def write(self, draft: CheckpointDraft) -> None:
        """Write a checkpoint and wait until it is durable; then delete what a finished cycle replaces.

        Raises:
            SendFailed: it is not durable, or not known to be; the partition has to be taken anew.
            Fenced: another worker took the partition meanwhile.
        """
        header = self._header("checkpoint", draft)
        records = [(replace(header, chunk=number), value) for number, value in enumerate(draft.chunks)]
        offsets = await self._log.append(records)
        if header.epoch != self._epoch:
            raise Fenced(f"fence {self._epoch} of this very worker follows fence {header.epoch}")
        for offset in offsets:
            if offset != self._next_offset:
                await self._look_for_fence(self._next_offset, offset)
            self._next_offset = offset + 1
        self._statistics.checkpoints += 1
        self._statistics.checkpoint_bytes += sum(map(len, draft.chunks))
        self._note_cycle(draft.cycle, offsets[0])

    async def close(self) -> None:
        """Let go of a deletion on its way; a later cycle deletes the same and more."""
        if self._deletion is not None:
            self._deletion.cancel()
            await asyncio.gather(self._deletion, return_exceptions=True)
            self._deletion = None

    def _header(
        self, kind: Literal["fence", "checkpoint"], draft: CheckpointDraft | None = None
    ) -> ChangelogHeader:
        return ChangelogHeader(
            kind=kind,
            epoch=0 if draft is None else self._epoch,
            state_version=STATE_VERSION,
            partitions=self._stamp.partitions,
            fingerprint=self._stamp.fingerprint,
            from_position=0 if draft is None else draft.from_position,
            to_position=0 if draft is None else draft.to_position,
            chunks=0 if draft is None else len(draft.chunks),
            announced_to=0 if draft is None else self.announced_to,
        )

    def _check(self, header: ChangelogHeader) -> None:
        if not is_readable(header.state_version):
            raise StateMismatch(
                f"the changelog holds state version {header.state_version}, this program writes "
                f"{STATE_VERSION} and cannot read that one; run the version that wrote it, or delete the "
                "changelog to start over"
            )
        if header.partitions != self._stamp.partitions:
            raise StateMismatch(
                f"the changelog was written for {header.partitions} partitions, the source now has "
                f"{self._stamp.partitions}: delete the changelog to read the source anew"
            )

    def _stranger(self, header: ChangelogHeader) -> str:
        """Say of a foreign fence that its writer runs under another configuration, where it does."""
        if header.fingerprint == self._stamp.fingerprint:
            return ""
        return (
            f"; its worker has configuration {header.fingerprint}, this one {self._stamp.fingerprint}: give "
            "all workers of the group the same configuration"
        )

    def _note_configuration(self, fingerprint: str) -> None:
        """Say once for every change that what was written under another configuration is derived anew."""
        if fingerprint != self._fingerprint:
            self._fingerprint = fingerprint
            if fingerprint != self._stamp.fingerprint:
                logger.info(
                    "state written under configuration %s is derived anew under %s",
                    fingerprint,
                    self._stamp.fingerprint,
                )

    async def _look_for_fence(self, start: int, end: int) -> None:
        try:
            async for offset, header, _ in self._log.read(start, end):
                if header.kind == "fence":
                    self._statistics.fenced_writers += 1
                    raise Fenced(f"fence {offset} follows fence {self._epoch}{self._stranger(header)}")
        except HeadDeleted as error:
            # Only a writer with a newer fence deletes what stands behind ours.
            self._statistics.fenced_writers += 1
            raise Fenced(str(error)) from error

    def _note_cycle(self, cycle: int, offset: int) -> None:
        if cycle in self._cycle_starts:
            return
        self._cycle_starts[cycle] = offset
        previous = self._cycle_starts.get(cycle - 1)
        if previous is None:
            return
        for finished in [number for number in self._cycle_starts if number < cycle]:
            del self._cycle_starts[finished]
        if previous > 0 and (self._deletion is None or self._deletion.done()):
            self._deletion = asyncio.create_task(self._log.delete_before(previous))
