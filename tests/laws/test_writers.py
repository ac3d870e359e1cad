"""Two writers of one changelog, interleaved at random, each ending at random: what recovery accepts is right.

The real `ChangelogPartition` writes and reads; only the log is a list in memory, which may lose the last
chunk of a checkpoint when its writer ends. Chunks are made small, so that a checkpoint has several.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregators import checkpoint
from aggregators.configuration import Configuration
from aggregators.events import Event
from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration
from streams.changelog import ChangelogHeader
from streams.changelog_log import ChangelogRecord, HeadDeleted
from streams.changelog_partition import ChangelogPartition, Fenced
from streams.statistics import PipelineStatistics
from tests.laws.logs import as_events, engine, everything_of, examples, same, short_memory, topic_of
from tests.laws.strategies import CONFIGURATIONS, Act, acts, long_logs, written

SMALL_CHUNK = 1


class Stamp:
    """What both writers state."""

    fingerprint = "same"
    partitions = 1


class MemoryLog:
    """A changelog partition in memory, the same one for every writer."""

    def __init__(self) -> None:
        self.records: list[ChangelogRecord] = []
        self.first = 0
        self.is_torn = False

    async def append(self, records: Sequence[tuple[ChangelogHeader, bytes]]) -> list[int]:
        """Append records; a torn append loses the last one and fails."""
        kept = records[:-1] if self.is_torn else records
        start = self.first + len(self.records)
        offsets = list(range(start, start + len(kept)))
        self.records += [(offset, *record) for offset, record in zip(offsets, kept, strict=True)]
        if self.is_torn:
            raise ConnectionError
        return offsets

    async def read(self, start: int, end: int) -> AsyncIterator[ChangelogRecord]:
        """Yield a stretch; from the first record that is there where `start` is 0."""
        if 0 < start < self.first:
            raise HeadDeleted
        for record in [record for record in self.records if start <= record[0] < end]:
            yield record

    async def delete_before(self, offset: int) -> None:
        """Delete the head."""
        self.records = [record for record in self.records if record[0] >= offset]
        self.first = self.records[0][0] if self.records else offset


class Writer:
    """A worker that believes the partition is its own, until it finds out that it is not."""

    def __init__(self, log: MemoryLog, events: list[Event], configuration: Configuration) -> None:
        self.events = events
        self.configuration = configuration
        self.log = log
        self.ledger: PartitionLedger | None = None
        self.changelog = ChangelogPartition(log, Stamp(), PipelineStatistics())
        self.durable = 0

    async def act(self, act: Act) -> None:
        """Do one thing; a writer without a ledger first takes the partition."""
        if act.kind == "restart" or self.ledger is None:
            await self.take()
        elif act.kind == "fold":
            start = self.ledger.position
            batch = self.events[start : start + act.size]
            self.ledger.fold(batch, start + len(batch))
        else:
            await self.write(act)

    async def take(self) -> PartitionLedger:
        """Fence the others off and restore what is durable."""
        self.changelog = ChangelogPartition(self.log, Stamp(), PipelineStatistics())
        await self.changelog.fence()
        restoration = Restoration(topic_of(self.events), self.configuration)
        position = await self.changelog.restore(restoration)
        for _ in restoration.steps():
            pass
        self.ledger = restoration.ledger
        assert self.ledger.position == (position or 0)
        self.durable = self.ledger.position
        return self.ledger

    async def write(self, act: Act) -> None:
        """Write a checkpoint; whoever cannot gives the partition up."""
        assert self.ledger is not None
        draft = self.ledger.draft_checkpoint(act.size)
        self.log.is_torn = act.kind == "torn"
        try:
            await self.changelog.write(draft)
            self.durable = draft.to_position
        except (Fenced, ConnectionError):
            self.ledger = None
        finally:
            self.log.is_torn = False
            await asyncio.sleep(0)


async def lives(plan: list[Act], events: list[Event], configuration: Configuration) -> None:
    """Let two writers act in turn, then let a third one take over."""
    log = MemoryLog()
    writers = [Writer(log, events, configuration), Writer(log, events, configuration)]
    promised = 0
    for act in plan:
        writer = writers[act.writer]
        before = writer.durable
        await writer.act(act)
        if writer.durable > before:
            promised = max(promised, writer.durable)
    recovered = await Writer(log, events, configuration).take()
    assert recovered.position >= promised, "a checkpoint that was reported durable is gone"
    undisturbed = PartitionLedger(topic_of(events), configuration)
    undisturbed.fold(events[: recovered.position], recovered.position)
    same(everything_of(recovered), everything_of(undisturbed))


@example(
    log=written(*((number, "call.offered", f"call-{number}", {"queue": "a"}) for number in range(9))),
    configuration={},
    plan=[
        Act("restart", 1, 0),
        Act("fold", 5, 0),
        Act("restart", 1, 1),
        Act("fold", 3, 1),
        Act("checkpoint", 2, 1),
        Act("checkpoint", 2, 0),  # the one that was replaced wakes up
    ],
)
@examples(120)
@given(log=long_logs(cases=3), configuration=st.sampled_from(CONFIGURATIONS), plan=acts(writers=2, most=40))
def test_two_interleaved_writers_leave_one_right_state(
    log: list[dict[str, Any]], configuration: dict[str, Any], plan: list[Act]
) -> None:
    """Whatever a replaced writer goes on writing, what is restored is right for its position."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "CHUNK_BYTES", SMALL_CHUNK)
        asyncio.run(lives(plan, as_events(log), short_memory(engine(configuration))))
