"""A worker's share of a fleet without Kafka: real ledgers, and what a publisher reads of a processor.

Worked: share(0) and share(1) are two workers with one of two partitions of calls, a waiting call in each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from streams.statistics import PartitionState, PartitionStatus
from tests.building import at, call, configured

SECOND = at("10:00:10") // 1000
"""The tick at which tests look at what `share` has folded."""


@dataclass
class Share:
    """What a publisher reads of a processor; everything may be changed by the test."""

    ledgers: dict[tuple[Topic, int], PartitionLedger]
    partition_counts: Mapping[Topic, int]
    state_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    epoch: int = 1
    state: PartitionState = PartitionState.LIVE
    lag: int = 0
    heard_at: float | None = None
    more: list[PartitionStatus] = field(default_factory=list)

    @property
    def partitions(self) -> list[PartitionStatus]:
        """One status for each ledger, and `more`."""
        return [
            PartitionStatus(
                topic,
                number,
                self.state,
                "",
                ledger.position,
                ledger.position,
                self.lag,
                self.heard_at,
                self.epoch,
            )
            for (topic, number), ledger in self.ledgers.items()
        ] + self.more

    def fold(self, partition: int, clock: str, kind: str = "offered", queue: str = "q") -> None:
        """Fold one more event of a call into a partition."""
        ledger = self.ledgers["calls", partition]
        ledger.fold(
            [call(kind, clock, case=f"c{partition}-{ledger.position}", queue=queue)], ledger.position + 1
        )


def share(*partitions: int, of: int = 2, configuration: Configuration | None = None) -> Share:
    """Return a worker with some of the partitions of calls, a call offered at 10:00:00 in each."""
    ledgers: dict[tuple[Topic, int], PartitionLedger] = {
        ("calls", number): PartitionLedger("calls", configuration or configured()) for number in partitions
    }
    found = Share(ledgers, {"calls": of})
    for number in partitions:
        found.fold(number, "10:00:00")
    return found
