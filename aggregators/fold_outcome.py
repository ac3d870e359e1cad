"""What became of the events of a batch.

Worked: five events of which one repeats a known one, and one is older than the horizon: 3 applied, 1
duplicate, 1 late. A late duplicate is a duplicate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from msgspec import Struct, field

from aggregators.events import Event

_rank_of: Final = attrgetter("rank")


class FoldOutcome(Struct):
    """What became of the events of a batch.

    results: (rank, "applied" | "duplicate" | "late") → events; expired: positions in the batch of refused
    events.
    """

    results: dict[tuple[int, str], int] = field(default_factory=dict)
    expired: list[int] = field(default_factory=list)


def fold_outcome(
    events: Sequence[Event], expired: list[int], late: Sequence[Event], duplicates: Sequence[Event]
) -> FoldOutcome:
    """Return the outcome of a batch.

    expired: positions of the refused ones; late: those beyond the horizon, duplicates among them;
    duplicates: those that changed nothing. The exceptions are few, so all are counted at once and the
    exceptions taken off.
    """
    applied = Counter(map(_rank_of, events))
    duplicate = Counter(map(_rank_of, duplicates))
    repeated = Counter(map(id, duplicates))
    beyond = Counter[int]()
    for event in late:
        if repeated[id(event)]:
            repeated[id(event)] -= 1
        else:
            beyond[event.rank] += 1
    applied -= duplicate + beyond + Counter(events[number].rank for number in expired)
    return FoldOutcome(
        {
            (rank, name): count
            for name, counted in (("applied", applied), ("duplicate", duplicate), ("late", beyond))
            for rank, count in counted.items()
        },
        expired,
    )
