"""The answer to "why this number?": what stands behind it, summed up, and the cases that are worth a look.

Guarantee: sums are of everything, whatever is shown. Of a count the latest are shown, of a duration the
longest, of a quantile the latest of those whose durations lie around its rank. Sums and cases of partitions,
and of workers, merge in any order: the answer of a fleet is that of one worker with all of its partitions,
and that of a file with its events.

    sums of all partitions ──► selection ──► best cases of each partition ──► best cases of all

Worked: answer times of 8, 30 and 31 s, stat p50: the rank is ⌈3 · 50 / 100⌉ = 2, in the bucket of 30 s; with
a limit of one the case of 30 s is the one that is shown.

Where not all cases can be looked at (`aggregators.case_search`), only those are shown of which it is proven
that none of the others comes before them: the list is shorter, never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from aggregators.catalogue import WINDOW_PREFIXES
from aggregators.catalogue.metric import WindowMetric
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.contributions import Contribution, name_of
from aggregators.distribution import bucket_of
from aggregators.events import Topic
from aggregators.facts import DURATION
from aggregators.measures import Parts, add_parts
from aggregators.window_row import QUANTILES, STATS

EXPLAINED: Final[Mapping[str, WindowMetric]] = {
    prefix + metric.measure: metric for prefix, _, _ in reversed(WINDOW_PREFIXES) for metric in WINDOW_METRICS
} | {metric.measure: metric for metric in WINDOW_METRICS}
"""By every name of a window metric: the three of Prometheus, and the short one."""

EXPLAINED_TOPICS: Final[frozenset[Topic]] = frozenset(("tickets", "calls", "chats"))
AROUND: Final = 100
"""Around a rank lies at least one in so many of all durations, so that no search for them is long."""

HIGHEST_BUCKET: Final = 1 << 12
_RANKS: Final = dict(zip(STATS[1:4], QUANTILES, strict=True))


class Sums(Struct, frozen=True):
    """What stands behind a number, additive.

    times: how often, by plain measure; milliseconds: of those that are durations; buckets: how many durations
    lie in each bucket of `aggregators.distribution`.
    """

    times: Parts = field(default_factory=dict)
    milliseconds: Parts = field(default_factory=dict)
    buckets: Parts = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many contributions there are in all."""
        return sum(self.times.values())

    def add(self, other: Sums) -> None:
        """Add those of another partition or worker."""
        add_parts(self.times, other.times)
        add_parts(self.milliseconds, other.milliseconds)
        add_parts(self.buckets, other.buckets)

    def count(self, each: Contribution) -> None:
        """Add one contribution."""
        self.times[each.measure] = self.times.get(each.measure, 0) + each.times
        if each.measure >= DURATION:
            bucket = bucket_of(each.value)
            milliseconds = self.milliseconds.get(each.measure, 0) + each.times * each.value
            self.milliseconds[each.measure] = milliseconds
            self.buckets[bucket] = self.buckets.get(bucket, 0) + each.times


class Selection(Struct, frozen=True):
    """Which contributions are shown, at most `limit`.

    is_latest: the latest ones, else the longest; lowest, highest: only durations in these buckets and between
    them.
    """

    limit: int
    is_latest: bool = True
    lowest: int = 0
    highest: int = HIGHEST_BUCKET

    def admits(self, each: Contribution) -> bool:
        """Say whether a contribution may be shown."""
        return each.measure < DURATION or self.lowest <= bucket_of(each.value) <= self.highest

    def order(self, each: Contribution) -> tuple[int, int, Contribution]:
        """Return by what contributions are sorted, the best first."""
        return (-each.time, -each.value, each) if self.is_latest else (-each.value, -each.time, each)

    def rank(self, each: Contribution) -> int:
        """Return what `Found.beyond` is compared with: time in milliseconds, or the bucket of a duration."""
        return each.time if self.is_latest else bucket_of(each.value)


class Found(Struct, frozen=True):
    """The best contributions of a selection, in its order.

    beyond: there may be others of this rank or below that nobody has looked at; None where all are known.
    """

    contributions: list[Contribution] = field(default_factory=list)
    beyond: int | None = None


class Behind(Struct, frozen=True):
    """How much of one measure stands behind a number: how often, and of durations the sum in milliseconds."""

    measure: str
    times: int
    milliseconds: int | None


class Explanation(Struct, frozen=True):
    """What stands behind a number; total: contributions in all; shown: those worth a look, in their order."""

    behind: Sequence[Behind]
    total: int
    shown: Sequence[Contribution]


def selection_of(sums: Sums, stat: str, limit: int) -> Selection:
    """Return what is worth a look behind a number; stat: of STATS, means nothing to a count."""
    buckets = sorted((bucket, count) for bucket, count in sums.buckets.items() if count > 0)
    if not buckets:
        return Selection(limit)
    if stat in _RANKS:
        return _around(buckets, _RANKS[stat], limit)
    # The longest need not be looked for where there are enough longer ones.
    reached = 0
    for bucket, count in reversed(buckets):
        reached += count
        if reached >= limit:
            return Selection(limit, is_latest=False, lowest=bucket)
    return Selection(limit, is_latest=False)


def _around(buckets: Sequence[tuple[int, int]], quantile: tuple[int, int], limit: int) -> Selection:
    """Return the narrowest range of buckets around a rank that holds enough, on both sides alike."""
    total = sum(count for _, count in buckets)
    rank = max(1, -(-total * quantile[0] // quantile[1]))
    below, low = 0, 0
    while below + buckets[low][1] < rank:
        below += buckets[low][1]
        low += 1
    high, above = low, total - below - buckets[low][1]
    wanted = max(limit, -(-total // AROUND))
    while total - below - above < wanted and (below or above):
        # Towards the side on which fewer of the range lie.
        is_upwards = above and (not below or total - above - rank < rank - below)
        if is_upwards:
            high += 1
            above -= buckets[high][1]
        else:
            low -= 1
            below -= buckets[low][1]
    return Selection(limit, is_latest=True, lowest=buckets[low][0], highest=buckets[high][0])


def best_of(found: Iterable[Contribution], selection: Selection) -> list[Contribution]:
    """Return the best of some contributions, in the order of the selection."""
    return sorted((each for each in found if selection.admits(each)), key=selection.order)[: selection.limit]


def merged(found: Sequence[Found], selection: Selection) -> Found:
    """Return the best of several; what may have better ones among those that nobody looked at is left out."""
    beyond = max((each.beyond for each in found if each.beyond is not None), default=None)
    best = best_of((one for each in found for one in each.contributions), selection)
    return Found([each for each in best if beyond is None or selection.rank(each) > beyond], beyond)


def explanation_of(sums: Sums, found: Found) -> Explanation:
    """Return the answer: of a selection of durations those that are shown stand by length."""
    shown = found.contributions
    if sums.buckets:
        shown = sorted(shown, key=Selection(len(shown), is_latest=False).order)
    behind = [
        Behind(name_of(measure), times, sums.milliseconds.get(measure))
        for measure, times in sums.times.items()
        if times
    ]
    return Explanation(sorted(behind, key=lambda each: each.measure), sums.total, shown)


def explained(found: Sequence[Contribution], stat: str, limit: int) -> Explanation:
    """Sum up contributions and choose at most `limit` of them; stat: of STATS, means nothing to a count."""
    sums = Sums()
    for each in found:
        sums.count(each)
    return explanation_of(sums, Found(best_of(found, selection_of(sums, stat, limit))))
