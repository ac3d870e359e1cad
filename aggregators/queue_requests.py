"""Requests of each queue over the whole horizon: they decide which queues are shown by name.

Law: what is read equals adding up all coarse rows. Cost: only rows that have changed or gone since the last
reading are looked at, a few of the two hundred of 48 hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aggregators.compounds import measures_with
from aggregators.measures import Count, Parts, Series

_REQUESTS: Final = measures_with(Count.REQUESTS)


class QueueRequests:
    """The requests in the coarse rows of one partition."""

    __slots__ = ("_by_row", "_changed", "_totals")

    def __init__(self) -> None:
        self._by_row: dict[int, dict[str, int]] = {}
        self._changed: set[int] = set()
        self._totals: dict[str, int] = {}

    def note(self, bucket: int) -> None:
        """Take note that a row has changed or gone."""
        self._changed.add(bucket)

    def read(self, coarse: Mapping[int, Mapping[Series, Parts]]) -> dict[str, int]:
        """Return the requests of each queue in the rows as they are now, queues without any left out."""
        totals = self._totals
        for bucket in self._changed:
            for queue, number in self._by_row.pop(bucket, {}).items():
                totals[queue] -= number
            found = _requests_of(coarse.get(bucket, {}))
            if found:
                self._by_row[bucket] = found
            for queue, number in found.items():
                totals[queue] = totals.get(queue, 0) + number
        self._changed.clear()
        for queue in [queue for queue, number in totals.items() if not number]:
            del totals[queue]
        return totals.copy()


def _requests_of(row: Mapping[Series, Parts]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (_, queue), parts in row.items():
        number = sum([parts.get(key, 0) for key in _REQUESTS])
        if number:
            found[queue] = found.get(queue, 0) + number
    return found
