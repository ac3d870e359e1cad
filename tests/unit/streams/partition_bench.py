"""A partition with everything around it in memory, for tests/unit/streams/test_partition.py."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

from aiokafka.structs import ConsumerRecord
from msgspec.structs import replace

from aggregators.configuration import AnnouncingTerms
from aggregators.ledger import PartitionLedger
from streams.announcing import Announcing
from streams.changelog_partition import ChangelogPartition
from streams.dead_letters import DeadLetters
from streams.engine import Engine
from streams.partition import SourcePartition
from streams.partition_context import Outlets, PartitionContext
from streams.settings import configuration_from_mapping
from streams.statistics import Folded, PartitionState, PipelineStatistics
from streams.transport import Batch
from testbed.counting_core import counting_engine, plain_configuration

ANNOUNCING = replace(
    configuration_from_mapping({"sla": {"resolution": {"normal": "1h"}}}).engine(),
    announcing=AnnouncingTerms(at_risk=900_000, patience=0),
)


def record(offset: int, value: bytes | None = None) -> Any:
    """Return the record of event `offset`."""
    event = {
        "specversion": "1.0",
        "id": f"e{offset}",
        "source": "/pbx",
        "type": "call.ended",
        "subject": "c",
        "time": "2026-03-02T10:00:00Z",
    }
    return ConsumerRecord(
        "calls", 0, offset, 1772445600000, 0, b"c", json.dumps(event).encode() if value is None else value,
        None, 1, 1, (),
    )  # fmt: skip


def batch(start: int, end: int, *, read_from: int | None = None, without: Iterable[int] = ()) -> Batch:
    """Return the batch of the records [start, end), as one fetch from `read_from` gives it."""
    records = [record(offset) for offset in range(start, end) if offset not in without]
    return Batch("calls", 0, start if read_from is None else read_from, end, records)


class Source:
    """The consumer's side of one partition."""

    def __init__(self) -> None:
        self.oldest, self.end = 0, 1_000
        self.seeks: list[int] = []
        self.heard_of: tuple[int, float] | None = None
        self.is_held = True

    async def seek(self, offset: int) -> None:
        """Note where to read from."""
        self.seeks.append(offset)
        self.is_held = False

    def hold(self) -> None:
        """Stop reading."""
        self.is_held = True

    async def bounds(self) -> tuple[int, int]:
        """Return what the source still has."""
        return self.oldest, self.end

    def heard(self) -> tuple[int, float] | None:
        """Return where the end is, as far as a test has said so."""
        return self.heard_of


class Bench:
    """A partition and what stands around it."""

    def __init__(self, log: Any, sender: Any, announcements: Any = None) -> None:
        """Put it together; announcements: their topic, where it is one of tickets that announces."""
        self.source, self.log, self.sender, self.announcements = Source(), log, sender, announcements
        self.now = 0.0
        self.statistics = PipelineStatistics()
        self.folded: list[Folded] = []
        self.context = PartitionContext(
            topic="calls" if announcements is None else "tickets",
            source="calls" if announcements is None else "tickets",
            partitions=1,
            configuration=plain_configuration() if announcements is None else ANNOUNCING,
            engine=counting_engine() if announcements is None else Engine.standard(),
            clock=lambda: self.now,
            statistics=self.statistics,
            state_lock=asyncio.Lock(),
            ledgers={},
            on_folded=self.folded.append,
        )
        self.partition = self.new_partition()

    def new_partition(self) -> SourcePartition:
        """Return the partition as another worker would have it."""
        changelog = ChangelogPartition(self.log, self.context, self.statistics)
        letters = DeadLetters(self.sender, "dead", "calls", self.statistics)
        return SourcePartition(
            self.context,
            0,
            outlets=Outlets(changelog, letters, self._new_announcing(changelog)),
            reader=self.source,
        )

    def _new_announcing(self, changelog: ChangelogPartition) -> Announcing | None:
        if self.announcements is None:
            return None
        named = {"label": "tickets/0", "changelog": changelog, "statistics": self.statistics}
        return Announcing(self.announcements, "/here", **named)  # type: ignore[arg-type]  # by name

    async def live(self) -> Any:
        """Take the partition and wait until it is live; return its ledger."""
        self.partition.take()
        await until(lambda: self.partition.state is PartitionState.LIVE and not self.source.is_held)
        return self.ledger

    @property
    def ledger(self) -> Any:
        """The live ledger."""
        return cast(PartitionLedger, self.partition.ledger)

    async def checkpoint(self) -> None:
        """Let the partition write a checkpoint now and wait until everything folded is durable."""
        self.partition._checkpoint_due.set()
        await until(lambda: self.partition.durable == self.partition.applied is not None)


async def until(claim: Callable[[], bool]) -> None:
    """Let others run until a claim holds."""
    async with asyncio.timeout(10):
        while not claim():  # noqa: ASYNC110  # polls what has no event, with a deadline
            await asyncio.sleep(0.001)


@asynccontextmanager
async def given_up(bench: Bench) -> AsyncIterator[None]:
    """Give the partition up at the end, so that no task is left."""
    try:
        yield
    finally:
        await bench.partition.give_up()


def ids(start: int, end: int) -> list[str]:
    """Return the ids of the events [start, end)."""
    return [f"e{number}" for number in range(start, end)]
