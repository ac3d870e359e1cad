"""What a worker tells the fleet through Redis: every second a report of each partition, and additive parts.

Guarantee: all workers compute their parts for one common moment, so that they may be added: a tick is a whole
second of the wall clock, and its now that second, or with the event clock the newest event time of any
partition as the first worker to ask had it. Nothing here is waited for by events or pages: one publication is
on its way at most, what is late is left out, and while Redis does not answer only `is_up` and one log line a
minute say so.

    wall clock  ──600──────────601──────────602──
    worker a       └ parts at 600  └ 601       └ 602
    worker b       └ parts at 600  (busy)      └ 602      the exporter shows 600, then 602

A worker that needs long for its parts takes only every second, fourth or eighth tick, those that divide by
it, so that a fleet always has ticks in common. A partition whose events are further ahead of the common now
than states can be read back (`RECENT`, ten minutes; in a drain of history with the event clock) leaves the
tick out.

Cost: a tenth of the event loop's time, 2.5 % while catching up, as far as `PERIODS` reach; the loop has a
turn after each partition.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from time import time
from typing import Final, Protocol

from msgspec import Struct

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from aggregators.merging import Merging
from aggregators.recent_cases import RECENT
from aggregators.site_time import window_end
from aggregators.steps import Steps
from exporters.fleet_parts import Identity, PartitionParts, PartitionReport, compressed, encode
from exporters.fleet_store import Publication, StoreFailed
from streams.client_logs import TroubleLog
from streams.live_view import LIVE, Ledgers
from streams.shown_partitions import shown
from streams.statistics import PartitionStatus
from streams.turns import Turns
from streams.wire_names import STATE_VERSION

PERIODS: Final = (1, 2, 4, 8)
"""Seconds between two ticks with parts; powers of two, so that the longest are ticks of all."""
SHARE: Final = 10
SHARE_BEHIND: Final = 40
BEHIND_RECORDS: Final = 10_000
COMPRESSED_HERE: Final = 16_384
FAILED: Final = "failed"

Place = tuple[Topic, int]


class Store(Protocol):
    """What is asked of exporters.fleet_store.FleetStore."""

    @property
    def is_worth_asking(self) -> bool:
        """Whether to call at all."""

    async def publish(self, publications: Sequence[Publication]) -> list[str]:
        """Store reports and parts; return what became of each. Raises StoreFailed."""

    async def common_now(self, tick: int, watermarks: Mapping[tuple[str, int], int]) -> int | None:
        """Return the fleet's newest event time (ms) in a tick. Raises StoreFailed."""


class Owner(Protocol):
    """What is read of a processor."""

    @property
    def ledgers(self) -> Mapping[Place, PartitionLedger]:
        """The state of every live partition."""

    @property
    def partitions(self) -> list[PartitionStatus]:
        """Every assigned partition."""

    @property
    def partition_counts(self) -> Mapping[Topic, int]:
        """Partitions of every topic, of all workers."""

    @property
    def state_lock(self) -> asyncio.Lock:
        """To be held while a ledger is read in steps."""


class _Tick(Struct, frozen=True):
    """One tick: its second, its common now (ms; None where only reports are due), and who this worker is."""

    number: int
    now: int | None
    identity: Identity


class FleetPublisher:
    """Publishes the partitions of one worker.

    is_up: whether the last publication succeeded; counts: partitions by what became of their publication;
    address: where this worker answers over HTTP, empty until it is known.
    """

    def __init__(
        self,
        store: Store,
        configuration: Configuration,
        worker: str,
        clock: Callable[[], float] = time,
    ) -> None:
        """Prepare; worker: a name for people; clock: wall clock in seconds."""
        self.is_up = False
        self.address = ""
        self.counts: Counter[str] = Counter()
        self._store = store
        self._configuration = configuration
        self._worker = worker
        self._clock = clock
        self._trouble = TroubleLog(server="Redis")
        self._cost = 0.0
        self._merging: dict[Place, Merging] = {}
        """Of each partition: what has not changed since the last tick is not taken apart again."""

    async def run(self, owner: Owner) -> None:
        """Publish once a second until cancelled."""
        while True:
            now = self._clock()
            tick = int(now) + 1
            await asyncio.sleep(tick - now)
            await self.publish(owner, tick)

    async def publish(self, owner: Owner, tick: int) -> None:
        """Publish one tick (seconds since the epoch); returns within some seconds and does not raise."""
        if not self._store.is_worth_asking:
            return
        try:
            results = await self._store.publish(await self._publications(owner, tick))
        except StoreFailed as error:
            self._note_failure(str(error), len(owner.partitions))
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not end the worker
            self._note_failure(f"{type(error).__name__}: {error}", len(owner.partitions))
        else:
            self.is_up = True
            self.counts.update(results)
            self._trouble.clear()

    def period(self, owner: Owner) -> int:
        """Return how many seconds lie between two ticks with parts, by what they cost."""
        is_behind = any((status.lag_records or 0) > BEHIND_RECORDS for status in owner.partitions)
        share = SHARE_BEHIND if is_behind else SHARE
        return next((period for period in PERIODS if self._cost * share <= period), PERIODS[-1])

    async def _publications(self, owner: Owner, number: int) -> list[Publication]:
        ledgers, statuses = owner.ledgers, owner.partitions
        has_parts = number % self.period(owner) == 0
        now = await self._now(number, ledgers) if has_parts else None
        tick = _Tick(number, now, self._identity(owner))
        self._merging = {place: each for place, each in self._merging.items() if place in ledgers}
        found, turns = [], Turns()
        for status in statuses:
            ledger = ledgers.get((status.topic, status.partition))
            async with owner.state_lock:
                report = self._report(status, tick)
                parts = await turns.take(self._parts(ledger, status, tick))
            # Compressing lets the event loop go on; with few bytes the way to the thread would cost more.
            if parts is not None and len(parts) > COMPRESSED_HERE:
                parts = await asyncio.to_thread(compressed, parts)
            elif parts is not None:
                parts = compressed(parts)
            found.append(
                Publication(
                    (status.topic, status.partition),
                    status.epoch,
                    report,
                    tick=None if parts is None else number,
                    parts=parts,
                )
            )
            await asyncio.sleep(0)
        if has_parts:
            self._cost = turns.used
        return found

    def _report(self, status: PartitionStatus, tick: _Tick) -> bytes:
        partition = shown(status, self._clock())
        return encode(
            PartitionReport(
                identity=tick.identity,
                topic=status.topic,
                partition=status.partition,
                state=partition.state,
                applied=partition.applied,
                lag=partition.lag,
                worker=self._worker,
                address=self.address,
            )
        )

    def _parts(
        self, ledger: PartitionLedger | None, status: PartitionStatus, tick: _Tick
    ) -> Steps[bytes | None]:
        """Return a partition's parts in a tick; None where it has none, or is too far ahead of its now."""
        if ledger is None or tick.now is None or shown(status, self._clock()).state != LIVE:
            return None
        if ledger.watermark is not None and ledger.watermark - tick.now > RECENT:
            return None
        end = window_end(tick.now, self._configuration.resolution)
        merging = self._merging.setdefault((status.topic, status.partition), Merging())
        read = yield from ledger.reading(tick.now, end)
        moment = yield from merging.merging([read])
        return encode(
            PartitionParts(
                identity=tick.identity,
                topic=status.topic,
                partition=status.partition,
                epoch=status.epoch,
                tick=tick.number,
                now=tick.now,
                window_end=end,
                watermark=ledger.watermark,
                applied=ledger.position,
                lag=status.lag_records,
                moment=moment,
            )
        )

    async def _now(self, tick: int, ledgers: Ledgers) -> int:
        """Return the moment (ms) that a tick stands for in the whole fleet."""
        if self._configuration.clock == "wall":
            return tick * 1000
        watermarks: dict[tuple[str, int], int] = {
            place: ledger.watermark for place, ledger in ledgers.items() if ledger.watermark is not None
        }
        newest = await self._store.common_now(tick, watermarks)
        return tick * 1000 if newest is None else newest

    def _identity(self, owner: Owner) -> Identity:
        configuration = self._configuration
        counts: Mapping[str, int] = {str(topic): count for topic, count in owner.partition_counts.items()}
        return Identity(configuration.fingerprint, STATE_VERSION, counts, configuration.clock)

    def _note_failure(self, message: str, partitions: int) -> None:
        self.is_up = False
        self.counts[FAILED] += partitions
        self._trouble.note(message)
