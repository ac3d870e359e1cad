"""Alerts for those who run supportpulse: whether the numbers are there, whole and fresh.

Guarantee: what makes numbers absent has an alert here, so that floor and contract alerts, which are silent
without numbers, never stay silent unnoticed.
"""

from __future__ import annotations

from exporters.alerts.alert import Alert, Severity, Terms
from exporters.alerts.recordings import OPEN

_ANY_OPEN = f"and on () (max({OPEN}) == 1)"
SILENT_SECONDS = 600
LAG_SECONDS = 60
LATE_SECONDS = 300
SNAPSHOT_SECONDS = 120


def platform_alerts(terms: Terms) -> tuple[Alert, ...]:
    """Return the alerts of the platform; events can be late only where the wall clock tells now."""
    return (
        *_of_numbers(),
        *_of_records(),
        *_of_partitions(),
        *(_of_time() if terms.is_by_wall_clock else ()),
    )


def _of_numbers() -> tuple[Alert, ...]:
    return (
        _alert(
            "MetricsAbsent",
            "absent(support_view_complete)",
            "2m",
            "Nobody exports support numbers",
            "No worker and no exporter is scraped.",
            "Every board and every other alert is blind.",
            "Is the target up in Prometheus (Status → Targets)? Does /livez answer?",
            "Start the worker or exporter; mend network, port or token.",
            severity="critical",
        ),
        _alert(
            "ViewIncomplete",
            "max(support_view_complete) == 0",
            "2m",
            "The numbers are incomplete",
            "No process has a whole view, so windows and states are absent.",
            "A partition is recovering, unowned or stale everywhere; a part is never shown as the whole.",
            "/readyz of each worker says which partition and why; support_fleet_conflicts.",
            "Start missing workers; where recovery is slow, wait and watch support_recovering.",
            severity="critical",
        ),
        _alert(
            "StillRecovering",
            "max by (instance) (support_recovering) > 0",
            "10m",
            "{{ $labels.instance }} has been recovering for ten minutes",
            "{{ $value }} partitions are not restored yet.",
            "State is being read back from the changelog and it takes long.",
            "The worker's log, the broker's load, the size of the changelog topics.",
            "Give it time or more cores; where it begins anew again and again, the log says why.",
        ),
        _alert(
            "RedisDown",
            "max by (instance) (support_redis_up) == 0",
            "1m",
            "{{ $labels.instance }} does not reach Redis",
            "The merged view ages; worker numbers and events are not affected.",
            "Publishing or reading the merged view fails.",
            "Redis itself, its memory, its ACL; the log of the worker or exporter names the error once a"
            " minute.",
            "Bring Redis back; nothing has to be repaired afterwards.",
        ),
        _alert(
            "FleetConflict",
            "max by (kind) (support_fleet_conflicts) > 0",
            "5m",
            "Workers do not belong together: {{ $labels.kind }}",
            "The merged numbers are absent until all workers agree.",
            "Workers run different configurations, numbers of partitions, state versions or clocks.",
            "/readyz of the exporter names them; a rolling restart passes by itself.",
            "Bring all workers to the same configuration and version.",
        ),
        _alert(
            "BoundNear",
            "max by (topic, bound) (support_bound_used_ratio) > 0.9",
            "5m",
            "{{ $labels.topic }} has {{ $value | humanizePercentage }} of its {{ $labels.bound }}",
            "At 100 % further ones are refused to the dead letters.",
            "A flood of cases or of queue names nears what a partition keeps.",
            "Which source sends them: support_source_last_event_timestamp_seconds, the newest dead letters.",
            "Stop the source, shorten the retention, or add partitions.",
        ),
    )


def _of_records() -> tuple[Alert, ...]:
    return (
        _alert(
            "DeadLetters",
            "sum by (topic, reason) (increase(support_dead_letters_total[10m])) > 0",
            "0s",
            "Events of {{ $labels.topic }} are refused: {{ $labels.reason }}",
            "About {{ $value | humanize }} in ten minutes; they do not count.",
            "Records do not meet the contract; each is kept with its reason.",
            "`supportpulse dead-letters list` and `show`.",
            "Mend the source; `supportpulse dead-letters replay` sends what was mended here.",
        ),
        _alert(
            "AnnouncementsWait",
            "max by (instance) (support_sla_events_waiting) > 0",
            "5m",
            "{{ $value | humanize }} SLA events cannot be written",
            "{{ $labels.instance }} decided them and keeps them; who acts on them hears nothing meanwhile.",
            "The topic of SLA events refuses what workers write, or no broker takes it; no number suffers.",
            "`supportpulse topics check` and `doctor`; the rights of the workers' user on the topic.",
            "Make the topic writable again: what waits is then written by itself, in its order, once.",
        ),
        _alert(
            "MisroutedKeys",
            "sum by (topic) (increase(support_misrouted_total[10m])) > 0",
            "0s",
            "Keys of {{ $labels.topic }} are in the wrong partition",
            "Cases may be split over two partitions: their numbers are wrong without any other sign.",
            "A producer uses another partitioner than murmur2 (librdkafka's default is another one).",
            "Which producer was changed last; `supportpulse topics check`.",
            "Set its partitioner to murmur2_random; write what went astray again.",
            severity="critical",
        ),
        _alert(
            "ProcessorLag",
            f"max by (instance) (support_lag_seconds) > {LAG_SECONDS}",
            "2m",
            "Numbers are {{ $value | humanizeDuration }} behind",
            "{{ $labels.instance }} reads events later than they are written.",
            "A worker catches up after a pause, or cannot keep up.",
            "support_lag_records by partition; CPU of the worker; after a restart it is normal for minutes.",
            "Wait where it shrinks; else add a worker or partitions.",
        ),
        _alert(
            "StateNotDurable",
            f"max by (instance) (support_snapshot_age_seconds) > {SNAPSHOT_SECONDS}",
            "1m",
            "{{ $labels.instance }} cannot write its state",
            "Numbers stay right; after a crash it would read further back.",
            "Checkpoints are refused or not acknowledged.",
            "The worker's log names the error; the broker's disk, the changelog topic's limits.",
            "Mend the broker; the worker goes on by itself.",
        ),
    )


def _of_partitions() -> tuple[Alert, ...]:
    owners = (
        "sum by (topic, partition) (support_partition_assigned unless on (instance) support_view_age_seconds)"
    )
    return (
        _alert(
            "PartitionUnowned",
            f"{owners} == 0",
            "1m",
            "Nobody reads {{ $labels.topic }}/{{ $labels.partition }}",
            "Its cases are missing from every number, so numbers are absent.",
            "No worker has the partition, longer than a rebalance takes.",
            "Do workers run? Their logs about the group; is a static member away for its session?",
            "Start a worker.",
            severity="critical",
        ),
        _alert(
            "PartitionOwnedTwice",
            f"{owners} > 1",
            "1m",
            "Two workers claim {{ $labels.topic }}/{{ $labels.partition }}",
            "Only one of them can write its state; numbers of workers must not be added now.",
            "A paused worker has not noticed yet that another one took over, or two groups are scraped as"
            " one.",
            "Which instances; are their groups the same? The clock of a machine that slept.",
            "End the worker that is not in the group.",
        ),
    )


def _of_time() -> tuple[Alert, ...]:
    return (
        _alert(
            "SourceSilent",
            f"(time() - max by (source) (support_source_last_event_timestamp_seconds) > {SILENT_SECONDS})"
            f" {_ANY_OPEN}",
            "5m",
            "{{ $labels.source }} has been silent for {{ $value | humanizeDuration }}",
            "No event of it has come although a queue is open.",
            "A telephone system, desk or chat tool sends nothing, or its connector stands.",
            "The connector's own log; is it the only silent one?",
            "Restart the connector; what comes late is put in its place by itself.",
        ),
        _alert(
            "EventsLate",
            f"(time() - max by (topic) (support_watermark_timestamp_seconds) > {LATE_SECONDS}) {_ANY_OPEN}",
            "5m",
            "{{ $labels.topic }} stands {{ $value | humanizeDuration }} back",
            "The newest event of the topic is that old although a queue is open.",
            "Events are delayed before they reach Kafka, or nothing happens at all.",
            "support_lag_seconds is 0: then the delay lies before Kafka.",
            "Look after the connectors and their clocks.",
        ),
    )


def _alert(name: str, expression: str, holds: str, *words: str, severity: Severity = "warning") -> Alert:
    """Return a row; words: summary, description, meaning, look, act."""
    summary, description, meaning, look, act = words
    return Alert(
        name=name,
        audience="platform",
        severity=severity,
        expression=expression,
        holds=holds,
        summary=summary,
        description=description,
        meaning=meaning,
        look=look,
        act=act,
        resolves="When the condition no longer holds.",
    )
