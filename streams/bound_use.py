"""How much of the bounds of a partition is used: the fullest partition of each topic.

Worked: 500,000 cases in one partition of calls and 100 in another: ("calls", "cases") is 0.25.
"""

from __future__ import annotations

from collections.abc import Mapping

from aggregators.bounds import MOST_CASES, MOST_SERIES
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger


def bound_use(ledgers: Mapping[tuple[Topic, int], PartitionLedger]) -> dict[tuple[str, str], float]:
    """Return the share in use by (topic, bound)."""
    used: dict[tuple[str, str], float] = {}
    for (topic, _), ledger in ledgers.items():
        for bound, share in (
            ("cases", len(ledger.cases) / MOST_CASES),
            ("series", ledger.known.most() / MOST_SERIES),
        ):
            used[topic, bound] = max(share, used.get((topic, bound), 0.0))
    return used
