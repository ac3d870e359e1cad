"""The Faust table of one source topic: a ledger per partition, and nothing shared between partitions.

Guarantee: a partition that was given up leaves nothing behind in memory (Faust's own memory store is one
dictionary for all partitions and never drops any), and taking a partition goes through `on_rebalance`, which
Faust awaits before anything is read. Nothing is written through the table's mapping: the changelog is written
by checkpoints.

    table = LedgerTable(app, name="supportpulse-calls", topic=…)
    table.ledgers[3].position → 25029
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from faust import stores
from faust.stores.base import Store
from faust.tables.table import Table
from faust.types import TP, AppT, TopicT

from aggregators.ledger import PartitionLedger
from streams.wire_names import STORE_SCHEME


class LedgerStore(Store[int, PartitionLedger]):
    """The store behind `STORE_SCHEME`: partition number → ledger, only of partitions that are live here."""

    logger = logging.getLogger("faust.supportpulse")

    def __post_init__(self) -> None:
        self.ledgers: dict[int, PartitionLedger] = {}

    def __getitem__(self, key: int) -> PartitionLedger:
        return self.ledgers[key]

    def __contains__(self, key: object) -> bool:
        return key in self.ledgers

    def __iter__(self) -> Iterator[int]:
        return iter(self.ledgers)

    def __len__(self) -> int:
        return len(self.ledgers)

    def persisted_offset(self, tp: TP) -> int | None:  # noqa: ARG002  # Faust's signature
        """Return None: nothing is kept on disk."""
        return None

    def apply_changelog_batch(
        self, batch: Iterable[Any], to_key: Callable[[Any], Any], to_value: Callable[[Any], Any]
    ) -> None:
        """Take nothing: Faust does not read the changelog of this table."""

    def reset_state(self) -> None:
        """Forget everything."""
        self.ledgers.clear()

    async def backup_partition(self, *_options: object, **_named: object) -> None:
        """Do nothing: the changelog is the backup."""

    def restore_backup(self, *_options: object, **_named: object) -> None:
        """Do nothing: the changelog is the backup."""


stores.STORES.aliases[STORE_SCHEME] = f"{__name__}:{LedgerStore.__name__}"


class LedgerTable(Table[int, PartitionLedger]):
    """The table of one source topic; `take` is called with the partitions of it that a rebalance assigned."""

    logger = logging.getLogger("faust.supportpulse")

    def __init__(
        self, app: AppT, *, name: str, source: str, changelog: TopicT, take: Callable[[set[int]], None]
    ) -> None:
        super().__init__(app, name=name, store=f"{STORE_SCHEME}://", changelog_topic=changelog)
        if not isinstance(self.data, LedgerStore):
            raise TypeError(
                f"table {name} got the store {self.data!r}"
            )  # a falsy URL gives Faust's own, silently
        self._source = source
        self._take = take

    @property
    def ledgers(self) -> dict[int, PartitionLedger]:
        """The ledgers of the partitions that are live here."""
        store: object = self.data
        assert isinstance(store, LedgerStore)
        return store.ledgers

    async def on_start(self) -> None:
        """Start the store; the changelog topic was created beforehand."""
        await self.add_runtime_dependency(self.data)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Take what was assigned: every partition is given up before a rebalance, kept ones too."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        self._take({partition.partition for partition in assigned if partition.topic == self._source})

    def on_key_set(self, key: int, value: PartitionLedger) -> None:  # noqa: ARG002  # Faust's signature
        """Refuse a write through the mapping: it would reach no changelog."""
        raise TypeError(f"{self.name} is written by checkpoints only")

    def on_key_del(self, key: int) -> None:  # noqa: ARG002  # Faust's signature
        """Refuse a deletion through the mapping."""
        raise TypeError(f"{self.name} is written by checkpoints only")
