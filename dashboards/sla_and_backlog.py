"""The dashboard of promises: what is late or about to be, how old the backlog is, how fast cases are solved.

Guarantee: a share of kept promises is kept / (kept + broken) of summed counts; targets are drawn from the
site's own configuration, as the metrics tell it.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.frame import business_variables, framed
from dashboards.panels import (
    FEW_IS_GOOD,
    HALF,
    MOMENT,
    NONE_IS_GOOD,
    STACKED,
    TARGET,
    Column,
    Look,
    Panel,
    bar_panel,
    heat_panel,
    stat_panel,
    table_panel,
    time_panel,
)
from dashboards.queries import RATE_INTERVAL, current, increase, largest, selector, total

NAME = "sla-and-backlog"
PLACE = ("channel", "queue")
QUEUE = "{{channel}} {{queue}}"
FIRST = "first_response"
DEADLINE = "support_sla_next_breach_timestamp_seconds"
MOVEMENTS = ("assigned", "resolved", "resolved_cases", "reopened", "merged", "deleted")


def dashboard() -> Dashboard:
    """Return the dashboard of promises and backlog."""
    return framed(
        NAME,
        "SLA and backlog",
        "What is late or about to be, how old the backlog is, how fast cases are solved.",
        {
            "Now": [*_numbers(), *_promises()],
            "Backlog": _backlog(),
            "First response": _first_response(),
            "Resolution": _resolution(),
        },
        business_variables(),
    )


def kept_share() -> str:
    """Return kept among kept and broken promises of the queues chosen, for each kind of promise."""
    kept, broken = (total(f"support_window_sla_{outcome}", ("sla",)) for outcome in ("met", "breached"))
    return f"{kept} / ({kept} + {broken} > 0)"


def _numbers() -> Sequence[Panel]:
    return [
        stat_panel(
            "Promises broken, case open", total("support_sla_breached_open_cases"), Look(steps=NONE_IS_GOOD)
        ),
        stat_panel(
            "At risk in 15 min", total("support_sla_at_risk_cases", within="15m"), Look(steps=FEW_IS_GOOD)
        ),
        stat_panel(
            "At risk in 60 min", total("support_sla_at_risk_cases", within="60m"), Look(steps=FEW_IS_GOOD)
        ),
        stat_panel(
            "Next deadline", f"1000 * min ({selector(DEADLINE)})", Look(unit=MOMENT, empty="none ahead")
        ),
        stat_panel("Waiting for us", total("support_open_cases", state="awaiting_reply")),
        stat_panel("Lost endings", total("support_stale_cases"), Look(steps=FEW_IS_GOOD)),
    ]


def _promises() -> Sequence[Panel]:
    return [
        table_panel(
            "Promises by queue",
            [
                Column("Broken, open", current("support_sla_breached_open_cases"), None, NONE_IS_GOOD),
                Column(
                    "At risk in 15 min",
                    current("support_sla_at_risk_cases", (*PLACE, "sla"), within="15m"),
                    None,
                    FEW_IS_GOOD,
                ),
                Column(
                    "At risk in 60 min",
                    current("support_sla_at_risk_cases", (*PLACE, "sla"), within="60m"),
                    None,
                    FEW_IS_GOOD,
                ),
                Column("Next deadline", f"1000 * {current(DEADLINE)}", MOMENT),
            ],
        ),
        time_panel("Promises kept", [(kept_share(), "{{sla}}")], Look(unit="percentunit")),
        bar_panel(
            "Outcomes in the time shown",
            increase("support_sla_outcomes_total", ("sla", "outcome")),
            "{{sla}} {{outcome}}",
            Look(note="From the workers' counters, over the time range above.", size=HALF),
        ),
    ]


def _backlog() -> Sequence[Panel]:
    return [
        time_panel("Waiting, by age", [(total("support_backlog_cases", ("age",)), "{{age}}")], STACKED),
        time_panel("Waiting, by queue", [(total("support_backlog_cases", PLACE), QUEUE)], STACKED),
        time_panel(
            "Requests of the window without an answer", [(current("support_window_unanswered", PLACE), QUEUE)]
        ),
        time_panel(
            "Cases in and out",
            [(total(f"support_window_{each}"), each.replace("_", " ")) for each in MOVEMENTS],
        ),
    ]


def _first_response() -> Sequence[Panel]:
    return [
        time_panel(
            "First response (median) and target",
            [
                (current("support_window_first_response_seconds", PLACE, stat="p50"), QUEUE),
                (
                    current("support_sla_target_seconds", PLACE, sla=FIRST, priority="normal"),
                    f"{TARGET}{QUEUE} (normal)",
                ),
            ],
        ),
        time_panel(
            "First response (90th percentile)",
            [(current("support_window_first_response_seconds", PLACE, stat="p90"), QUEUE)],
        ),
        time_panel(
            "First response in business hours (mean)",
            [(current("support_window_first_response_business_seconds", PLACE, stat="mean"), QUEUE)],
        ),
        time_panel(
            "Next response (mean)",
            [(current("support_window_next_response_seconds", PLACE, stat="mean"), QUEUE)],
        ),
        heat_panel(
            "First responses by duration",
            increase("support_first_response_seconds_bucket", ("le",), over=RATE_INTERVAL),
            Look(unit="short", note="From the workers' counters."),
        ),
        bar_panel(
            "Time allowed, by priority",
            largest("support_sla_target_seconds", ("sla", "priority")),
            "{{sla}} {{priority}}",
            Look(note="The longest of the queues chosen."),
        ),
    ]


def _resolution() -> Sequence[Panel]:
    return [
        time_panel(
            "Resolution (median) and target",
            [
                (current("support_window_resolution_seconds", PLACE, stat="p50"), QUEUE),
                (
                    current("support_sla_target_seconds", PLACE, sla="resolution", priority="normal"),
                    f"{TARGET}{QUEUE} (normal)",
                ),
            ],
        ),
        time_panel(
            "Resolution in business hours (mean)",
            [(current("support_window_resolution_business_seconds", PLACE, stat="mean"), QUEUE)],
        ),
    ]
