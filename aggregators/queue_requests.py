"""Requests of each queue over the whole horizon: they decide which queues are shown by name.

Law: what is read equals adding up all coarse rows. Cost: only rows that got or lost a request or have gone
since the last reading are looked at, a few of the two hundred of 48 hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from aggregators.compounds import measures_with
from aggregators.facts import Fact
from aggregators.measures import Count, Parts, Series


class QueueRequests:
    """The requests in the coarse rows of one partition."""

    __slots__ = ("_by_row", "_changed", "_keys", "_totals")

    def __init__(self) -> None:
        # Only now, when somebody has cases, are all their compounds known.
        self._keys = frozenset(measures_with(Count.REQUESTS))
        self._by_row: dict[int, dict[str, int]] = {}
        self._changed: set[int] = set()
        self._totals: dict[str, int] = {}

    def note_gone(self, bucket: int) -> None:
        """Take note that a row has gone."""
        self._changed.add(bucket)

    def note(self, bucket: int, facts: Iterable[Fact]) -> None:
        """Take note of facts that were added to a row; a count's measure is its key there."""
        if not self._keys.isdisjoint([fact[2] for fact in facts]):
            self._changed.add(bucket)

    def read(self, row_of: Callable[[int], Mapping[Series, Parts]]) -> dict[str, int]:
        """Return the requests of each queue in the rows as they are now, queues without any left out.

        row_of: gives the row of a bucket, an empty one where there is none.
        """
        totals = self._totals
        for bucket in self._changed:
            for queue, number in self._by_row.pop(bucket, {}).items():
                totals[queue] -= number
            found = self._requests_of(row_of(bucket))
            if found:
                self._by_row[bucket] = found
            for queue, number in found.items():
                totals[queue] = totals.get(queue, 0) + number
        self._changed.clear()
        for queue in [queue for queue, number in totals.items() if not number]:
            del totals[queue]
        return totals.copy()

    def _requests_of(self, row: Mapping[Series, Parts]) -> dict[str, int]:
        found: dict[str, int] = {}
        for (_, queue), parts in row.items():
            number = sum([parts.get(key, 0) for key in self._keys])
            if number:
                found[queue] = found.get(queue, 0) + number
        return found
