"""The dashboard of what customers say: how content they are, how sure that is, whether it gets worse.

Guarantee: every score stands beside its sample size or its bounds of 95 %; those of the whole site are the
catalogue's roll-ups, never averages of queues.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.frame import framed, survey_variables
from dashboards.panels import (
    COUNT,
    DISTANCE_TO_TARGET,
    STACKED,
    TARGET,
    Column,
    Lines,
    Look,
    Panel,
    stat_panel,
    table_panel,
    time_panel,
)
from dashboards.queries import current, largest, total

NAME = "quality"
QUEUE = "{{queue}}"
SURVEY = "{{survey}}"
WINDOWS = ("7d", "30d", "90d")
"""What is compared with each other: a number and its own past."""
NPS, CSAT = "nps_score", "csat_ratio"
TARGETS = {NPS: "support_nps_target_score", CSAT: "support_csat_target_ratio"}
SITE = Look(note="The whole site, whatever is chosen above.")
FROM_TARGET = Look(
    steps=DISTANCE_TO_TARGET, note="Of the whole site, less the target.", empty="no answers or no target"
)


def dashboard() -> Dashboard:
    """Return the dashboard of surveys."""
    return framed(
        NAME,
        "Quality",
        "What customers say in surveys, how sure that is, and whether it falls behind its own past.",
        {
            "Now": _now(),
            "How sure": _certainty(),
            "Queues": [_queues()],
            "Against its own past": _past(),
            "By queue": _by_queue(),
            "Loyalty and feelings": _loyalty(),
        },
        survey_variables(),
    )


def answers(survey: str) -> str:
    """Return how many answers stand behind a survey of each queue."""
    return current("support_window_survey_responses", ("queue",), survey=survey)


def from_target(measure: str) -> str:
    """Return how far the site is above its target; absent without a target or an answer."""
    return f"max ({current(f'support_all_window_{measure}')}) - {largest(TARGETS[measure])}"


def _now() -> Sequence[Panel]:
    return [
        stat_panel("NPS", current(f"support_all_window_{NPS}"), SITE),
        stat_panel("NPS above target", from_target(NPS), FROM_TARGET),
        stat_panel("CSAT", current(f"support_all_window_{CSAT}"), SITE),
        stat_panel("CSAT above target", from_target(CSAT), FROM_TARGET),
        stat_panel("Effort (5 = easy)", current("support_all_window_ces_mean"), SITE),
        stat_panel("Answers", total("support_all_window_survey_responses"), SITE),
    ]


def _certainty() -> Sequence[Panel]:
    return [
        time_panel("NPS, its bounds and target", _bounded(NPS), SITE),
        time_panel("CSAT, its bounds and target", _bounded(CSAT), SITE),
        time_panel(
            "Answers by survey",
            [(total("support_window_survey_responses", ("survey",)), SURVEY)],
            STACKED,
        ),
        time_panel(
            "Reviewed contacts (IQS) and bounds",
            [
                (current("support_all_window_iqs_ratio"), "IQS"),
                (current("support_all_window_iqs_ratio_bound"), "{{bound}} bound"),
            ],
            SITE,
        ),
    ]


def _bounded(measure: str) -> Lines:
    return [
        (current(f"support_all_window_{measure}"), "value"),
        (current(f"support_all_window_{measure}_bound"), "{{bound}} bound"),
        (largest(TARGETS[measure]), TARGET.strip()),
    ]


def _queues() -> Panel:
    by = ("queue",)
    columns = [
        Column("NPS", current(f"support_window_{NPS}", by)),
        Column("from", current(f"support_window_{NPS}_bound", by, bound="lower")),
        Column("to", current(f"support_window_{NPS}_bound", by, bound="upper")),
        Column("NPS answers", answers("nps"), COUNT),
        Column("CSAT", current(f"support_window_{CSAT}", by)),
        Column("CSAT answers", answers("csat"), COUNT),
        Column("CSAT mean", current("support_window_csat_mean", by)),
        Column("Effort", current("support_window_ces_mean", by)),
        Column("Effort answers", answers("ces"), COUNT),
    ]
    return table_panel("Queue by queue", columns)


def _past() -> Sequence[Panel]:
    return [
        time_panel(f"{title} over {', '.join(WINDOWS)}", _windows(measure), SITE)
        for title, measure in (("NPS", NPS), ("CSAT", CSAT))
    ]


def _windows(measure: str) -> Lines:
    return [(current(f"support_all_window_{measure}", window=WINDOWS), "{{window}}")]


def _by_queue() -> Sequence[Panel]:
    return [
        time_panel(title, [(current(f"support_window_{measure}", ("queue",)), QUEUE)])
        for title, measure in (
            ("NPS by queue", NPS),
            ("CSAT by queue", CSAT),
            ("Effort by queue (5 = easy)", "ces_mean"),
            ("Reviewed contacts by queue (IQS)", "iqs_ratio"),
        )
    ]


def _loyalty() -> Sequence[Panel]:
    return [
        time_panel(
            "Likely to recommend, to leave, to buy again",
            [(current("support_all_window_likelihood_ratio"), "{{kind}}")],
            SITE,
        ),
        time_panel(
            "Good feelings less bad ones",
            [
                (current("support_all_window_net_emotion_ratio"), "net emotion"),
                (current("support_all_window_net_emotion_ratio_bound"), "{{bound}} bound"),
            ],
            SITE,
        ),
    ]
