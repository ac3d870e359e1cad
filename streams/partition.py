"""One partition of one source topic: take it, fold its batches, make its state durable, give it up.

Guarantee: a record is folded exactly once into the state that counts. Batches are folded only while the state
is live, trimmed below `applied` and refused above it; a checkpoint is drafted only when every dead letter
before it is acknowledged; a send that finally fails ends the fold, and the partition is taken anew (fence,
changelog, source from `applied`), so nothing is acknowledged past what is durable.

    taken → fence → restore → seek to `applied` → live: batch, batch, checkpoint, batch … → given up: last
    checkpoint
                 ^───────────────── failed, after a pause ─────────────────┘

Cost: one task per partition; a fold of a slice holds the event loop for about 40 ms, a draft for 20 ms.
"""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from time import monotonic, thread_time
from typing import Final, cast

from aggregators.announcements import Occasion
from aggregators.events import TYPE_NAME, Event
from aggregators.ledger import PartitionLedger
from streams.changelog import ChangelogDamaged, StateMismatch
from streams.changelog_log import HeadDeleted
from streams.dead_letters import DeadLetter
from streams.decoder import Decoder
from streams.ending_tasks import ended
from streams.occasions import Progress, occasion_of
from streams.partition_context import Outlets, PartitionContext, SourceReader
from streams.partitioning import partition_of
from streams.refusal import BEYOND, Reason, Refusal
from streams.refusal_log import RefusalLog
from streams.snapshot_slice import SnapshotSlice
from streams.statistics import Folded, PartitionState, newest_by_source
from streams.transport import FOLD_SECONDS, Batch, Record, SliceSize

logger = logging.getLogger(__name__)

CHECKPOINT_SECONDS: Final = 1.5
CHECKPOINT_RECORDS: Final = 50_000
"""Sooner than by time where one partition drains fast: drafting 50,000 events takes about 50 ms."""
GIVE_UP_SECONDS: Final = 5.0
"""Less than the session timeout of 10 s: a rebalance waits for it."""
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
STEADY_SECONDS: Final = 60.0
"""A partition that was live that long fails for a new reason: the pauses start from the shortest again."""

_offset_of = attrgetter("offset")


class CheckpointLost(Exception):
    """A draft of this state did not become durable, so nothing may be written behind it: it is rebuilt."""


class SourcePartition:
    """One partition while, and after, it is assigned to this worker."""

    def __init__(
        self,
        context: PartitionContext,
        partition: int,
        *,
        outlets: Outlets,
        reader: SourceReader,
    ) -> None:
        self.partition = partition
        self.state = PartitionState.RECOVERING
        self.reason = ""
        self.durable: int | None = None
        self._decoder = Decoder(context.topic, context.configuration.max_future_skew)
        self._fold_size = SliceSize(FOLD_SECONDS)
        self.fatal: StateMismatch | ChangelogDamaged | None = None
        """Why trying again cannot help; the processor stops with it."""
        self._context = context
        self._changelog = outlets.changelog
        self._letters = outlets.letters
        self._announcing = outlets.announcing
        self._reader = reader
        self._slice = SnapshotSlice()
        self._refusals = RefusalLog(self.label)
        self._parked: PartitionLedger | None = None
        """A state that was durable when it was given up; it still holds if nobody wrote since."""
        self._broken: Exception | None = None
        """What ended the fold outside of this partition's own task."""
        self._drafted: PartitionLedger | None = None
        """The state whose last draft is not known to be durable; a later one would leave a hole behind it."""
        self._write_lock = asyncio.Lock()
        self._checkpoint_due = asyncio.Event()
        self._folded_since_draft = 0
        self._newest_record: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_leaving = False

    @property
    def ledger(self) -> PartitionLedger | None:
        """The state, while the partition is live."""
        return self._context.ledgers.get(self.partition)

    @property
    def epoch(self) -> int:
        """Offset of this worker's fence in the changelog; −1 before the first."""
        return self._changelog.epoch

    @property
    def applied(self) -> int | None:
        """The next source offset to fold, while the partition is live."""
        ledger = self.ledger
        return None if ledger is None else ledger.position

    def take(self) -> None:
        """Start to recover the state and then to fold; returns at once."""
        if self._task is None:
            self.state, self.reason = PartitionState.RECOVERING, ""
            self._is_leaving = False
            self._task = asyncio.create_task(self._run())

    async def give_up(self) -> bool:
        """Write a last checkpoint and stop; takes 5 s at most and does not raise.

        Returns:
            Whether everything folded is durable.
        """
        self._is_leaving = True
        ledger = self._context.ledgers.pop(self.partition, None)
        if ledger is None:
            self.durable = None
        else:
            self._reader.hold()
            try:
                await asyncio.wait_for(self._checkpoint(ledger), GIVE_UP_SECONDS)
                self._parked = ledger
            except Exception as error:  # noqa: BLE001  # whatever it is, the next owner starts from the last checkpoint
                logger.info("%s: given up without a last checkpoint: %r", self.label, error)
        await self._stop_task()
        return ledger is None or self._parked is ledger

    @property
    def label(self) -> str:
        """Topic and partition for people."""
        return f"{self._context.topic}/{self.partition}"

    async def fold(self, batch: Batch) -> None:
        """Fold what is new of a batch; called by the topic's agent, one batch at a time.

        Returns without having folded where the partition is not live or the batch lies ahead of the state.
        """
        ledger = self.ledger
        if ledger is None:
            return
        try:
            await self._fold_batch(ledger, batch)
        except Exception as error:  # noqa: BLE001  # an agent that raises would be restarted and skip the batch
            self._broken = error
            self._checkpoint_due.set()

    async def _fold_batch(self, ledger: PartitionLedger, batch: Batch) -> None:
        statistics = self._context.statistics
        if batch.read_from > ledger.position and not await self._is_head_deleted(batch, ledger.position):
            if self.ledger is ledger:
                statistics.gaps_sought += 1
                await self._reader.seek(ledger.position)
            return
        start = bisect_left(batch.records, ledger.position, key=_offset_of)
        statistics.trimmed_records += start
        statistics.hole_records += max(0, batch.next_position - ledger.position - len(batch.records) + start)
        statistics.batches += 1
        await self._fold_slices(ledger, batch, start)

    async def _fold_slices(self, ledger: PartitionLedger, batch: Batch, start: int) -> None:
        records = batch.records
        while self.ledger is ledger and self._broken is None and ledger.position < batch.next_position:
            end = min(start + self._fold_size.records, len(records))
            position = batch.next_position if end == len(records) else records[end].offset
            piece = records[start:end]
            decoded = await self._decoder.decode(piece)
            async with self._context.state_lock:
                if self.ledger is not ledger or self._broken is not None:
                    return
                self._fold_slice(ledger, piece, decoded, position)
            start = end
            if self._letters.is_full:
                await self._letters.settle()
            elif end < len(records):
                await asyncio.sleep(0)

    def _fold_slice(
        self,
        ledger: PartitionLedger,
        records: Sequence[Record],
        decoded: Sequence[Event | Refusal],
        position: int,
    ) -> None:
        began = thread_time()
        events, accepted, letters = self._sorted_out(records, decoded)
        outcome = ledger.fold(events, position)
        letters += [
            self._letter(accepted[index], Reason.EXPIRED, "older than its topic's retention")
            for index in outcome.expired
        ]
        letters += [
            self._letter(accepted[index], bound, BEYOND[bound]) for index, bound in outcome.beyond.items()
        ]
        self._letters.post(letters)
        self._refusals.note(letters)
        self._count(outcome.results, [events[index] for index in (*outcome.expired, *outcome.beyond)])
        self._folded_since_draft += len(records)
        if self._folded_since_draft >= CHECKPOINT_RECORDS:
            self._checkpoint_due.set()
        self._fold_size.learn(len(records), thread_time() - began)
        if records:
            self._note(records, events)
            newest, oldest = records[-1].timestamp, records[0].timestamp
            self._newest_record = newest
            self._context.on_folded(Folded(self._context.topic, self.partition, len(records), oldest, newest))

    def _sorted_out(
        self, records: Sequence[Record], decoded: Sequence[Event | Refusal]
    ) -> tuple[list[Event], Sequence[Record], list[DeadLetter]]:
        """Return the events, the records they came from, and the letters of the refused ones."""
        if Refusal not in set(map(type, decoded)):
            return cast("list[Event]", decoded), records, []
        events, accepted, letters = list[Event](), list[Record](), list[DeadLetter]()
        for record, found in zip(records, decoded, strict=True):
            if isinstance(found, Refusal):
                letters.append(self._letter(record, found.reason, found.detail))
            else:
                events.append(found)
                accepted.append(record)
        self._context.statistics.events[self._context.topic, "", "refused"] += len(letters)
        return events, accepted, letters

    def _note(self, records: Sequence[Record], events: Sequence[Event]) -> None:
        """Count what an operator wants to know: sources heard of, and whether the keys belong here."""
        context = self._context
        context.statistics.hear(newest_by_source(events))
        key = records[0].key
        if key is not None and partition_of(key, context.partitions) != self.partition:
            context.statistics.misrouted[context.topic] += 1

    def _letter(self, record: Record, reason: str, detail: str) -> DeadLetter:
        return DeadLetter(record, self._context.source, self.partition, reason, detail)

    def _count(self, results: dict[tuple[int, str], int], refused: Sequence[Event]) -> None:
        counter, topic = self._context.statistics.events, self._context.topic
        for (rank, result), number in results.items():
            counter[topic, TYPE_NAME[rank], result] += number
        for event in refused:
            counter[topic, TYPE_NAME[event.rank], "refused"] += 1

    async def _is_head_deleted(self, batch: Batch, position: int) -> bool:
        """Say whether what lies between the state and the batch is gone from the source for good."""
        oldest, _ = await self._reader.bounds()
        return oldest > position and batch.read_from <= oldest

    async def _run(self) -> None:
        pause, ledger = FIRST_PAUSE_SECONDS, None
        # Once it is being given up, a fence of its own could come between it and its last checkpoint.
        while self.fatal is None and not self._is_leaving:
            began = monotonic()
            try:
                ledger = await self._recover()
                await self._keep_checkpoints(ledger)
            except (StateMismatch, ChangelogDamaged) as error:
                self.fatal = error
                self._fail(ledger, error)
            except Exception as error:  # noqa: BLE001  # brokers, fences, bugs: the state is rebuilt from what is durable
                self._fail(ledger, error)
                await self._letters.abandon()
                pause = FIRST_PAUSE_SECONDS if monotonic() - began > STEADY_SECONDS else pause
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _recover(self) -> PartitionLedger:
        self.state = PartitionState.RECOVERING
        is_undisturbed = await self._changelog.fence()
        parked, self._parked = self._parked, None
        ledger = parked if parked is not None and is_undisturbed else await self._restore()
        oldest, end = await self._reader.bounds()
        if ledger.position > end:
            raise StateMismatch(
                f"{self.label} ends at {end}, the state stands at {ledger.position}: the source topic was "
                "created anew; delete its changelog topic as well to start over"
            )
        durable = ledger.position
        if (
            oldest > durable
        ):  # retention was faster: also where nothing at all is left that a fetch could bring
            self._context.statistics.hole_records += oldest - durable
            logger.log(
                logging.WARNING if durable else logging.INFO,
                "%s: the source has no records from %d to %d any more",
                self.label,
                durable,
                oldest,
            )
            async with self._context.state_lock:  # a state that was kept may be being read
                ledger.fold([], oldest)
        self._checkpoint_due.clear()
        self._folded_since_draft = 0
        if self._announcing is not None:
            self._announcing.begin()
        self.durable = durable
        self._context.ledgers[self.partition] = ledger
        self.state, self.reason = PartitionState.LIVE, ""
        await self._reader.seek(ledger.position)
        return ledger

    async def _restore(self) -> PartitionLedger:
        while True:
            restoration = self._context.engine.new_restoration(
                self._context.topic, self._context.configuration
            )
            try:
                position = await self._changelog.restore(restoration)
            except HeadDeleted:
                continue
            if position is None:
                return self._context.engine.new_ledger(self._context.topic, self._context.configuration)
            for _ in restoration.steps():
                await asyncio.sleep(0)
            return restoration.ledger

    async def _keep_checkpoints(self, ledger: PartitionLedger) -> None:
        while self.ledger is ledger:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._checkpoint_due.wait(), CHECKPOINT_SECONDS)
            self._checkpoint_due.clear()
            if self._broken is not None:
                raise self._broken
            if self.ledger is ledger:
                await self._checkpoint(ledger)

    async def _checkpoint(self, ledger: PartitionLedger) -> None:
        async with self._write_lock:
            if self._drafted is ledger:
                raise CheckpointLost(self.label)
            announcing = self._announcing
            can_announce = announcing is not None and await announcing.settle(ledger.announcer.unsent)
            await self._letters.settle()
            occasion = self._occasion(ledger) if can_announce else None
            if ledger.position == self.durable and (
                occasion is None or not ledger.announcer.has_work(occasion)
            ):
                return
            began = thread_time()
            self._drafted = ledger  # no await between the letters and the draft: what it covers is settled
            draft = ledger.draft_checkpoint(self._slice.cases_of(len(ledger.cases)), occasion)
            self._slice.learn(self._folded_since_draft, len(ledger.cases), thread_time() - began)
            self._folded_since_draft = 0
            await self._changelog.write(draft)
            self._drafted = None
            self.durable = draft.to_position
            self._context.statistics.last_checkpoint_at[self._context.topic, self.partition] = monotonic()
            if announcing is not None and occasion is not None:
                await announcing.send(ledger.announcer.unsent)
                if ledger.announcer.is_crowded(occasion):
                    self._checkpoint_due.set()

    def _occasion(self, ledger: PartitionLedger) -> Occasion | None:
        """Return on which occasion it may be announced now what the state says."""
        context, has_folded = self._context, self._folded_since_draft > 0
        heard = self._reader.heard()
        progress = Progress(heard, ledger.position, ledger.watermark, self._newest_record, has_folded)
        return occasion_of(progress, int(context.clock() * 1000), context.event_clock())

    def _fail(self, ledger: PartitionLedger | None, error: BaseException) -> None:
        if ledger is not None and self.ledger is ledger:
            del self._context.ledgers[self.partition]
            self._reader.hold()
        self.durable, self._broken = None, None
        self.state, self.reason = PartitionState.FAILED, f"{type(error).__name__}: {error}"
        self._context.statistics.partition_failures += 1
        logger.warning("%s: taken anew after %s", self.label, self.reason)

    async def _stop_task(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            await ended([task])
        await self._letters.abandon()
        await self._changelog.close()
