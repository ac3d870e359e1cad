"""The dashboard for the wall of the floor: who waits, how long, how well, and which queue needs people.

Guarantee: numbers of the whole site are the catalogue's roll-ups, never averages of queues; what is filtered
by channel and queue is a sum of counts or a ratio of such sums.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import supervisor
from dashboards.frame import business_variables, framed, link_to
from dashboards.panels import (
    COUNT,
    DISTANCE_TO_TARGET,
    FEW_IS_GOOD,
    HALF,
    NONE_IS_GOOD,
    YES_IS_GOOD,
    Column,
    Look,
    Panel,
    bar_panel,
    stat_panel,
    table_panel,
    time_panel,
)
from dashboards.queries import current, largest, total

NAME = "wallboard"
PLACE = ("channel", "queue")


def abandonment() -> str:
    """Return abandoned among the visits with an outcome, of the queues chosen, from the summed counts."""
    abandoned, answered, exited = (
        total(f"support_window_{outcome}") for outcome in ("abandoned", "answered", "exited")
    )
    return f"{abandoned} / ({answered} + {abandoned} + {exited} > 0)"


def distance_to_target() -> str:
    """Return service level less target for each queue that has both."""
    level = current("support_window_service_level_ratio", PLACE)
    return f"{level} - {current('support_service_level_target_ratio')}"


def below_target() -> str:
    """Return how many queues are below their target; absent where none has a service level."""
    level = current("support_window_service_level_ratio", PLACE)
    return f"sum ({level} < bool {current('support_service_level_target_ratio')})"


def dashboard() -> Dashboard:
    """Return the wallboard."""
    return framed(
        NAME,
        "Wallboard",
        "Who waits, how long, how well we answer, and which queue needs people.",
        {"Now": _now(), "In the window": _window(), "Queues": [_queues()], "Trend": _trend()},
        business_variables(),
    )


def _now() -> Sequence[Panel]:
    return [
        stat_panel("Waiting for us", total("support_open_cases", state="awaiting_reply")),
        stat_panel("Longest wait", largest("support_longest_wait_seconds")),
        stat_panel("In progress", total("support_open_cases", state="in_progress")),
        stat_panel("Agents available", total("support_agents", state="available")),
        stat_panel(
            "Promises at risk in 15 min",
            total("support_sla_at_risk_cases", within="15m"),
            Look(steps=FEW_IS_GOOD),
        ),
        stat_panel(
            "Numbers complete", largest("support_view_complete"), Look(steps=YES_IS_GOOD, empty="no exporter")
        ),
    ]


def _window() -> Sequence[Panel]:
    site = Look(note="The whole site, whatever is chosen above.")
    return [
        stat_panel("Requests", total("support_window_requests")),
        stat_panel(
            "Gave up",
            abandonment(),
            Look(unit="percentunit", note="Of the queues chosen.", empty="no sample"),
        ),
        stat_panel("Service level", current("support_all_window_service_level_ratio"), site),
        stat_panel(
            "Queues below target",
            below_target(),
            Look(unit=COUNT, steps=NONE_IS_GOOD, note="Queues chosen whose service level is below."),
        ),
        stat_panel("Speed of answer (mean)", current("support_all_window_answer_seconds", stat="mean"), site),
        stat_panel(
            "First response (mean)", current("support_all_window_first_response_seconds", stat="mean"), site
        ),
    ]


def _queues() -> Panel:
    columns = [
        Column("Waiting", total("support_open_cases", PLACE, state="awaiting_reply")),
        Column("Longest wait", current("support_longest_wait_seconds")),
        Column("Requests", current("support_window_requests", PLACE)),
        Column("Answered", current("support_window_answered", PLACE)),
        Column("Gave up", current("support_window_abandonment_ratio", PLACE)),
        Column("Service level", current("support_window_service_level_ratio", PLACE)),
        Column("Distance to target", distance_to_target(), "percentunit", DISTANCE_TO_TARGET),
        Column("Speed of answer", current("support_window_answer_seconds", PLACE, stat="mean")),
    ]
    return table_panel("Queue by queue", columns, Look(link=link_to(supervisor.NAME, PLACE)))


def _trend() -> Sequence[Panel]:
    level = current("support_channel_window_service_level_ratio", ("channel",))
    return [
        time_panel("Service level by channel", [(level, "{{channel}}")]),
        bar_panel("Agents by state", total("support_agents", ("state",)), "{{state}}", Look(size=HALF)),
    ]
