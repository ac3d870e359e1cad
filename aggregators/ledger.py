"""The state of one source partition: cases, rows, position; a pure function of the records in offset order.

Guarantee: two ledgers of one topic and configuration that folded the same records are equal, however the
records were cut into batches and wherever a checkpoint and a restoration lay between. No clock and no
randomness are inside: lateness, horizon and eviction follow the partition's event-time watermark, at fixed
steps of it between two records.

A batch is folded case by case: each case is derived or goes on once for all its events. No number changes,
because facts are sums; before an eviction, where the order between cases matters, its cases are folded.

A case is evicted at the first step at which it has no state and its topic's retention has passed since its
newest event. What is written durably is the cases and the position; rows are derived from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aggregators.admission import admitted, is_bound_near
from aggregators.announcements import Occasion
from aggregators.announcer import Announcer
from aggregators.bounds import KNOWN_LIMIT, LARGE_CASE, WARM_CASES
from aggregators.cases import CaseKind, derive
from aggregators.catalogue.totals import histogram_edges
from aggregators.checkpoint import CheckpointDraft, Checkpoints
from aggregators.configuration import Configuration
from aggregators.events import Event, Topic
from aggregators.expiry import STEP, Expiry
from aggregators.facts import Facts
from aggregators.fold_outcome import Exceptions, FoldOutcome
from aggregators.known_series import KnownSeries
from aggregators.ledger_case import derived_case, fold_case, lasting_of, new_case, stays
from aggregators.ledger_reading import reading_of
from aggregators.measures import Series
from aggregators.merging import Merging
from aggregators.news import News
from aggregators.parts import MomentParts
from aggregators.recent_cases import RecentCases
from aggregators.state_index import StateIndex
from aggregators.steps import Steps, finished
from aggregators.stored_case import Case, leaving, pack, pack_events, unpack, with_front
from aggregators.surveys import without_reasons
from aggregators.timeline import deliveries_of, is_timeline
from aggregators.topic_rows import WITHOUT_TOTALS, horizon_of, rows_of, windows_of
from aggregators.totals import Totals
from aggregators.whole_calls import WholeCalls

_BEFORE_ALL: Final = -(1 << 62)
_AFTER_ALL: Final = 1 << 62


class PartitionLedger:
    """One partition of one topic.

    position: next source offset to fold; watermark: newest event time folded, milliseconds, None before the
    first; step: the last moment at which cases and rows were let go.
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
        self.horizon = horizon_of(topic, configuration)
        self.rows = rows_of(topic, configuration)
        self.windows = windows_of(self.rows)
        self.known = KnownSeries()
        self.retention = configuration.retention.get(topic, configuration.horizon.default)
        self.recent = RecentCases()
        self.news = News()
        self.announcer = Announcer(configuration.announcing if topic == "tickets" else None)
        self._checkpoints = Checkpoints()
        self.dirty: set[str] = set()
        self._warm: dict[str, None] = {}
        self._expiry = Expiry()
        self._whole_calls = WholeCalls(configuration) if topic == "calls" else None
        # Of the batch that is being folded, and empty between two.
        self._pending: dict[str, list[Event]] = {}
        self._oldest = _AFTER_ALL
        self._facts: Facts = []
        self._exceptions = Exceptions()

    def fold(self, events: Sequence[Event], position: int) -> FoldOutcome:
        """Fold a batch.

        events: those of this partition that the codec accepted, in offset order; position: the offset after
        the last record of the batch, refused ones included.
        """
        if self.topic == "surveys" and not self.configuration.keep_reasons:
            events = without_reasons(events)
        if is_bound_near(self, events):
            for number, event in admitted(self, events, self._exceptions.beyond):
                self._fold_cases((event,), number)
                self._settle()
        else:
            self._fold_cases(events)
        self._settle()
        exceptions, self._exceptions = self._exceptions, Exceptions()
        self.position = position
        return exceptions.outcome(events)

    def _fold_cases(self, events: Sequence[Event], first: int = 0) -> None:
        """Put a batch together by case, take the steps, note what is late; first: its first event's place."""
        pending, cases, exceptions = self._pending, self.cases, self._exceptions
        newest = _BEFORE_ALL if self.watermark is None else self.watermark
        next_step, oldest = self.step + STEP, self._oldest
        for number, event in enumerate(events, first):
            time, name = event.time, event.case
            is_behind = time <= newest
            if not is_behind:
                newest = time
                if time >= next_step:
                    self.watermark, self._oldest = time, oldest
                    self._take_step(time // STEP * STEP)
                    next_step, oldest = self.step + STEP, self._oldest
            group = pending.get(name)
            if group is not None:
                group.append(event)
            elif time >= newest - self.retention or name in cases:
                pending[name] = [event]
            else:
                exceptions.expired.append(number)
                continue
            if time < oldest:  # noqa: PLR1730  # a call of min() for every event
                oldest = time
            if is_behind:
                self.watermark = newest
                self._note_behind(name, event)
        if newest != _BEFORE_ALL:
            self.watermark = newest
        for name in list(pending):
            self._fold_pending(name)

    def _note_behind(self, name: str, event: Event) -> None:
        """Note an event that is not newer than all before it: it may be late or let its case leave."""
        limit = self.step - self.retention
        if event.time <= limit and not stays(self.cases.get(name), event, limit):
            self._fold_pending(name)
        if self.watermark is not None and event.time < self.watermark - self.horizon:
            self._exceptions.late.append(event)

    def _fold_pending(self, name: str) -> None:
        """Fold what the batch has brought of a case so far."""
        events = self._pending.pop(name)
        case = self.cases.get(name)
        if case is not None:
            self._go_on(name, self._unpacked(name, case), events)
            return
        self.news.begin(name)
        last = events[-1].time
        stays = last + self.retention > self.step
        if stays and self._whole_calls is not None and self._whole_calls.add(events, self._facts):
            # The usual case while a backlog is drained: it begins and ends in one batch.
            self._begin_at_rest(name, events, last, None)
        elif len(events) < LARGE_CASE and is_timeline(events):
            kind = derive(self.topic, self.configuration, events, self._facts)
            if stays and kind.is_at_rest():
                self._begin_at_rest(name, events, last, kind)
                return
            self.cases[name] = case = Case(events, events, kind)
            self._note_begin(name, last, case.place)
            self._note_change(name, case, events)
        else:
            case = new_case(events[0], self.topic, self.configuration, self._facts)
            self._note_begin(name, case.last, case.place)
            self._go_on(name, case, events[1:])

    def _begin_at_rest(self, name: str, events: Sequence[Event], last: int, kind: CaseKind | None) -> None:
        """Keep a case that came whole; kind: None where it is over and facts name all its series."""
        self.cases[name] = pack(events, last=last, is_open=kind is not None and kind.is_open())
        self._note_begin(name, last, None if kind is None else kind.place())
        self.announcer.see(name, kind)

    def _note_begin(self, name: str, last: int, place: Series | None) -> None:
        self._expiry.note(last + self.retention, name)
        if place is not None:
            self.known.move(None, place)
        self.recent.note(last, name, self.watermark)

    def _go_on(self, name: str, case: Case, events: Sequence[Event]) -> None:
        """Fold further events into a case that is there."""
        facts, last = self._facts, case.last
        self.cases[name] = case
        changes = fold_case(case, events, (self.topic, self.configuration), facts)
        for event in self._exceptions.kept(events, changes):
            self.news.add(name, event)
        if case.is_cut:
            self.news.begin_anew(name)
            case.is_cut = False
        place = None if case.kind is None else case.kind.place()
        if place != case.place:
            self.known.move(case.place, place)
            case.place = place
        self.recent.note(case.last, name, self.watermark)
        if case.last < last:
            self._look_again(name, case)
        self._note_change(name, case, events)

    def _note_change(self, name: str, case: Case, events: Sequence[Event]) -> None:
        """Keep the read side, the warm list and the expiry up to date with a case that has changed."""
        step = self.step
        # Its first note stands until its oldest event leaves; only then may another be too late.
        if not case.timeline or case.timeline[0].time + self.retention <= step:
            if any(event.time < step for event in events):
                self._look_again(name, case)
            if name not in self.cases:
                return
        self.dirty.add(name)
        self._warm.pop(name, None)
        if case.is_at_rest() and len(case.deliveries) < LARGE_CASE:
            self.announcer.see(name, case.kind)
            self.cases[name] = case.packed()
        else:
            self._warm[name] = None

    def _settle(self) -> None:
        """Bring rows, totals and the read side up to date after a batch."""
        watermark = self.watermark
        if watermark is None:
            return
        facts, self._facts, self._oldest = self._facts, [], _AFTER_ALL
        self.rows.add(facts)
        self.windows.add(facts)
        if self.topic not in WITHOUT_TOTALS:
            self.totals.add(facts, watermark)
        self.known.add(facts)
        if len(self.dirty) > WARM_CASES // 4:
            self.refresh()
        if len(self._warm) > WARM_CASES:
            self._pack_cold(len(self._warm) - WARM_CASES)
        self.recent.forget(watermark)

    def refresh(self) -> None:
        """Bring the state index up to date with the cases touched since the last time."""
        for name in self.dirty:
            case = self.cases.get(name)
            if isinstance(case, Case):
                if case.is_open() or self.index.get(name) is not None:
                    self.index.put(name, None if case.kind is None else case.kind.status())
            elif self.index.get(name) is not None:  # packed at rest or gone
                self.index.put(name, None)
        self.dirty.clear()

    def _pack_cold(self, number: int) -> None:
        self.refresh()
        for name in [name for name, _ in zip(self._warm, range(number), strict=False)]:
            del self._warm[name]
            case = self.cases.get(name)
            if isinstance(case, Case):
                self.announcer.see(name, case.kind)
                self.cases[name] = case.packed()

    def _unpacked(self, name: str, case: Case | bytes) -> Case:
        if isinstance(case, Case):
            return case
        return derived_case(unpack(name, case), self.topic, self.configuration, [])

    def case(self, name: str) -> Case | None:
        """Return a case unpacked, without changing anything; None when it is unknown."""
        found = self.cases.get(name)
        return None if found is None else self._unpacked(name, found)

    # Eviction -----------------------------------------------------------------------------------------------

    def _take_step(self, step: int) -> None:
        """Let rows and cases go that are out of reach at a step of the watermark."""
        may_be_crowded = self.known.most() + len(self._pending) > KNOWN_LIMIT
        if may_be_crowded or step >= self._oldest + self.retention:
            for name in list(self._pending):
                self._fold_pending(name)
            self._settle()
        self.step = step
        self.rows.forget(step)
        if may_be_crowded and self.known.is_crowded(KNOWN_LIMIT):
            self.refresh()
            self.known.restrict(self.rows.known() | self.index.states(step).known)
            self.index.forget_unused()
        for name in self._expiry.due(step):
            self._evict(name, step)

    def _evict(self, name: str, step: int) -> None:
        if name in self._pending:
            self._fold_pending(name)
        case = self.cases.get(name)
        if case is None:
            return
        moment = self.leaves_at(leaving(case))
        if moment is None or moment > step:
            # An open case may end meanwhile, and then it leaves its retention after that.
            again = step + self.retention
            self._expiry.note(again if moment is None else min(moment, again), name)
        else:
            self._leave(name, case)

    def _look_again(self, name: str, case: Case) -> None:
        """Evict at once what a late event has made due, or look at it when it will be.

        Between two records every case here leaves later than the last step; a restoration relies on that.
        """
        moment = self.leaves_at(leaving(case)) if name in self.cases else None  # it may have left just now
        if moment is not None:
            if moment <= self.step:
                self._leave(name, case)
            else:
                self._expiry.note(moment, name)

    def _leave(self, name: str, case: Case | bytes) -> None:
        """Let a case go; the pairs it lay in stay known."""
        if self._facts or not self.known.is_settled():
            self.known.keep(lasting_of(self._unpacked(name, case), self.topic, self.configuration))
        del self.cases[name]
        self._warm.pop(name, None)
        self.dirty.discard(name)
        self.news.leave(name)
        self.announcer.forget(name)
        self.index.put(name, None)

    def leaves_at(self, case: tuple[int, bool]) -> int | None:
        """Return from when on a case (`leaving`) may be evicted, None while it has a state."""
        last, is_open = case
        max_open = self.configuration.max_open.get(self.topic) if is_open else 0
        return None if max_open is None else last + max(self.retention, max_open)

    # Restoration --------------------------------------------------------------------------------------------

    def adopt(self, name: str, events: list[Event], packed: bytes | None = None) -> None:
        """Take over a restored case; called only by a restoration, before the first fold.

        packed: these events as `stored_case` packs them, if there; `settle_adopted` puts facts in the rows.
        """
        first, last, is_open = events[0].time, events[-1].time, False
        leaves: int | None = last + self.retention
        whole_calls = self._whole_calls if last + self.retention > self.step else None
        # Nearly every call is a whole one: its events are in order, of different ids, and it is over.
        if whole_calls is None or not whole_calls.add(events, self._facts):
            facts: Facts = []
            if is_timeline(events):
                kind: CaseKind | None = derive(self.topic, self.configuration, events, facts)
            else:
                standing = list(deliveries_of(events).values())
                case = derived_case(standing, self.topic, self.configuration, facts)
                last, kind = case.last, case.kind
                first = min([event.time for event in standing])
                packed, events = (packed if len(standing) == len(events) else None), standing
            is_open = kind is not None and kind.is_open()
            leaves = self.leaves_at((last, is_open))
            if leaves is not None and leaves <= self.step:
                self.announcer.forget(name)
                return  # it had left before
            self._facts += facts
            self.known.move(None, None if kind is None else kind.place())
            self.announcer.adopt(name, kind)
            if is_open and kind is not None:
                self.index.put(name, kind.status())
        self.cases[name] = with_front(packed or pack_events(events), first=first, last=last, is_open=is_open)
        self.recent.note(last, name, self.watermark)
        again = self.step + self.retention
        self._expiry.note(again if leaves is None else min(leaves, again), name)

    def settle_adopted(self) -> None:
        """Bring rows and known series up to date with the cases adopted so far."""
        facts, self._facts = self._facts, []
        self.rows.add(facts)
        self.known.add(facts)

    def begin_at(self, watermark: int | None, step: int) -> None:
        """Set the watermark and the step that the durable state was at."""
        self.watermark, self.step = watermark, step
        self.rows.forget(step)

    def draft_checkpoint(self, slice_cases: int, occasion: Occasion | None = None) -> CheckpointDraft:
        """Return what is new since the last draft and a slice of up to `slice_cases` cases in full.

        It forgets the news: the caller makes the draft durable or gives the partition up. occasion: on which
        outcomes of SLA targets are announced; None: now they are not.
        """
        draft = self._checkpoints.draft(self, slice_cases, occasion)
        self.news = News()
        return draft

    def stand_at(self, position: int) -> None:
        """Set the source offset to fold next; called only by a restoration, after the last case."""
        self.position = position
        self._checkpoints.position = position

    # Reading ------------------------------------------------------------------------------------------------

    def moment(self, now: int, window_end: int) -> MomentParts:
        """Return the additive parts at `now` of windows that end at `window_end` (ms)."""
        return Merging().merged([finished(self.reading(now, window_end))])

    def reading(self, now: int, window_end: int) -> Steps[MomentParts]:
        """Return the same in steps, compounds as they are; nobody may fold or read between them."""
        self.refresh()
        return reading_of(self, now, window_end)
