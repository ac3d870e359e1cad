"""From the processor to the pages: a tick every quarter of a second or sooner, /metrics every second.

Guarantee: publishing takes a third of the processor's time at most, a hundredth while it catches up: a tick
that took long is followed by a longer pause, but never of more than seconds. The pages outlive the Faust app;
while nothing works they say why.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from time import monotonic, time
from typing import Final

from aggregators.configuration import Configuration
from aggregators.samples import Sample
from aggregators.steps import Steps
from exporters.live_json import LiveJson, View
from exporters.pipeline_status import (
    PartitionStatus,
    PipelineStatus,
    SlaEventsStatus,
    new_visibility_histogram,
)
from exporters.prometheus_text import PrometheusText
from exporters.publication import Publication
from exporters.self_metrics import ProcessMetrics, pipeline_samples, series_sample
from exporters.totals import TotalsExport
from streams.bound_use import bound_use
from streams.fleet_publisher import FleetPublisher
from streams.live_view import LIVE, Ledgers, LiveView, all_partitions, cases_tracked, watermarks
from streams.processor import Processor
from streams.program import build_info
from streams.shown_partitions import STALE, STALE_SECONDS, shown
from streams.statistics import Folded, PipelineStatistics
from streams.turns import Turns

TICK_SECONDS: Final = 0.25
EARLY_TICK_SECONDS: Final = 0.1
"""Something has been folded, and a tick is cheap: nobody need wait for the next regular one."""
METRICS_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.05
PAUSE_SHARE: Final = 2
"""A pause is at least this many times as long as the tick before it."""

PAUSE_SHARE_EARLY: Final = 4
"""The same before an early tick."""

PAUSE_SHARE_BEHIND: Final = 99
"""While it is catching up: what is shown is history, and folding it is what people wait for."""

LONGEST_PAUSE: Final = 2.0
LONGEST_PAUSE_BEHIND: Final = 5.0
"""However long a tick takes, a board does not stand still for longer (seconds)."""

_STATE_MEANING: Final = {
    "recovering": "state is being read back",
    "failed": "failed, it is taken anew after a pause",
    STALE: f"no broker has answered for {STALE_SECONDS:.0f} s",
}
SMALL_LAG: Final = 10_000
"""Records behind which the numbers still count as current enough to be ready."""


class Publisher:
    """Keeps a publication up to date with a processor."""

    def __init__(
        self,
        configuration: Configuration,
        clock: Callable[[], float] = time,
        fleet: FleetPublisher | None = None,
    ) -> None:
        """Prepare; clock: wall clock in seconds; fleet: what publishes to Redis, None without one."""
        self.publication = Publication(clock=monotonic, stale_after_seconds=STALE_SECONDS)
        self.build = build_info()
        self.last: View | None = None
        self._view = LiveView(configuration)
        self._clock = clock
        self._fleet = fleet
        self._text = PrometheusText()
        self._live = LiveJson()
        self._process = ProcessMetrics()
        self._totals = TotalsExport(configuration)
        self._visible = new_visibility_histogram()
        self._folded: list[Folded] = []
        self._held: Ledgers = {}
        self._folded_until: dict[tuple[str, int], int] = {}
        self._metrics = b""
        self._was_behind = False
        self._metrics_at = -METRICS_SECONDS

    def note_folded(self, folded: Folded) -> None:
        """Called by the processor after each batch: its records are visible from the next tick on."""
        self._folded.append(folded)
        self._folded_until[folded.topic, folded.partition] = folded.newest_timestamp

    async def run(self, processor: Processor) -> None:
        """Publish until cancelled."""
        while True:
            began = monotonic()
            # Not by the wall: who was stopped for a minute within a tick owes nobody an hour's pause.
            took = await self.publish(processor)
            # Looked at again and again: there may be something new, and who catches up will have caught up.
            while (left := self._next_tick(began, took, processor) - monotonic()) > 0:  # noqa: ASYNC110  # a pace
                await asyncio.sleep(min(left, LOOK_SECONDS))

    def _next_tick(self, began: float, took: float, processor: Processor) -> float:
        """Return when the tick after one that began then and took so long is due, as things are now."""
        if _is_behind(processor, SMALL_LAG):
            return began + min(max(TICK_SECONDS, took * (1 + PAUSE_SHARE_BEHIND)), LONGEST_PAUSE_BEHIND)
        regular = began + min(max(TICK_SECONDS, took * (1 + PAUSE_SHARE)), LONGEST_PAUSE)
        early = began + max(EARLY_TICK_SECONDS, took * (1 + PAUSE_SHARE_EARLY))
        return min(early, regular) if self._folded else regular

    async def publish(self, processor: Processor) -> float:
        """Publish one tick, in turns with everything else; return the CPU seconds that it took."""
        turns = Turns()
        async with processor.state_lock:  # nothing is folded from the first partition read to the last
            ledgers, statuses = dict(processor.ledgers), processor.partitions
            owned = [shown(status, self._clock()) for status in statuses]
            partitions = all_partitions(owned, processor.partition_counts)
            is_page_due = self._is_page_due(processor)
            self._keep_totals(ledgers)
            reading = await turns.take(self._view.reading(ledgers, partitions, int(self._clock() * 1000)))
            totals = self._totals.samples(each.totals for each in ledgers.values()) if is_page_due else []
            folded, self._folded = self._folded, []
        self.last = current = await turns.take(self._view.deriving(reading))
        self._note_visible(folded)
        if is_page_due:
            beside = [*current.states, *totals, *pipeline_samples(self._status(processor, current, ledgers))]
            self._metrics = await turns.take(self._page(current, beside))
        reasons = not_ready(processor.trouble, owned, {status.reason for status in statuses})
        self.publication.update(self._metrics, lambda: self._live.render(current), reasons, current)
        return turns.used

    def _is_page_due(self, processor: Processor) -> bool:
        """Say whether /metrics is to be rendered anew: once a second, and when everything is folded."""
        was_behind, self._was_behind = self._was_behind, _is_behind(processor, 0)
        has_caught_up = was_behind and not self._was_behind
        if has_caught_up or monotonic() - self._metrics_at >= METRICS_SECONDS:
            self._metrics_at = monotonic()
            return True
        return False

    def _page(self, current: View, beside: list[Sample]) -> Steps[bytes]:
        page = yield from self._text.rendering([*current.windows.items(), (None, beside)])
        return page + self._text_of_series() + self._process.render()

    def _text_of_series(self) -> bytes:
        return PrometheusText().render([(None, [series_sample(self._text.series + 1)])])

    def _status(self, processor: Processor, current: View, ledgers: Ledgers) -> PipelineStatus:
        statistics = processor.statistics
        return PipelineStatus(
            build=self.build,
            events={(topic, kind, result): n for (topic, kind, result), n in statistics.events.items()},
            dead_letters={(topic, reason): n for (topic, reason), n in statistics.dead_letters.items()},
            partitions=current.partitions,
            lag_seconds=self._lag_seconds(current.partitions),
            watermarks=watermarks(ledgers),
            cases_tracked=cases_tracked(ledgers),
            bound_use=bound_use(ledgers),
            sources=dict(statistics.sources),
            is_view_complete=current.is_complete,
            misrouted=dict(statistics.misrouted.items()),
            guards=statistics.guards,
            sla_events=_sla_events(statistics) if processor.settings.is_announcing else None,
            snapshot_age_seconds=_snapshot_age(processor),
            event_to_visible=self._visible,
            is_redis_up=None if self._fleet is None else self._fleet.is_up,
            redis_publications={} if self._fleet is None else dict(self._fleet.counts),
            queues_hidden_total=self._view.queues_hidden,
        )

    def _lag_seconds(self, partitions: Sequence[PartitionStatus]) -> float:
        """Return the age of the newest folded record where that is oldest; 0 when no partition is behind."""
        until = [
            self._folded_until[place]
            for status in partitions
            if status.lag and (place := (status.topic, status.partition)) in self._folded_until
        ]
        return max(0.0, self._clock() - min(until) / 1000) if until else 0.0

    def _note_visible(self, batches: Sequence[Folded]) -> None:
        """What was folded before this tick is visible now; a batch's oldest record stands for all of it."""
        now = int(self._clock() * 1000)
        for folded in batches:
            self._visible.observe(max(0, now - folded.oldest_timestamp), folded.records)

    def _keep_totals(self, ledgers: Ledgers) -> None:
        """Totals of partitions that went elsewhere stay counted in this process."""
        held = {id(ledger) for ledger in ledgers.values()}
        for ledger in self._held.values():
            if id(ledger) not in held:
                self._totals.keep(ledger.totals)
        self._held = ledgers


def _is_behind(processor: Processor, records: int) -> bool:
    """Say whether a partition is more than so many records behind."""
    return any((status.lag_records or 0) > records for status in processor.partitions)


def _sla_events(statistics: PipelineStatistics) -> SlaEventsStatus:
    waiting = sum(statistics.sla_events_waiting.values())
    return SlaEventsStatus(dict(statistics.sla_events), statistics.sla_events_repeated, waiting)


def _snapshot_age(processor: Processor) -> float | None:
    """Return the age of the oldest checkpoint among partitions that have something to make durable."""
    written = processor.statistics.last_checkpoint_at
    statuses = processor.partitions
    if not statuses:
        return None
    waiting = [status for status in statuses if status.applied != status.durable]
    moments = [written[place] for status in waiting if (place := (status.topic, status.partition)) in written]
    return monotonic() - min(moments) if moments else 0.0


def not_ready(trouble: str | None, owned: Sequence[PartitionStatus], causes: Collection[str]) -> list[str]:
    """Return why the numbers of this process are not to be relied upon, in the words of an operator.

    trouble: what the Kafka side says is wrong; owned: this process's partitions; causes: why partitions
    failed.
    """
    reasons = [trouble] if trouble else []
    if not owned and not reasons:
        reasons.append("no partition is assigned to this process")
    states = Counter(status.state for status in owned)
    for state in sorted(states.keys() - {LIVE}):
        first = next(status for status in owned if status.state == state)
        others = f" and {states[state] - 1} more partitions" if states[state] > 1 else ""
        reasons.append(f"{first.topic}/{first.partition}{others}: {_STATE_MEANING.get(state, state)}")
    reasons += sorted(cause for cause in causes if cause)
    reasons += [
        f"{status.topic}/{status.partition} is {status.lag} records behind"
        for status in owned
        if status.state == LIVE and status.lag is not None and status.lag > SMALL_LAG
    ]
    return reasons
