"""The dashboard of the processor itself: are the numbers whole, fresh and durable, and what was refused.

Guarantee: counts of workers are summed over the workers; whether the numbers are complete is said by
whoever serves the merged view (a worker with a part of the partitions says 0).
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.frame import framed, topic_variable
from dashboards.panels import (
    HALF,
    MOMENT,
    NONE_IS_GOOD,
    STACKED,
    YES_IS_GOOD,
    Column,
    Look,
    Panel,
    stat_panel,
    table_panel,
    time_panel,
)
from dashboards.queries import increase, largest, of_workers, quantile, rate, selector, total

NAME = "pipeline"
EVENTS_A_SECOND = "eps"
SINCE = "support_source_last_event_timestamp_seconds"
VISIBLE = "support_event_to_visible_seconds"
WATERMARK = "support_watermark_timestamp_seconds"


def dashboard() -> Dashboard:
    """Return the dashboard of the processor."""
    return framed(
        NAME,
        "Pipeline",
        "Whether the numbers are whole, fresh and durable, and what was refused.",
        {
            "Now": _now(),
            "Freshness": _freshness(),
            "Events": _events(),
            "Durability and guards": _durability(),
            "Merged view": _merged_view(),
            "Bounds": _bounds(),
        },
        [topic_variable()],
    )


def _now() -> Sequence[Panel]:
    return [
        stat_panel(
            "Numbers complete", largest("support_view_complete"), Look(steps=YES_IS_GOOD, empty="no exporter")
        ),
        stat_panel("Behind", largest("support_lag_seconds"), Look(empty="no worker")),
        stat_panel("Records waiting", total("support_lag_records"), Look(empty="no worker")),
        stat_panel("Being restored", largest("support_recovering"), Look(steps=NONE_IS_GOOD)),
        stat_panel(
            "Refused in the time shown",
            increase("support_dead_letters_total"),
            Look(steps=NONE_IS_GOOD, empty="none refused"),
        ),
        stat_panel(
            "Conflicts", largest("support_fleet_conflicts"), Look(steps=NONE_IS_GOOD, empty="no exporter")
        ),
    ]


def _freshness() -> Sequence[Panel]:
    return [
        time_panel("Records waiting, by topic", [(total("support_lag_records", ("topic",)), "{{topic}}")]),
        time_panel("How far behind", [(largest("support_lag_seconds", ("instance",)), "{{instance}}")]),
        time_panel(
            "From written to visible",
            [(quantile(share, VISIBLE), f"{share:.0%}") for share in (0.5, 0.95, 0.99)],
            Look(empty="no event"),
        ),
        time_panel(
            "Age of the newest event, by topic",
            [(f"time() - {largest(WATERMARK, ('topic',))}", "{{topic}}")],
            Look(empty="no event yet"),
        ),
        table_panel(
            "Sources heard of last",
            [Column("Last event", f"1000 * {largest(SINCE, ('source',))}", MOMENT)],
            Look(size=HALF, unit=MOMENT, empty="no event yet"),
        ),
        table_panel(
            "Partitions without a worker",
            [Column("Owned", f"{largest('support_partition_assigned', ('topic', 'partition'))} == 0")],
            Look(size=HALF, empty="none"),
        ),
    ]


def _events() -> Sequence[Panel]:
    return [
        time_panel(
            "Events read, by what became of them",
            [(rate("support_events_total", ("result",)), "{{result}}")],
            Look(unit=EVENTS_A_SECOND, is_stacked=True, empty="no event yet"),
        ),
        time_panel(
            "Events read, by topic",
            [(rate("support_events_total", ("topic",)), "{{topic}}")],
            Look(unit=EVENTS_A_SECOND, is_stacked=True, empty="no event yet"),
        ),
        time_panel(
            "Events later than the horizon",
            [(rate("support_events_total", ("type",), result="late"), "{{type}}")],
            Look(unit=EVENTS_A_SECOND, empty="none late"),
        ),
        time_panel(
            "Refused, by reason",
            [(rate("support_dead_letters_total", ("topic", "reason")), "{{topic}} {{reason}}")],
            Look(unit=EVENTS_A_SECOND, empty="none refused"),
        ),
        time_panel(
            "In the wrong partition",
            [(rate("support_misrouted_total", ("topic",)), "{{topic}}")],
            Look(unit=EVENTS_A_SECOND),
        ),
        time_panel(
            "Facts withdrawn",
            [(rate("support_corrections_total"), "withdrawn")],
            Look(unit=EVENTS_A_SECOND),
        ),
    ]


def _durability() -> Sequence[Panel]:
    return [
        time_panel(
            "Age of the oldest durable state",
            [(largest("support_snapshot_age_seconds", ("instance",)), "{{instance}}")],
        ),
        time_panel(
            "What keeps the numbers exact had work",
            [(rate("support_guards_total", ("guard",)), "{{guard}}")],
            Look(unit="ops"),
        ),
        time_panel(
            "Promises announced to others, by outcome",
            [(rate("support_sla_events_total", ("outcome",)), "{{outcome}}")],
            Look(unit="ops", empty="not switched on"),
        ),
        time_panel(
            "Announcements that wait, and repeated ones",
            [
                (largest("support_sla_events_waiting", ("instance",)), "{{instance}} waiting"),
                (rate("support_sla_events_repeated_total"), "repeated a second"),
            ],
            Look(empty="not switched on"),
        ),
    ]


def _merged_view() -> Sequence[Panel]:
    return [
        time_panel(
            "Age of the merged view",
            [(largest("support_view_age_seconds", ("instance",)), "{{instance}}")],
            Look(empty="no exporter"),
        ),
        time_panel(
            "Redis answers",
            [(largest("support_redis_up", ("instance",)), "{{instance}}")],
            Look(empty="no Redis"),
        ),
        time_panel(
            "Partitions published, by what became of them",
            [(rate("support_redis_publications_total", ("result",)), "{{result}}")],
            Look(unit="ops", empty="no Redis"),
        ),
        time_panel(
            "Workers that do not belong together",
            [(largest("support_fleet_conflicts", ("kind",)), "{{kind}}")],
            Look(empty="no exporter"),
        ),
    ]


def _bounds() -> Sequence[Panel]:
    return [
        time_panel("Cases kept", [(of_workers("support_cases_tracked", ("topic",)), "{{topic}}")], STACKED),
        time_panel(
            "Use of bounds",
            [(largest("support_bound_used_ratio", ("topic", "bound")), "{{topic}} {{bound}}")],
        ),
        time_panel("Series shown", [(largest("support_series", ("instance",)), "{{instance}}")]),
        time_panel(
            "Queues put under __other__",
            [(rate("support_series_dropped_total", ("instance",)), "{{instance}}")],
            Look(unit="ops"),
        ),
        table_panel(
            "Programs",
            [
                Column(
                    "Running",
                    f"count by (version, python, instance) ({selector('support_build_info')})",
                    "short",
                )
            ],
            Look(unit="short", empty="none"),
        ),
    ]
