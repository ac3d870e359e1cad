"""The state of one source partition: cases, rows, position; a pure function of the records in offset order.

Guarantee: two ledgers of one topic and configuration that folded the same records are equal, however the
records were cut into batches and wherever a checkpoint and a restoration lay between. No clock and no
randomness are inside: lateness, horizon and eviction follow the partition's event-time watermark, at fixed
steps of it between two records.

A case is created by its first event and evicted at the first step at which it has no state and its topic's
retention has passed since its newest event. What is written durably is the cases and the position; rows are
derived from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Final

from msgspec import Struct, field

from aggregators.cases import derive, is_derived
from aggregators.catalogue.totals import histogram_edges
from aggregators.checkpoint import CheckpointDraft, Checkpoints
from aggregators.configuration import Configuration
from aggregators.events import Event, Topic
from aggregators.facts import Facts
from aggregators.known_series import KnownSeries, lasting_series
from aggregators.ledger_case import APPLIED, DUPLICATE, REPEATED, Change, fold_into, new_case
from aggregators.ledger_reading import moment_of
from aggregators.parts import MomentParts
from aggregators.rows import TWO_HOURS, Rows
from aggregators.state_index import StateIndex
from aggregators.stored_case import Case, pack, unpack
from aggregators.timeline import deliveries_of, timeline_of
from aggregators.totals import Totals

STEP: Final = 60_000
"""Milliseconds of watermark between two evictions."""

WARM_CASES: Final = 4_096
"""Cases kept unpacked; beyond them the one touched longest ago is packed. It changes cost, never a number."""

_BEFORE_ALL: Final = -(1 << 62)
RECENT: Final = 600_000
"""How far below the watermark a newest event may lie and still count as one that the reader's clock may not
have reached: twice the skew that the edge admits."""

KNOWN_LIMIT: Final = 10_000
"""Series remembered without rows; beyond it only those with rows or open cases are kept."""


class FoldOutcome(Struct):
    """What became of the events of a batch.

    results: (rank, "applied" | "duplicate" | "late") → events; expired: positions in the batch of refused
    events.
    """

    results: dict[tuple[int, str], int] = field(default_factory=dict)
    expired: list[int] = field(default_factory=list)


class PartitionLedger:
    """One partition of one topic.

    position: next source offset to fold; watermark: newest event time folded, milliseconds, None before the
    first.
    """

    def __init__(self, topic: Topic, configuration: Configuration) -> None:
        self.topic = topic
        self.configuration = configuration
        self.position = 0
        self.watermark: int | None = None
        self.step = _BEFORE_ALL
        self.cases: dict[str, Case | bytes] = {}
        self.index = StateIndex(topic, configuration)
        self.totals = Totals(histogram_edges(configuration))
        self.rows = new_rows(configuration)
        self.known = KnownSeries()
        self.retention = configuration.retention.get(topic, configuration.horizon.default)
        self.recent: list[tuple[int, str]] = []
        self.news: list[Event] = []
        self.begun: dict[str, int] = {}
        self._checkpoints = Checkpoints()
        self.dirty: set[str] = set()
        self._warm: dict[str, None] = {}
        self._expiry: dict[int, list[str]] = {}
        self._expiry_steps: list[int] = []

    def fold(self, events: Sequence[Event], position: int) -> FoldOutcome:
        """Fold a batch.

        events: those of this partition that the codec accepted, in offset order; position: the offset after
        the last record of the batch, refused ones included.
        """
        outcome = FoldOutcome()
        applied, duplicate, late = Counter[int](), Counter[int](), Counter[int]()
        facts: Facts = []
        derives = is_derived(self.topic)
        horizon = self.configuration.horizon.default
        newest = _BEFORE_ALL if self.watermark is None else self.watermark
        for number, event in enumerate(events):
            if event.time > newest:
                self.watermark = newest = event.time
                if event.time >= self.step + STEP:
                    self._take_step(event.time // STEP * STEP)
            change = self._fold_event(event, facts, newest) if derives else APPLIED
            if change is APPLIED:
                if event.time >= newest - horizon:
                    applied[event.rank] += 1
                else:
                    late[event.rank] += 1
            elif change is DUPLICATE:
                duplicate[event.rank] += 1
            else:
                outcome.expired.append(number)
        for name, counted in (("applied", applied), ("duplicate", duplicate), ("late", late)):
            outcome.results.update({(rank, name): count for rank, count in counted.items()})
        self.position = position
        self._settle(facts, {event.case for event in events} if derives else set())
        return outcome

    def _fold_event(self, event: Event, facts: Facts, watermark: int) -> Change | None:
        """Fold one event into its case; None refuses it as expired."""
        name = event.case
        case = self.cases.get(name)
        if case is None:
            if event.time < watermark - self.retention:
                return None
            case = self.cases[name] = new_case(event, self.topic, self.configuration, facts)
            self.begun[name] = len(self.news)
            self.news.append(event)
            self._expire_at(event.time + self.retention, name)
            if case.place is not None:
                self.known.move(None, case.place)
            if event.time < self.step:
                self._look_again(name, case)
            return APPLIED
        if isinstance(case, bytes):
            case = self.cases[name] = self._unpacked(name, case)
        last, kind = case.last, case.kind
        change = fold_into(case, event, self.topic, self.configuration, facts)
        if change is REPEATED:
            return DUPLICATE
        self.news.append(event)
        # A contact that has arrived is named by its facts, unless it was derived anew.
        if case.place is not None or case.kind is not kind:
            self._note_place(case)
        if event.time < self.step or case.last < last:
            self._look_again(name, case)
        return change

    def _note_place(self, case: Case) -> None:
        """Note the series of a case that no fact may name."""
        place = None if case.kind is None else case.kind.place()
        if place != case.place:
            self.known.move(case.place, place)
            case.place = place

    def _settle(self, facts: Facts, touched: set[str]) -> None:
        """Bring rows, totals and the read side up to date after a batch."""
        watermark = self.watermark
        if watermark is None:
            return
        self.rows.add(facts)
        self.totals.add(facts, watermark)
        self.known.add(facts)
        warm, cases = self._warm, self.cases
        for name in touched:
            case = cases.get(name)
            if not isinstance(case, Case):
                continue  # evicted by a step later in the batch
            warm.pop(name, None)
            warm[name] = None
            if case.last > watermark - RECENT:
                self.recent.append((case.last, name))
        self.dirty |= touched
        if len(self.dirty) > WARM_CASES // 4:
            self.refresh()
        if len(warm) > WARM_CASES:
            self._pack_cold(len(warm) - WARM_CASES)
        if len(self.recent) > 4 * WARM_CASES:
            self.recent = list(
                {name: (last, name) for last, name in self.recent if last > watermark - RECENT}.values()
            )

    def refresh(self) -> None:
        """Bring the state index up to date with the cases touched since the last time."""
        for name in self.dirty:
            case = self.cases.get(name)
            if isinstance(case, Case) and (case.is_open() or self.index.get(name) is not None):
                self._show(name, case)
        self.dirty.clear()

    def _show(self, name: str, case: Case) -> None:
        """Put a case's status into the index."""
        self.index.put(name, None if case.kind is None else case.kind.status())

    def _pack_cold(self, number: int) -> None:
        self.refresh()
        for name in [name for name, _ in zip(self._warm, range(number), strict=False)]:
            del self._warm[name]
            case = self.cases.get(name)
            if isinstance(case, Case):
                self.cases[name] = pack(case.deliveries)

    def keep_packed(self, name: str, packed: bytes, deliveries: int) -> None:
        """Keep a case at rest in the packed form that a checkpoint has just made of all its deliveries."""
        case = self.cases.get(name)
        if isinstance(case, Case) and len(case.deliveries) == deliveries and not case.is_open():
            self.cases[name] = packed
            self._warm.pop(name, None)

    def _unpacked(self, name: str, packed: bytes) -> Case:
        return derived_case(unpack(name, packed), self.topic, self.configuration, [])

    def case(self, name: str) -> Case | None:
        """Return a case unpacked, without changing anything; None when it is unknown."""
        found = self.cases.get(name)
        return self._unpacked(name, found) if isinstance(found, bytes) else found

    # Eviction -----------------------------------------------------------------------------------------------

    def _expire_at(self, moment: int, name: str) -> None:
        step = -(-moment // STEP)
        names = self._expiry.get(step)
        if names is None:
            names = self._expiry[step] = []
            heappush(self._expiry_steps, step)
        names.append(name)

    def _take_step(self, step: int) -> None:
        """Let rows and cases go that are out of reach at a step of the watermark."""
        self.step = step
        self.rows.forget(step)
        if len(self.known) > KNOWN_LIMIT:
            self.refresh()
            self.known.restrict(self.rows.known() | self.index.states(step).known)
        while self._expiry_steps and self._expiry_steps[0] * STEP <= step:
            for name in self._expiry.pop(heappop(self._expiry_steps)):
                self._evict(name, step)

    def _evict(self, name: str, step: int) -> None:
        case = self.case(name)
        if case is None:
            return
        moment = self.leaves_at(case)
        if moment is None or moment > step:
            # An open case may end meanwhile, and then it leaves its retention after that.
            again = step + self.retention
            self._expire_at(again if moment is None else min(moment, again), name)
        else:
            self._leave(name, case)

    def _look_again(self, name: str, case: Case) -> None:
        """Evict at once what a late event has made due, or look at it when it will be.

        Between two records every case here leaves later than the last step; a restoration relies on that.
        """
        moment = self.leaves_at(case)
        if moment is not None:
            if moment <= self.step:
                self._leave(name, case)
            else:
                self._expire_at(moment, name)

    def _leave(self, name: str, case: Case) -> None:
        """Let a case go; the pairs it lay in stay known."""
        facts: Facts = []
        if case.timeline:
            derive(self.topic, self.configuration, case.timeline, facts)
        self.known.keep(lasting_series(facts))
        self.known.keep(() if case.place is None else (case.place,))
        del self.cases[name]
        self._warm.pop(name, None)
        self.dirty.discard(name)
        self.index.put(name, None)

    def leaves_at(self, case: Case) -> int | None:
        """Return from when on a case may be evicted, None while it has a state."""
        kept = self.retention
        if case.is_open():
            limit = self.configuration.max_open.get(self.topic)
            if limit is None:
                return None
            kept = max(kept, limit)
        return case.last + kept

    # Restoration --------------------------------------------------------------------------------------------

    def adopt(self, name: str, events: Iterable[Event]) -> None:
        """Take over a restored case; called only by a restoration, before the first fold."""
        facts: Facts = []
        case = derived_case(list(deliveries_of(events).values()), self.topic, self.configuration, facts)
        moment = self.leaves_at(case)
        if moment is not None and moment <= self.step:
            return  # it had left before
        self.rows.add(facts)
        self.known.add(facts)
        self.known.move(None, case.place)
        if self.watermark is not None and case.last > self.watermark - RECENT:
            self.recent.append((case.last, name))
        self._show(name, case)
        self.cases[name] = pack(case.deliveries)
        again = self.step + self.retention
        self._expire_at(again if moment is None else min(moment, again), name)

    def begin_at(self, watermark: int | None, step: int) -> None:
        """Set the watermark and the step that the durable state was at."""
        self.watermark, self.step = watermark, step
        self.rows.forget(step)

    def draft_checkpoint(self, slice_cases: int) -> CheckpointDraft:
        """Return what is new since the last draft and a slice of up to `slice_cases` cases in full.

        It forgets the news: the caller makes the draft durable or gives the partition up.
        """
        draft = self._checkpoints.draft(self, slice_cases)
        self.news = []
        self.begun = {}
        return draft

    def stand_at(self, position: int) -> None:
        """Set the source offset to fold next; called only by a restoration, after the last case."""
        self.position = position
        self._checkpoints.position = position

    # Reading ------------------------------------------------------------------------------------------------

    def moment(self, now: int, window_end: int) -> MomentParts:
        """Return the additive parts at `now` for windows that end at `window_end`, both in milliseconds."""
        self.refresh()
        return moment_of(self, now, window_end)

    def cases_with(self, names: Iterable[str]) -> Iterator[tuple[str, Case]]:
        """Yield cases by name, unpacked, without changing anything; unknown names are passed over."""
        for name in names:
            case = self.case(name)
            if case is not None:
                yield name, case


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


def derived_case(deliveries: list[Event], topic: Topic, configuration: Configuration, facts: Facts) -> Case:
    """Derive a case from its standing deliveries (not empty) and add its facts."""
    timeline = timeline_of(deliveries)
    if timeline == deliveries:
        timeline = deliveries
    kind = derive(topic, configuration, timeline, facts) if timeline else None
    case = Case(deliveries, timeline, kind)
    case.note_retractions(deliveries)
    return case
