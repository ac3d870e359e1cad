"""Which (channel, queue) pairs are known: those in which something lasting has happened, whatever the order.

Guarantee: a pair through which a case only passed while its events came out of order is not known afterwards,
so the live view and one pass over the log know the same pairs. Facts are counted with their signs: what was
withdrawn adds to nothing. Pairs of cases that have left stay known; they are all that is written durably, the
rest is counted again.

Worked: an assignment without a queue arrives first and lies in ("email", "none"): +1. The creation in "mail"
follows, the case is derived anew: −1 in "none", +3 in "mail". Known is ("email", "mail") alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final

from aggregators.facts import Fact
from aggregators.measures import Count, Series

_SERIES_OF: Final = itemgetter(1)
_UNANSWERED: Final = int(Count.UNANSWERED)


class KnownSeries:
    """The pairs of one partition.

    gone: those of cases that have left; touched: where not None, the pairs that anything happened to.
    """

    __slots__ = ("_lasting", "gone", "touched")

    def __init__(self) -> None:
        self._lasting: Counter[Series] = Counter()
        self.gone: set[Series] = set()
        self.touched: set[Series] | None = None

    def add(self, facts: Sequence[Fact]) -> None:
        """Count the pairs of facts, with their signs."""
        _count(self._lasting, facts)
        if self.touched is not None:
            self.touched.update(map(_SERIES_OF, facts))

    def move(self, before: Series | None, now: Series | None) -> None:
        """Count a case that no fact names at its present place instead of its former one; None is none."""
        if before is not None:
            self._lasting[before] -= 1
        if now is not None:
            self._lasting[now] += 1
        if self.touched is not None:
            self.touched.update(series for series in (before, now) if series is not None)

    def pairs(self) -> set[Series]:
        """Return the known pairs."""
        return self.gone.union(series for series, count in self._lasting.items() if count > 0)

    def follow(self, pairs: set[Series]) -> None:
        """Bring a set of known pairs up to date with what was touched since the last time."""
        for series in self.touched or ():
            if series in self.gone or self._lasting[series] > 0:
                pairs.add(series)
            else:
                pairs.discard(series)
        self.touched = set()

    def keep(self, series: Iterable[Series]) -> None:
        """Keep the pairs of a case that leaves."""
        kept = set(series)
        self.gone |= kept
        if self.touched is not None:
            self.touched |= kept

    def is_settled(self) -> bool:
        """Say whether every pair stays known whatever leaves: then a leaving case need not be asked."""
        return self._lasting.keys() <= self.gone

    def restrict(self, to: set[Series]) -> None:
        """Forget all pairs but those in use: the bound against a flood of queue names."""
        self.gone &= to
        self._lasting = Counter({series: count for series, count in self._lasting.items() if series in to})

    def most(self) -> int:
        """Return how many pairs are known at most: cheap, and never too few."""
        return len(self._lasting) + len(self.gone)

    def is_crowded(self, limit: int) -> bool:
        """Say whether more than so many pairs are known; nothing is counted where they cannot be."""
        if self.most() <= limit:
            return False
        self._lasting = Counter({series: count for series, count in self._lasting.items() if count})
        return len(self.pairs()) > limit


def lasting_series(facts: Sequence[Fact]) -> set[Series]:
    """Return the pairs in which a case's facts leave something."""
    counts: Counter[Series] = Counter()
    _count(counts, facts)
    return {series for series, count in counts.items() if count > 0}


def _count(counts: Counter[Series], facts: Sequence[Fact]) -> None:
    counts.update(map(_SERIES_OF, facts))
    for _, series, measure, _, _ in [fact for fact in facts if fact[4] < 0 or fact[2] == _UNANSWERED]:
        # `unanswered` comes and goes beside the request of the same pair, which may be the other half of a
        # compound.
        counts[series] -= 1 if measure == _UNANSWERED else 2
