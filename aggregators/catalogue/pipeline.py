"""The pipeline table: the health of the processor itself; exporters.self_metrics fills it.

Guarantee: one row for every pipeline metric with its labels; values come from exporters.pipeline_status.
Worked: a partition 40 records behind has support_lag_records 40 and delays what is shown by
support_lag_seconds.
"""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.metric import Kind, Metric

EVENT_RESULTS: Final = ("applied", "duplicate", "late", "refused")
CONFLICT_KINDS: Final = ("configuration", "partitions", "state_version", "clock", "format")
EVENT_TO_VISIBLE: Final = "support_event_to_visible_seconds"
VISIBLE_EDGES: Final = (50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000)
"""Upper edges (ms) of support_event_to_visible_seconds: from a live tick to an outage of minutes."""


def _kind(name: str) -> Kind:
    if name == EVENT_TO_VISIBLE:
        return "histogram"
    return "counter" if name.endswith("_total") else "gauge"


def _row(name: str, unit: str, help_text: str, definition: str, labels: tuple[str, ...] = ()) -> Metric:
    return Metric(
        name=name,
        kind=_kind(name),
        unit=unit,
        help=help_text,
        labels=labels,
        domain=(),
        definition=definition,
        group="pipeline",
    )


PIPELINE_METRICS: Final = (
    _row(
        "support_build_info",
        "boolean",
        "Which version of the program is running.",
        "Always 1; the version is a label.",
        labels=("version", "python"),
    ),
    _row(
        "support_events_total",
        "events",
        "How many events were read, by what became of them.",
        "applied: folded; duplicate: changed nothing; late: older than the horizon, its case was still "
        "updated; refused: in the dead letters.",
        labels=("topic", "type", "result"),
    ),
    _row(
        "support_dead_letters_total",
        "records",
        "How many records were refused, by reason.",
        "Records written to the dead-letter topic.",
        labels=("topic", "reason"),
    ),
    _row(
        "support_lag_records",
        "records",
        "How many records are waiting to be read.",
        "End of the partition less the position folded; never negative.",
        labels=("topic", "partition"),
    ),
    _row(
        "support_lag_seconds",
        "seconds",
        "How far the numbers are behind.",
        "Age of the oldest record not folded yet, 0 when all are.",
    ),
    _row(
        "support_watermark_timestamp_seconds",
        "seconds",
        "The newest event time seen.",
        "Newest event time folded in any partition of the topic; absent before the first event.",
        labels=("topic",),
    ),
    _row(
        "support_partition_assigned",
        "boolean",
        "Which partitions this worker owns.",
        "1 for every partition assigned to this worker (of an exporter: to any worker), 0 for the others.",
        labels=("topic", "partition"),
    ),
    _row(
        "support_recovering",
        "partitions",
        "How many partitions are being restored.",
        "Partitions assigned whose state is not rebuilt yet.",
    ),
    _row(
        EVENT_TO_VISIBLE,
        "seconds",
        "How long an event takes from being written to being visible.",
        "From the record's Kafka timestamp to the tick that shows it.",
    ),
    _row(
        "support_cases_tracked",
        "cases",
        "How many cases are kept in memory.",
        "Cases with a state, a deadline ahead or an event within their retention.",
        labels=("topic",),
    ),
    _row(
        "support_bound_used_ratio",
        "ratio",
        "How near a partition is to what it keeps at most.",
        "Of the fullest partition: cases, and pairs of channel and queue (series), per their bounds; at 1 "
        "events of further ones are refused as too_many_cases, too_many_queues.",
        labels=("topic", "bound"),
    ),
    _row(
        "support_source_last_event_timestamp_seconds",
        "seconds",
        "When each connected system was last heard of.",
        "Newest event time per event source; at most 100 sources are shown.",
        labels=("source",),
    ),
    _row(
        "support_view_complete",
        "boolean",
        "Whether the numbers shown include every partition.",
        "0 while a partition is recovering, unowned or stale: numbers that need it are absent.",
    ),
    _row(
        "support_misrouted_total",
        "records",
        "How many sampled records lie in the wrong partition.",
        "Sampled keys whose murmur2 partition is another one.",
        labels=("topic",),
    ),
    _row(
        "support_guards_total",
        "times",
        "How often what keeps the numbers exact had something to do.",
        "fence: a writer found that another worker has its partition; late_writer: a record of such a "
        "writer was passed over; trim: a record was read again, not folded again; gap: a batch lay ahead of "
        "the state and was read anew; unfinished: a checkpoint without its last chunk was passed over; "
        "retaken: a partition failed and was taken anew.",
        labels=("guard",),
    ),
    _row(
        "support_sla_events_total",
        "events",
        "How many outcomes of promises were announced to others.",
        "Events that this worker has written to the topic of SLA events, by target and outcome. Absent where "
        "sla_events.enabled is false.",
        labels=("sla", "outcome"),
    ),
    _row(
        "support_sla_events_repeated_total",
        "events",
        "How many announcements stand in their topic once more.",
        "Repeated ids met by the partitions' owners: written by a worker that had been replaced, or still on "
        "its way when its worker ended. Readers drop them. Absent where sla_events.enabled is false.",
    ),
    _row(
        "support_sla_events_waiting",
        "events",
        "How many announcements could not be written yet.",
        "Decided, durable, and not acknowledged by the topic of SLA events. Absent where sla_events.enabled "
        "is false.",
    ),
    _row(
        "support_snapshot_age_seconds",
        "seconds",
        "How old the oldest durable state is.",
        "Time since the last checkpoint of the partition that has waited longest; absent before the first.",
    ),
    _row(
        "support_redis_up",
        "boolean",
        "Whether the shared store answers.",
        "1 when the last publication to Redis (of an exporter: the last reading) succeeded, else 0; absent "
        "without Redis.",
    ),
    _row(
        "support_redis_publications_total",
        "partitions",
        "How often this worker published a partition for the merged view, by what became of it.",
        "published: stored; superseded: refused, another worker has taken the partition since; repeated: the "
        "tick was there already; failed: Redis did not take it. Absent without Redis.",
        labels=("result",),
    ),
    _row(
        "support_view_age_seconds",
        "seconds",
        "How old the merged view is.",
        "Since the newest tick of all partitions was written to Redis; only from `supportpulse exporter`.",
    ),
    _row(
        "support_fleet_conflicts",
        "conflicts",
        "Whether workers and exporter belong together, by what differs.",
        "Groups of partitions whose workers run another configuration, number of partitions, state version, "
        "clock or format than this exporter; more than 0 makes the merged numbers absent. Only from "
        "`supportpulse exporter`.",
        labels=("kind",),
    ),
    _row(
        "support_series",
        "series",
        "How many series this endpoint shows.",
        "Series in the last rendering of /metrics.",
    ),
    _row(
        "support_series_dropped_total",
        "queues",
        "How often a queue was merged into __other__ because there are too many.",
        "Queues that the bound of labels hides, each counted when it is first hidden.",
    ),
)
