"""What stands around a source partition: what all of its topic share, and the consumer they are read by."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from streams.engine import Engine
from streams.statistics import OnFolded, PipelineStatistics


class SourceReader(Protocol):
    """What a partition asks of the consumer of its source topic."""

    async def seek(self, offset: int) -> None:
        """Read from `offset` on. Raises what the client raises where the partition is not assigned."""

    def hold(self) -> None:
        """Stop reading."""

    async def bounds(self) -> tuple[int, int]:
        """Return the offsets of the oldest record that is there and of the next one to be written."""


@dataclass(frozen=True, slots=True)
class PartitionContext:
    """What all partitions of a source topic share; source: the topic's name, partitions: how many it has."""

    topic: Topic
    source: str
    partitions: int
    configuration: Configuration
    engine: Engine
    statistics: PipelineStatistics
    ledgers: dict[int, PartitionLedger]
    """The Faust table's store: the ledger of a live partition is there and nowhere else."""
    state_lock: asyncio.Lock
    """Held while a slice is folded; who holds it may read all ledgers in steps."""
    on_folded: OnFolded

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the configuration, for the changelog."""
        return self.configuration.fingerprint
