"""What stands around a source partition: what all of its topic share, and the consumer they are read by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Protocol

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from streams.announcing import Announcing
from streams.changelog_partition import ChangelogPartition
from streams.dead_letters import DeadLetters
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

    def heard(self) -> tuple[int, float] | None:
        """Return where the last fetch found the end, and when that was (wall clock, s); None before it."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """What one partition writes to; announcing: None where outcomes of SLA targets are not announced."""

    changelog: ChangelogPartition
    letters: DeadLetters
    announcing: Announcing | None = None


def _no_event_clock() -> None:
    return


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
    clock: Callable[[], float] = time
    """Wall clock in seconds."""
    event_clock: Callable[[], int | None] = _no_event_clock
    """The newest event time of any partition (ms) where that is what "now" means, else None."""

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the configuration, for the changelog."""
        return self.configuration.fingerprint
