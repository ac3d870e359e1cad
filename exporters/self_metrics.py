"""The pipeline's metrics as samples, and those of the process as prometheus_client gives them.

Guarantee: `pipeline_samples` gives every row of the pipeline table whose number exists; what does not exist
is absent. At most `SOURCES_SHOWN` event sources are shown, those heard of last.

Worked: partitions 0 (live, 40 behind) and 1 (recovering): support_lag_records 40 for 0 and absent for 1,
support_recovering 1.
Cost: the process's own metrics take about 0.5 ms, most of it reading /proc.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.exposition import generate_latest

from aggregators.announcements import WORDS
from aggregators.catalogue.pipeline import CONFLICT_KINDS, EVENT_TO_VISIBLE
from aggregators.configuration import SLAS
from aggregators.samples import Labels, Sample, Value
from exporters.histograms import histogram_samples
from exporters.pipeline_status import PartitionStatus, PipelineStatus, SlaEventsStatus

SOURCES_SHOWN: Final = 100
"""How many event sources have a series; a site has few, but an id in their place must not flood the page."""


def pipeline_samples(status: PipelineStatus) -> list[Sample]:
    """Return the pipeline's samples, apart from support_series, which only the rendering knows."""
    return [
        Sample(
            "support_build_info",
            (("version", status.build.version), ("python", status.build.python)),
            1,
        ),
        *_counts(status),
        *(sample for partition in status.partitions for sample in _partition(partition)),
        Sample("support_recovering", (), sum(each.state == "recovering" for each in status.partitions)),
        Sample("support_view_complete", (), int(status.is_view_complete)),
        *_moments(status),
        *_where_known("support_lag_seconds", status.lag_seconds),
        *_where_known("support_snapshot_age_seconds", status.snapshot_age_seconds),
        *_where_known("support_redis_up", None if status.is_redis_up is None else int(status.is_redis_up)),
        *_sla_events(status.sla_events),
        *_fleet(status),
        *_visibility(status),
    ]


def series_sample(count: int) -> Sample:
    """Return the number of series shown, itself among them."""
    return Sample("support_series", (), count)


class ProcessMetrics:
    """Memory, processor time, open files and garbage collections of this process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def render(self) -> bytes:
        """Return them in the text format; names begin with process_ and python_."""
        return generate_latest(self._registry)


def _counts(status: PipelineStatus) -> Iterator[Sample]:
    for (topic, event_type, result), count in status.events.items():
        labels = (("topic", topic), ("type", event_type), ("result", result))
        yield Sample("support_events_total", labels, count)
    for (topic, reason), count in status.dead_letters.items():
        yield Sample("support_dead_letters_total", (("topic", topic), ("reason", reason)), count)
    yield from _by_topic("support_cases_tracked", status.cases_tracked)
    yield from _by_topic("support_misrouted_total", status.misrouted)
    for guard, count in status.guards.items():
        yield Sample("support_guards_total", (("guard", guard),), count)
    for (topic, bound), share in status.bound_use.items():
        yield Sample("support_bound_used_ratio", (("topic", topic), ("bound", bound)), share)
    yield Sample("support_series_dropped_total", (), status.queues_hidden_total)


def _partition(status: PartitionStatus) -> Iterator[Sample]:
    labels: Labels = (("topic", status.topic), ("partition", str(status.partition)))
    yield Sample("support_partition_assigned", labels, int(status.is_assigned))
    if status.lag is not None:
        yield Sample("support_lag_records", labels, max(0, status.lag))


def _moments(status: PipelineStatus) -> Iterator[Sample]:
    for topic, moment in status.watermarks.items():
        yield Sample("support_watermark_timestamp_seconds", (("topic", topic),), moment / 1000)
    newest = sorted(status.sources.items(), key=lambda item: (-item[1], item[0]))[:SOURCES_SHOWN]
    for source, moment in newest:
        yield Sample("support_source_last_event_timestamp_seconds", (("source", source),), moment / 1000)


def _sla_events(status: SlaEventsStatus | None) -> Iterator[Sample]:
    if status is None:
        return
    for sla in SLAS:
        for outcome in WORDS:
            labels = (("sla", sla), ("outcome", outcome))
            yield Sample("support_sla_events_total", labels, status.written.get((sla, outcome), 0))
    yield Sample("support_sla_events_repeated_total", (), status.repeated)
    yield Sample("support_sla_events_waiting", (), status.waiting)


def _fleet(status: PipelineStatus) -> Iterator[Sample]:
    for result, count in status.redis_publications.items():
        yield Sample("support_redis_publications_total", (("result", result),), count)
    yield from _where_known("support_view_age_seconds", status.view_age_seconds)
    if status.conflicts is not None:
        for kind in CONFLICT_KINDS:
            yield Sample("support_fleet_conflicts", (("kind", kind),), status.conflicts.get(kind, 0))


def _visibility(status: PipelineStatus) -> Iterator[Sample]:
    if status.event_to_visible is not None:
        yield from histogram_samples(EVENT_TO_VISIBLE, (), status.event_to_visible)


def _by_topic(name: str, counts: Mapping[str, int]) -> Iterator[Sample]:
    for topic, count in counts.items():
        yield Sample(name, (("topic", topic),), count)


def _where_known(name: str, value: Value | None) -> Iterator[Sample]:
    if value is not None:
        yield Sample(name, (), value)
