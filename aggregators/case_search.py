"""The cases of partitions behind a number: sums from their rows, and the best cases without looking at all.

Guarantee: `summing` gives the sums of `aggregators.explanation.explained` over all cases that are kept, and
`searching` its best contributions, or the first of them (`Found.beyond`). Rows say how many things that
matter happened when, and how long they took; only the times where the best ones lie are searched, best first,
and of their cases only those that were alive then. Where rows do not reach, and for numbers that depend on
where the window ends, all cases of the window are derived.

Worked: the longest wait of a day of a million calls: the coarse rows with the longest ones are searched, as
far as MOST_READ goes; what is longer than all that is left is shown.

Cost: 20 ms of rows; for every case that is kept 0.1 µs; 15 µs for each call of the time that is searched.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct

from aggregators.compounds import duration_measures, plain_measures
from aggregators.contributions import WAITING, CaseReader, Contribution, Question, Wanted
from aggregators.distribution import EXACT_BELOW, SUB_BUCKETS
from aggregators.events import Event
from aggregators.explanation import EXPLAINED_TOPICS, Found, Selection, Sums, best_of, merged
from aggregators.facts import DURATION
from aggregators.ledger import PartitionLedger
from aggregators.measures import SPAN, Count
from aggregators.rows import COARSE, Columns, Rows, columns_of
from aggregators.steps import Steps
from aggregators.stored_case import LONG, Case, front_of, has_state, is_long, life_of, unpack

MOST_READ: Final = 25_000
"""Cases derived for one answer, about: a third of a second."""
CASES_A_STEP: Final = 2_000
READ_A_STEP: Final = 100
RUN: Final = 2_000
"""Contributions from which on all but the best are let go: sorting them takes 5 ms."""

SHORT: Final = 16
"""Events up to which deriving a case costs less than looking whether it is worth it."""
MINUTE: Final = 60_000
_EVER: Final = 1 << 62
_OFFSET: Final = (1 << SPAN) - 1
Row = Iterable[Columns]

_AFTER_ITS_EVENTS: Final = frozenset(
    (
        WAITING,
        Count.SLA_BREACHED_FIRST_RESPONSE,
        Count.SLA_BREACHED_NEXT_RESPONSE,
        Count.SLA_BREACHED_RESOLUTION,
    )
)
"""What an open case may add long after its newest event."""


class _Stretch(Struct, frozen=True):
    """A piece of the window of one ledger [start, end), in which something that is looked for happened.

    rank: of the best of it, see `Selection.rank`; matching: how many; cases: how many began in it, about.
    """

    rank: int
    ledger: PartitionLedger
    start: int
    end: int
    matching: int = 0
    cases: int = 0


def summing(question: Question, ledger: PartitionLedger) -> Steps[Sums]:
    """Return what the cases of a partition add to a number, in steps; folding may go on between them."""
    sums = Sums()
    if ledger.topic not in EXPLAINED_TOPICS:
        return sums
    wanted = Wanted(question.metric)
    if not _have_rows(question, ledger, wanted):
        whole = _Stretch(_EVER, ledger, question.start, question.end)
        for found in _reading(question, ledger, (whole,), None):
            for each in found:
                sums.count(each)
            yield
        return sums
    reading = _RowReading(question, ledger, wanted)
    for _, _, row in _pieces(ledger.rows, question.start, question.end):
        reading.count(sums, row)
        yield
    return sums


def depends_on_end(question: Question) -> bool:
    """Say whether a number depends on where its window ends: a count that no row has."""
    return Wanted(question.metric).depends_on_end


def summing_and_searching(
    question: Question, selection: Selection, ledgers: Sequence[PartitionLedger]
) -> Steps[tuple[Sums, Found]]:
    """Return sums and best contributions of partitions in one go, for what no row has; in steps as both."""
    sums, best = Sums(), list[Contribution]()
    for ledger in ledgers:
        if ledger.topic not in EXPLAINED_TOPICS:
            continue
        whole = _Stretch(_EVER, ledger, question.start, question.end)
        for found in _reading(question, ledger, (whole,), None):
            for each in found:
                sums.count(each)
            best += found
            if len(best) > RUN:
                best = best_of(best, selection)
            yield
    return sums, Found(best_of(best, selection))


def searching(
    question: Question, selection: Selection, ledgers: Sequence[PartitionLedger], *, most: int = MOST_READ
) -> Steps[Found]:
    """Return the best contributions of partitions, in steps; folding may go on between them.

    most: how many cases may be derived, about; those of the best rank are in any case.
    """
    wanted = Wanted(question.metric)
    stretches: list[_Stretch] = []
    for ledger in ledgers:
        if ledger.topic not in EXPLAINED_TOPICS:
            continue
        if not _have_rows(question, ledger, wanted):
            stretches.append(_Stretch(_EVER, ledger, question.start, question.end))
            continue
        reading = _RowReading(question, ledger, wanted)
        for start, end, row in _pieces(ledger.rows, question.start, question.end):
            stretch = reading.stretch(selection, (start, end), row)
            if stretch is not None:
                stretches.append(stretch)
            yield
    chosen, beyond = _chosen(stretches, selection, most)
    found: list[Found] = []
    for ledger in ledgers:
        of_ledger = [stretch for stretch in chosen if stretch.ledger is ledger]
        if of_ledger:
            best: list[Contribution] = []
            for more in _reading(question, ledger, of_ledger, selection):
                best += more
                if len(best) > RUN:
                    best = best_of(best, selection)
                yield
            found.append(Found(best_of(best, selection)))
    return merged([*found, Found([], beyond)], selection)


def _have_rows(question: Question, ledger: PartitionLedger, wanted: Wanted) -> bool:
    """Say whether the rows of a partition have the number of a window."""
    return not wanted.depends_on_end and ledger.rows.reach(question.start, question.end)


def _pieces(rows: Rows, start: int, end: int) -> Iterator[tuple[int, int, Row]]:
    """Yield the rows whose sum a window is: whole quarters of an hour, at its edges minutes of fine rows."""
    first, last = -(-start // COARSE), end // COARSE
    edges = [(start, end)]
    if first <= last:
        edges = [(start, first * COARSE), (last * COARSE, end)]
        for quarter in range(first, last):
            yield quarter * COARSE, (quarter + 1) * COARSE, rows.columns(quarter)
    for begin, until in edges:
        for minute in range(begin // MINUTE * MINUTE, until, MINUTE):
            bounds = max(minute, begin), min(minute + MINUTE, until)
            yield *bounds, columns_of(rows.between(*bounds))


class _RowReading:
    """Reads of rows what matters to a question."""

    def __init__(self, question: Question, ledger: PartitionLedger, wanted: Wanted) -> None:
        self._place = question.place
        self._ledger = ledger
        self._wanted = wanted
        self._begins: dict[int, bool] = {}
        self._slots = [
            (measure - DURATION + 1, wanted.of(measure))
            for measure in sorted(duration_measures())
            if wanted.of(measure)
        ]
        """Of keys: those with a duration that say something that is read, and what."""

    def count(self, sums: Sums, row: Row) -> None:
        """Add what is read of a row to sums."""
        times, configuration = sums.times, self._ledger.configuration
        for series, keys, amounts in row:
            if not self._place.holds(series):
                continue
            until = bisect_left(keys, 1 << SPAN)
            for key, amount in zip(keys[:until], amounts[:until], strict=True):
                for plain in self._wanted.of(key):
                    if self._wanted.reads(plain, series, configuration):
                        times[plain] = times.get(plain, 0) + amount
            for slot, said in self._slots:
                first = bisect_left(keys, slot << SPAN, until)
                until = bisect_left(keys, (slot + 1) << SPAN, first)
                if first < until:
                    read = [plain for plain in said if self._wanted.reads(plain, series, configuration)]
                    _count_slot(sums, slot, read, keys[first:until], amounts[first:until])

    def stretch(self, selection: Selection, bounds: tuple[int, int], row: Row) -> _Stretch | None:
        """Return a row as a stretch to be searched; None where nothing of the selection is in it."""
        longest, matching, cases = 0, 0, 0
        highest = min(selection.highest + 2, 1 << SPAN)
        for series, keys, amounts in row:
            is_there = self._place.holds(series)
            until = bisect_left(keys, 1 << SPAN)
            for key, amount in zip(keys[:until], amounts[:until], strict=True):
                if self._is_begin(key):
                    cases += amount
                if is_there and self._wanted.of(key):
                    matching += amount
            if not is_there:
                continue
            for slot, _ in self._slots:
                base = slot << SPAN
                first = bisect_left(keys, base + 1 + selection.lowest, until)
                until = bisect_left(keys, base + highest, first)
                if first < until:
                    longest = max(longest, keys[until - 1] - base - 1)
                    matching += sum(amounts[first:until])
        if not matching:
            return None
        rank = bounds[1] - 1 if selection.is_latest else longest
        return _Stretch(rank, self._ledger, *bounds, matching, cases)

    def _is_begin(self, measure: int) -> bool:
        """Say whether a count tells of a request, with which a case begins."""
        known = self._begins.get(measure)
        if known is None:
            known = self._begins[measure] = Count.REQUESTS in plain_measures(measure)
        return known


def _count_slot(
    sums: Sums, slot: int, read: Sequence[int], keys: Sequence[int], amounts: Sequence[int]
) -> None:
    """Add to sums what a measure with a duration says; keys and amounts: those of its slot."""
    base = slot << SPAN
    milliseconds = 0
    if keys[0] == base:  # not there where all took no time at all
        milliseconds, keys, amounts = amounts[0], keys[1:], amounts[1:]
    number = sum(amounts)
    for plain in read:
        sums.times[plain] = sums.times.get(plain, 0) + number
        if plain >= DURATION:
            sums.milliseconds[plain] = sums.milliseconds.get(plain, 0) + milliseconds
            buckets = sums.buckets
            for key, amount in zip(keys, amounts, strict=True):
                bucket = key - base - 1
                buckets[bucket] = buckets.get(bucket, 0) + amount


def _chosen(
    stretches: Sequence[_Stretch], selection: Selection, most: int
) -> tuple[list[_Stretch], int | None]:
    """Return what is searched, and the rank of the best of what is left; None where nothing is.

    Of one rank all are searched or none, and those of the best rank in any case.
    """
    chosen: list[_Stretch] = []
    matching = cases = 0
    for rank, group in groupby(sorted(stretches, key=lambda each: -each.rank), lambda each: each.rank):
        of_rank = list(group)
        more = sum(stretch.cases for stretch in of_rank)
        is_enough = selection.is_latest and matching >= selection.limit
        if chosen and (is_enough or cases + more > most):
            return chosen, rank
        chosen += of_rank
        matching += sum(stretch.matching for stretch in of_rank)
        cases += more
    return chosen, None


def _reading(
    question: Question, ledger: PartitionLedger, stretches: Sequence[_Stretch], selection: Selection | None
) -> Iterator[list[Contribution]]:
    """Yield, in steps, what the cases of some stretches add to a number.

    selection: leaves out what cannot be in it.
    """
    reader = CaseReader(question, ledger.topic, ledger.configuration)
    times = _Times(stretches, reader.wanted, selection)
    found: list[Contribution] = []
    read = 0
    # As they are now: looking each up anew would take three times as long.
    names, cases = list(ledger.cases), list(ledger.cases.values())
    for start in range(0, len(names), CASES_A_STEP):
        yield found
        found, until = [], start + CASES_A_STEP
        for name, case in times.candidates(zip(names[start:until], cases[start:until], strict=True)):
            deliveries = unpack(name, case) if isinstance(case, bytes) else case.deliveries
            read += 1
            if read % READ_A_STEP == 0:
                yield found
                found = []
            if len(deliveries) <= SHORT or times.touch(deliveries):
                found += reader.contributions(deliveries)
    yield found


class _Times:
    """Stretches of time, joined where they touch, and which cases may have a part in them."""

    def __init__(self, stretches: Sequence[_Stretch], wanted: Wanted, selection: Selection | None) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted((each.start, each.end) for each in stretches):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)
        self._may_follow = not wanted.measures.isdisjoint(_AFTER_ITS_EVENTS)
        self._front = front_of(self._starts[0])
        self._later = front_of(self._ends[-1] + LONG)
        # A case is at least as long as what it is measured by.
        self._shortest = 0
        if selection is not None and wanted.is_of_durations:
            self._shortest = _least_of(selection.lowest)

    def candidates(self, cases: Iterable[tuple[str, Case | bytes]]) -> list[tuple[str, Case | bytes]]:
        """Return which of some cases may add something in these times."""
        front, later, may_follow = self._front, self._later, self._may_follow
        return [
            (name, case)
            for name, case in cases
            if not isinstance(case, bytes)
            # First what most cases fail, without a call.
            or (
                ((case >= front and (case < later or is_long(case))) or (may_follow and has_state(case)))
                and self._may_concern(case)
            )
        ]

    def _may_concern(self, packed: bytes) -> bool:
        """Say of a packed case whether it may add something in these times."""
        first, last = life_of(packed)
        if self._may_follow and has_state(packed):
            last = _EVER
        elif last - first < self._shortest:
            return False
        place = bisect_right(self._ends, first)
        return place < len(self._ends) and self._starts[place] <= last

    def touch(self, deliveries: Sequence[Event]) -> bool:
        """Say whether a case may add something in these times, by when its events were."""
        if self._may_follow:
            return True
        starts, ends = self._starts, self._ends
        places = ((bisect_right(starts, event.time) - 1, event.time) for event in deliveries)
        return any(place >= 0 and time < ends[place] for place, time in places)


def _least_of(bucket: int) -> int:
    """Return the shortest duration of a bucket in milliseconds."""
    if bucket < EXACT_BELOW:
        return bucket
    shift = bucket // SUB_BUCKETS - 1
    return (bucket - shift * SUB_BUCKETS) << shift
