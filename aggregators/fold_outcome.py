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

from aggregators.bounds import Bound
from aggregators.events import Event
from aggregators.ledger_case import APPLIED, FULL, REPEATED, Change

_rank_of: Final = attrgetter("rank")


class FoldOutcome(Struct):
    """What became of the events of a batch.

    results: (rank, "applied" | "duplicate" | "late") → events; expired: positions in the batch of those
    refused for their age; beyond: positions of those refused at a bound.
    """

    results: dict[tuple[int, str], int] = field(default_factory=dict)
    expired: list[int] = field(default_factory=list)
    beyond: dict[int, Bound] = field(default_factory=dict)


class Exceptions(Struct):
    """The events of a batch that were not simply applied.

    expired: their positions; late: those beyond the horizon, duplicates among them; duplicates: those that
    changed nothing; beyond: those refused at a bound, which may be among the late ones.
    """

    expired: list[int] = field(default_factory=list)
    late: list[Event] = field(default_factory=list)
    duplicates: list[Event] = field(default_factory=list)
    beyond: list[tuple[Event, Bound]] = field(default_factory=list)

    def kept(self, events: Sequence[Event], changes: Sequence[Change]) -> list[Event]:
        """Note what of a case's events was not applied, and return those that it keeps."""
        kept = []
        for event, change in zip(events, changes, strict=True):
            if change is FULL:
                self.beyond.append((event, Bound.CASE_FULL))
                continue
            if change is not APPLIED:
                self.duplicates.append(event)
            if change is not REPEATED:
                kept.append(event)
        return kept

    def outcome(self, events: Sequence[Event]) -> FoldOutcome:
        """Return the outcome of a batch: the exceptions are few, so all are counted and these taken off."""
        applied = Counter(map(_rank_of, events))
        duplicate = Counter(map(_rank_of, self.duplicates))
        repeated = Counter(map(id, self.duplicates)) + Counter(id(event) for event, _ in self.beyond)
        late = Counter[int]()
        for event in self.late:
            if repeated[id(event)]:
                repeated[id(event)] -= 1
            else:
                late[event.rank] += 1
        beyond = self._places_beyond(events)
        refused = [*self.expired, *beyond]
        applied -= duplicate + late + Counter(events[number].rank for number in refused)
        return FoldOutcome(
            {
                (rank, name): count
                for name, counted in (("applied", applied), ("duplicate", duplicate), ("late", late))
                for rank, count in counted.items()
            },
            self.expired,
            beyond,
        )

    def _places_beyond(self, events: Sequence[Event]) -> dict[int, Bound]:
        bounds = {id(event): bound for event, bound in self.beyond}
        if not bounds:
            return {}
        return {number: bounds[id(event)] for number, event in enumerate(events) if id(event) in bounds}
