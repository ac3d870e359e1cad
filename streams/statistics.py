"""What the processor counts about itself: plain integers for exporters, and the state of each partition.

Guarantee: reading costs nothing and never waits; counters only grow within one life of the process, also when
the Faust app is built anew. There is no metrics library here.

Worked: after 3 offers and one repeated one, `events[("calls", "call.offered", "applied")]` is 3 and
`events[("calls", "call.offered", "duplicate")]` is 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Final

from msgspec import Struct

from aggregators.announcements import Word
from aggregators.configuration import SlaName
from aggregators.events import Event, Topic

_source_of = attrgetter("source")
_time_of = attrgetter("time")


class PartitionState(StrEnum):
    """Where a partition stands between being assigned and being exact."""

    RECOVERING = "recovering"
    """Its changelog is being read; its numbers are not there yet."""
    LIVE = "live"
    """Its events are folded as they come."""
    FAILED = "failed"
    """Something refused; it is taken anew after a pause, the reason is stated."""


class PartitionStatus(Struct, frozen=True):
    """One partition that is assigned to this worker; offsets are of the source topic.

    applied: next offset to fold, None while there is no state; durable: what a restart would start from;
    lag_records: log end − applied, never negative, None until both are known; reason: of a failure, else
    empty; heard_at: when a broker last answered for it (wall clock, s), None before the first time; epoch: of
    this worker's fence, −1 before the first.
    """

    topic: Topic
    partition: int
    state: PartitionState
    reason: str
    applied: int | None
    durable: int | None
    lag_records: int | None
    heard_at: float | None = None
    epoch: int = -1


class Folded(Struct, frozen=True):
    """One batch was folded; timestamps are those of its oldest and newest record (ms, Kafka's)."""

    topic: Topic
    partition: int
    records: int
    oldest_timestamp: int
    newest_timestamp: int


SOURCES_KEPT: Final = 10_000
"""Event sources remembered; beyond them the half heard of longest ago is forgotten."""

OnFolded = Callable[[Folded], None]


@dataclass(slots=True)
class PipelineStatistics:
    """Counters of one worker."""

    events: Counter[tuple[Topic, str, str]] = field(default_factory=Counter)
    """By topic, event type (empty where unknown) and result: applied, duplicate, late, refused."""
    dead_letters: Counter[tuple[Topic, str]] = field(default_factory=Counter)
    """Acknowledged dead letters by topic and reason."""
    batches: int = 0
    checkpoints: int = 0
    checkpoint_bytes: int = 0
    fences: int = 0
    fenced_writers: int = 0
    """Writers that found a newer fence behind their own and gave up what they had not made durable."""
    restored_checkpoints: int = 0
    stale_records: int = 0
    """Changelog records passed over because their writer had lost the partition."""
    torn_checkpoints: int = 0
    trimmed_records: int = 0
    """Records read again below the applied offset and not folded a second time."""
    gaps_sought: int = 0
    """Batches that lay ahead of the state and made the consumer seek back."""
    hole_records: int = 0
    """Offsets that held nothing for a reader: transaction markers, compaction, a deleted head."""
    sla_events: Counter[tuple[SlaName, Word]] = field(default_factory=Counter)
    """Acknowledged announcements by target and outcome."""
    sla_events_repeated: int = 0
    """Announcements found in their topic once more: of a writer that was replaced, or still on its way."""
    sla_events_waiting: dict[str, int] = field(default_factory=dict)
    """Announcements that could not be written yet, by partition."""
    partition_failures: int = 0
    app_starts: int = 0
    app_failures: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    """Newest event time (ms) by event source."""
    misrouted: Counter[Topic] = field(default_factory=Counter)
    """Sampled records that lie in another partition than murmur2 of their key gives, by topic."""
    last_checkpoint_at: dict[tuple[Topic, int], float] = field(default_factory=dict)
    """Monotonic seconds of the last durable checkpoint by topic and partition."""

    @property
    def guards(self) -> dict[str, int]:
        """How often each guard of exactness had something to do, as support_guards_total names them."""
        return {
            "fence": self.fenced_writers,
            "late_writer": self.stale_records,
            "trim": self.trimmed_records,
            "gap": self.gaps_sought,
            "unfinished": self.torn_checkpoints,
            "retaken": self.partition_failures,
        }

    def hear(self, heard: Mapping[str, int]) -> None:
        """Take note of event sources and the newest event time (ms) of each."""
        sources = self.sources
        for source, moment in heard.items():
            if moment > sources.get(source, -1):
                sources[source] = moment
        if len(sources) > SOURCES_KEPT:
            for source in sorted(sources, key=sources.__getitem__)[: SOURCES_KEPT // 2]:
                del sources[source]


def newest_by_source(events: Sequence[Event]) -> dict[str, int]:
    """Return the newest event time (ms) of each source; a batch mostly has one."""
    sources = set(map(_source_of, events))
    if len(sources) == 1:
        return {sources.pop(): max(map(_time_of, events))}
    return {event.source: event.time for event in sorted(events, key=_time_of)}
