"""The dashboard of a team lead: load, outcomes and times of the queues chosen, over the day.

Guarantee: ratios, means and percentiles stay per queue or per channel, as the catalogue has them.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.frame import business_variables, framed
from dashboards.panels import (
    HALF,
    STACKED,
    TARGET,
    YES_IS_GOOD,
    Column,
    Look,
    Panel,
    table_panel,
    time_panel,
)
from dashboards.queries import current, rate, total

NAME = "supervisor"
PLACE = ("channel", "queue")
QUEUE = "{{channel}} {{queue}}"
PER_MINUTE = "opm"
OUTCOMES = ("answered", "abandoned", "exited", "transferred")


def dashboard() -> Dashboard:
    """Return the supervisor's dashboard."""
    return framed(
        NAME,
        "Supervisor",
        "Load, outcomes and times of the queues chosen, over the day.",
        {"Load": _load(), "Outcomes": _outcomes(), "Times": _times(), "Quality": _quality()},
        business_variables(),
    )


def _load() -> Sequence[Panel]:
    return [
        time_panel("Open cases by state", [(total("support_open_cases", ("state",)), "{{state}}")], STACKED),
        time_panel("Longest wait", [(current("support_longest_wait_seconds"), QUEUE)]),
        time_panel("Requests in the window", [(current("support_window_requests", PLACE), QUEUE)]),
        time_panel(
            "New requests a minute",
            [(f"60 * {rate('support_requests_total', ('channel',))}", "{{channel}}")],
            Look(unit=PER_MINUTE, note="From the workers' counters; it is the windows that are exact."),
        ),
        time_panel("Agents by state", [(total("support_agents", ("state",)), "{{state}}")], STACKED),
        table_panel(
            "Opening hours",
            [Column("Open", current("support_queue_open"), None, YES_IS_GOOD)],
            Look(size=HALF),
        ),
    ]


def _outcomes() -> Sequence[Panel]:
    return [
        time_panel(
            "Service level and target",
            [
                (current("support_window_service_level_ratio", PLACE), QUEUE),
                (current("support_service_level_target_ratio"), TARGET + QUEUE),
            ],
        ),
        time_panel(
            "Service level, those still waiting counted",
            [
                (current("support_window_service_level_live_ratio", PLACE), QUEUE),
                (current("support_service_level_target_ratio"), TARGET + QUEUE),
            ],
        ),
        time_panel(
            "Outcomes of queue visits",
            [(total(f"support_window_{outcome}"), outcome) for outcome in OUTCOMES],
        ),
        time_panel("Gave up", [(current("support_window_abandonment_ratio", PLACE), QUEUE)]),
        time_panel(
            "Gave up almost at once, of all who gave up",
            [
                (total("support_window_short_abandoned"), "almost at once"),
                (total("support_window_abandoned"), "all"),
            ],
        ),
        time_panel(
            "Calls not taken", [(total("support_window_blocked", ("reason",)), "{{reason}}")], STACKED
        ),
    ]


def _times() -> Sequence[Panel]:
    return [
        time_panel(
            "Speed of answer (mean) and threshold",
            [
                (current("support_window_answer_seconds", PLACE, stat="mean"), QUEUE),
                (current("support_service_level_threshold_seconds"), TARGET + QUEUE),
            ],
        ),
        time_panel(
            "Wait (90th percentile)", [(current("support_window_wait_seconds", PLACE, stat="p90"), QUEUE)]
        ),
        time_panel(
            "Handle time (mean)", [(current("support_window_handle_seconds", PLACE, stat="mean"), QUEUE)]
        ),
        time_panel(
            "Parts of the handle time (mean of the site)",
            [
                (current(f"support_all_window_{part}_seconds", stat="mean"), part)
                for part in ("talk", "hold", "wrapup")
            ],
            Look(is_stacked=True, note="The whole site, whatever is chosen above."),
        ),
    ]


def _quality() -> Sequence[Panel]:
    return [
        time_panel("Rang and nobody picked up", [(current("support_window_ring_no_answer", PLACE), QUEUE)]),
        time_panel("Reopened", [(current("support_window_reopened", PLACE), QUEUE)]),
        time_panel("Solved per case taken on", [(current("support_window_resolution_ratio", PLACE), QUEUE)]),
        time_panel(
            "Observations behind means and percentiles",
            [(total("support_window_samples", ("measure",)), "{{measure}}")],
        ),
    ]
