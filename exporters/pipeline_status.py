"""What the processor tells about itself each tick: plain values that `streams` fills and exporters only read.

Guarantee: nothing here is computed or cached; a number that does not exist is None, a mapping without a key
has no series. Times are milliseconds since the epoch.

Worked: a calls partition 0 that has folded up to offset 1,200 of 1,240: PartitionStatus("calls", 0, "live",
1200, 40).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from aggregators.announcements import Word
from aggregators.catalogue.pipeline import VISIBLE_EDGES
from aggregators.configuration import SlaName
from exporters.histograms import Histogram


class PartitionStatus(Struct, frozen=True):
    """One partition of a source topic as this process sees it.

    state: `live`, `recovering`, `failed` or `unowned`; applied: the next offset to fold; lag: records between
    it and the partition's end, never negative; is_assigned: whether this worker owns it.
    """

    topic: str
    partition: int
    state: str
    applied: int | None = None
    lag: int | None = None
    is_assigned: bool = True


class Build(Struct, frozen=True):
    """Which program this is."""

    version: str
    python: str


class SlaEventsStatus(Struct, frozen=True):
    """Announcements of SLA targets.

    written: (target, outcome) → acknowledged ones; repeated: found in the topic once more; waiting: those
    that could not be written yet.
    """

    written: Mapping[tuple[SlaName, Word], int]
    repeated: int = 0
    waiting: int = 0


class PipelineStatus(Struct, kw_only=True):
    """Everything of the pipeline table.

    events: (topic, type, result) → events; dead_letters: (topic, reason) → records; lag_seconds: age of the
    oldest record not folded yet; watermarks: topic → newest event time; cases_tracked: topic → cases;
    sources: event source → newest event time; misrouted: topic → records; guards: name → times; is_redis_up:
    None without Redis; redis_publications: result → partitions; view_age_seconds, conflicts: of the merged
    view, None elsewhere;
    sla_events: what was announced of SLA targets, None where nothing is;
    bound_use: (topic, bound) → share in use;
    queues_hidden_total: how often a queue was merged into `__other__`; snapshot_age_seconds: of the partition
    whose last checkpoint is oldest.
    """

    build: Build
    events: Mapping[tuple[str, str, str], int] = {}
    dead_letters: Mapping[tuple[str, str], int] = {}
    partitions: Sequence[PartitionStatus] = ()
    lag_seconds: float | None = None
    watermarks: Mapping[str, int] = {}
    cases_tracked: Mapping[str, int] = {}
    bound_use: Mapping[tuple[str, str], float] = {}
    sources: Mapping[str, int] = {}
    is_view_complete: bool = False
    misrouted: Mapping[str, int] = {}
    guards: Mapping[str, int] = {}
    sla_events: SlaEventsStatus | None = None
    snapshot_age_seconds: float | None = None
    event_to_visible: Histogram | None = None
    is_redis_up: bool | None = None
    redis_publications: Mapping[str, int] = {}
    view_age_seconds: float | None = None
    conflicts: Mapping[str, int] | None = None
    queues_hidden_total: int = 0


def new_visibility_histogram() -> Histogram:
    """Return the empty histogram of how long events take from being written to being visible."""
    return Histogram(VISIBLE_EDGES)
