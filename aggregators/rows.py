"""Rows: what happened per (channel, queue) and time bucket, at two levels of detail.

Guarantee: the sum of the rows of a window equals the sum of the facts in it, in whatever order they came.
Coarse rows are 15 minutes wide and reach back the whole horizon. Fine rows are one resolution wide and reach
back as far as the longest fixed window (at least two hours). A fact lies in both while it is in reach; a
window is a sum of fine rows, and before the first whole quarter of an hour that they reach, of coarse ones.

    coarse |--------15 min--------|--------15 min--------|--------15 min--------|--------15 min----  now
    fine                                    |-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|  now
    window        [ coarse ·······|······················][ fine ········································ )

A fine row holds few facts, so it keeps them as they are; only one with many is summed. Compounds are summed
under their own keys; what is read has plain measures only.

A coarse row is closed half an hour after its end, and opened again for a fact that comes late.

Cost: 0.5 µs and 120 bytes for a fact; a sum takes about 100 bytes for each key in use, 8 in a closed row. A
fine row never takes more than MOST_KEPT facts and its sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from aggregators.closed_row import ClosedRow
from aggregators.compounds import expand_parts
from aggregators.configuration import Configuration
from aggregators.distribution import EXACT_BELOW, LARGEST, MANTISSA_BITS, SUB_BUCKETS, bucket_of
from aggregators.expiry import STEP
from aggregators.facts import DURATION, Fact
from aggregators.measures import SPAN, Parts, Series, add_parts
from aggregators.queue_requests import QueueRequests
from aggregators.recent_cases import RECENT
from aggregators.steps import Steps, finished

COARSE: Final = 900_000
"""Width of a coarse row in milliseconds: 15 minutes, which divides every civil zone's offset since 1972."""

TWO_HOURS: Final = 7_200_000
OPEN_MS: Final = 1_800_000
"""How long after its end a coarse row stays open."""

_NEVER: Final = -(1 << 62)
_Level = dict[int, dict[Series, Parts]]

MOST_KEPT: Final = 128
"""Facts that a fine row keeps as they are: about 15 KB; beyond them it is summed."""


Columns = tuple[Series, Sequence[int], Sequence[int]]
"""The sums of one series: its keys, sorted, and their amounts."""


def add_fact(parts: Parts, measure: int, value: int, sign: int) -> None:
    """Add one fact's contribution to the sums of a row."""
    if measure < DURATION:
        parts[measure] = parts.get(measure, 0) + sign
        return
    base = (measure - DURATION + 1) << SPAN
    parts[base] = parts.get(base, 0) + sign * value
    key = base + 1 + bucket_of(value)
    parts[key] = parts.get(key, 0) + sign


def add_facts(row: dict[Series, Parts], facts: Iterable[Fact]) -> None:
    """Add facts to the sums per series: what `add_fact` does for one, without its calls."""
    last: Series | None = None
    parts: Parts = {}
    for _, series, measure, value, sign in facts:
        # The facts of one case come one after the other and share their series.
        if series is not last:
            last, found = series, row.get(series)
            if found is None:
                found = row[series] = {}
            parts = found
        if measure < DURATION:
            parts[measure] = parts.get(measure, 0) + sign
            continue
        base = (measure - DURATION + 1) << SPAN
        parts[base] = parts.get(base, 0) + sign * value
        if 0 <= value < EXACT_BELOW:
            key = base + 1 + value
        elif value < LARGEST:
            shift = value.bit_length() - MANTISSA_BITS
            key = base + 1 + shift * SUB_BUCKETS + (value >> shift)
        else:
            key = base + 1 + bucket_of(value)
        parts[key] = parts.get(key, 0) + sign


class Rows:
    """The rows of one partition.

    fine_width: the resolution in milliseconds; fine_reach, coarse_reach: how far back rows are kept, in
    milliseconds; facts: of fine rows, by bucket; summed: fine rows that had many; coarse: coarse rows that
    are open; closed: those that are not.
    """

    __slots__ = (
        "_requests", "closed", "coarse", "coarse_from", "coarse_reach", "facts", "fine_from", "fine_reach",
        "fine_width", "summed",
    )  # fmt: skip

    def __init__(self, fine_width: int, fine_reach: int, coarse_reach: int) -> None:
        self.fine_width = fine_width
        self.fine_reach = fine_reach
        # A fact in reach of the fine rows is never beyond the coarse ones: else one part of a pair of
        # opposites could be let go while the other stays.
        self.coarse_reach = max(coarse_reach, fine_reach)
        self.facts: dict[int, list[Fact]] = {}
        self.summed: _Level = {}
        self.coarse: _Level = {}
        self.closed: dict[int, ClosedRow] = {}
        self._requests = QueueRequests()
        self.fine_from = self.coarse_from = _NEVER

    def add(self, facts: Iterable[Fact]) -> None:
        """Add facts; those older than what is kept are let go: their windows are closed."""
        width = self.fine_width
        fresh: dict[int, list[Fact]] = {}
        for fact in facts:
            bucket = fact[0] // width
            row = fresh.get(bucket)
            if row is None:
                fresh[bucket] = [fact]
            else:
                row.append(fact)
        by_quarter: dict[int, list[Fact]] = {}
        for bucket, new in fresh.items():
            # The resolution divides a minute, so a fine row lies in one coarse row.
            by_quarter.setdefault(bucket * width // COARSE, []).extend(new)
            if bucket * width >= self.fine_from:
                self._keep(bucket, new)
        for quarter, new in by_quarter.items():
            if quarter * COARSE >= self.coarse_from:
                add_facts(self._open(quarter), new)
                self._requests.note(quarter, new)

    def _open(self, quarter: int) -> dict[Series, Parts]:
        row = self.coarse.get(quarter)
        if row is None:
            row = self.coarse[quarter] = dict(self.closed.pop(quarter, {}))
        return row

    def _keep(self, bucket: int, new: list[Fact]) -> None:
        row = self.facts.setdefault(bucket, new)
        if row is not new:
            row += new
        if len(row) > MOST_KEPT:
            self._sum_up(bucket)

    def _sum_up(self, bucket: int) -> None:
        add_facts(self.summed.setdefault(bucket, {}), self.facts.pop(bucket))

    def forget(self, watermark: int) -> None:
        """Let rows out of reach of a watermark go; whole ones only, so that no window is cut in half."""
        fine_from = (watermark - self.fine_reach) // self.fine_width * self.fine_width
        coarse_from = (watermark - self.coarse_reach) // COARSE * COARSE
        if coarse_from > self.coarse_from:
            bounds = self.coarse_from // COARSE, coarse_from // COARSE
            for bucket in (*_drop(self.coarse, *bounds), *_drop(self.closed, *bounds)):
                self._requests.note_gone(bucket)
            self.coarse_from = coarse_from
        if fine_from > self.fine_from:
            for level in (self.facts, self.summed):
                _drop(level, self.fine_from // self.fine_width, fine_from // self.fine_width)
            self.fine_from = fine_from
        closed_until = (watermark - OPEN_MS) // COARSE
        for bucket in [bucket for bucket in self.coarse if bucket < closed_until]:
            self.closed[bucket] = ClosedRow(self.coarse.pop(bucket))

    def window(self, start: int, end: int) -> dict[Series, Parts]:
        """Return the sums per series of [start, end) in plain measures; both are multiples of the resolution.

        A window that reaches back beyond the fine rows begins at a multiple of 15 minutes.
        """
        sums = self.sums([start], end)[start]
        return {series: expand_parts(parts) for series, parts in sums.items()}

    def sums(self, starts: Iterable[int], end: int) -> dict[int, dict[Series, Parts]]:
        """Return the sums of several windows with one end, by their starts, compounds as they are."""
        return finished(self.summing(starts, end))

    def summing(self, starts: Iterable[int], end: int) -> Steps[dict[int, dict[Series, Parts]]]:
        """Return the same in steps of a row; nothing may be added or forgotten between them.

        A longer window holds the shorter ones, so only what it has beyond them is summed; from the end again
        where a shorter one begins within a quarter of an hour that the longer one takes as a coarse row.
        """
        found: dict[int, dict[Series, Parts]] = {}
        sums: dict[Series, Parts] = {}
        until = end
        # From here on fine rows are whole quarters.
        border = -(-self.fine_from // COARSE) * COARSE
        for start in sorted(set(starts), reverse=True):
            if start < self.fine_from and until < border and until % COARSE:
                sums, until = {}, end
            yield from self._summing_fine(
                start if start >= self.fine_from else max(start, border), until, sums
            )
            if start < self.fine_from:
                bounds = -(-start // COARSE), -(-min(until, border) // COARSE)
                yield from _summing(self.coarse, *bounds, sums)
                yield from _summing(self.closed, *bounds, sums)
            found[start] = {series: parts.copy() for series, parts in sums.items()}
            until = min(until, start)
        return found

    def reach(self, start: int, end: int) -> bool:
        """Say whether [start, end) is a sum of whole rows that are kept."""
        if start % self.fine_width or end % self.fine_width or start < self.coarse_from:
            return False
        if start >= self.fine_from:
            return True
        are_fine_from = -(-self.fine_from // COARSE) * COARSE
        return start % COARSE == 0 and (end >= are_fine_from or end % COARSE == 0)

    def between(self, start: int, end: int) -> dict[Series, Parts]:
        """Return the sums of the fine rows of [start, end), compounds as they are."""
        sums: dict[Series, Parts] = {}
        finished(self._summing_fine(start, end, sums))
        return sums

    def _summing_fine(self, start: int, end: int, into: dict[Series, Parts]) -> Steps[None]:
        first, last = start // self.fine_width, end // self.fine_width
        for bucket in _between(self.facts, first, last):
            add_facts(into, self.facts[bucket])
            yield
        yield from _summing(self.summed, first, last, into)

    def fine(self) -> dict[int, dict[Series, Parts]]:
        """Return the sums of every fine row by bucket, compounds as they are."""
        width = self.fine_width
        buckets = self.facts.keys() | self.summed.keys()
        return {bucket: self.between(bucket * width, (bucket + 1) * width) for bucket in sorted(buckets)}

    def known(self) -> set[Series]:
        """Return every series that has a row in the horizon."""
        return {series for _, row in self.quarters() for series in row}

    def quarters(self) -> Iterator[tuple[int, Mapping[Series, Parts]]]:
        """Yield every coarse row with its bucket, compounds as they are."""
        yield from self.coarse.items()
        yield from self.closed.items()

    def columns(self, quarter: int) -> Iterator[Columns]:
        """Yield what a coarse row, if it is there, holds of every series, compounds as they are."""
        closed = self.closed.get(quarter)
        if closed is not None:
            yield from closed.columns()
        yield from columns_of(self.coarse.get(quarter, {}))

    def requests(self) -> dict[str, int]:
        """Return the requests of each queue in the horizon, queues without any left out."""
        return self._requests.read(self._row_of)

    def _row_of(self, quarter: int) -> Mapping[Series, Parts]:
        """Return a coarse row, open or closed; an empty one where there is none."""
        row: Mapping[Series, Parts] | None = self.coarse.get(quarter, self.closed.get(quarter))
        return {} if row is None else row


def columns_of(row: Mapping[Series, Parts]) -> Iterator[Columns]:
    """Yield the sums of every series as columns."""
    for series, parts in row.items():
        keys = sorted(parts)
        yield series, keys, [parts[key] for key in keys]


def _between(level: Mapping[int, object], first: int, end: int) -> Iterable[int]:
    """Return the buckets in use of [first, end), by whichever way is shorter."""
    if end - first < len(level):
        return [bucket for bucket in range(first, end) if bucket in level]
    return [bucket for bucket in level if first <= bucket < end]


def _drop(level: dict[int, Any], first: int, end: int) -> Iterable[int]:
    dropped = _between(level, first, end)
    for bucket in dropped:
        del level[bucket]
    return dropped


def _summing(
    level: Mapping[int, Mapping[Series, Parts]], first: int, end: int, into: dict[Series, Parts]
) -> Steps[None]:
    for bucket in _between(level, first, end):
        for series, parts in level[bucket].items():
            sums = into.get(series)
            if sums is None:
                into[series] = parts.copy()
            else:
                add_parts(sums, parts)
        yield


def new_rows(configuration: Configuration) -> Rows:
    """Return empty rows wide enough for the windows of a configuration."""
    longest = max(
        (length for length in configuration.window_lengths.values() if length is not None), default=0
    )
    return Rows(
        configuration.resolution,
        max(TWO_HOURS, longest + RECENT) + STEP,
        configuration.horizon.default + STEP,
    )
