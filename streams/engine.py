"""The two constructors through which the processor reaches the core; tests put a simpler core there.

Guarantee: the processor asks of a core only what `aggregators.ledger` documents; it never looks inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration


@dataclass(frozen=True, slots=True)
class Engine:
    """How to make an empty ledger and how to restore one."""

    new_ledger: Callable[[Topic, Configuration], PartitionLedger] = PartitionLedger
    new_restoration: Callable[[Topic, Configuration], Restoration] = Restoration

    @classmethod
    def standard(cls) -> Engine:
        """Return the one of this program."""
        return cls()
