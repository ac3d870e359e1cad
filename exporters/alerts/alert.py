"""What an alert is: one row says when it fires, who is told what, and what the runbook says.

Guarantee: a row is complete; rule file, runbook page and the table of all alerts are made from it and nothing
else, so that they cannot disagree. Expressions use names of the catalogue and of `recordings` only.

Worked: a row of the audience `floor` with holds "2m" and keeps "5m" fires after its expression has been true
for two minutes, and is over when it has not been for five.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from aggregators.configuration import Configuration, SlaName
from aggregators.customer_windows import LIFETIME, customer_windows
from aggregators.survey_windows import survey_windows

Audience = Literal["floor", "contract", "customers", "platform"]
"""Supervisors on the floor; those who answer for promises to customers; those who answer for what customers
think and whether they stay; those who run the machines."""

Severity = Literal["critical", "warning"]

SHORT_WINDOW_MILLISECONDS = 900_000
"""Alerts look at the last quarter of an hour, or at the next longer window that is configured."""
LONG_WINDOW_MILLISECONDS = 3_600_000
DAY = "today"


class Alert(Struct, frozen=True, kw_only=True):
    """One alert.

    expression: PromQL without the comparison's outer aggregation; holds, keeps: for how long it must be true
    before it fires and untrue before it is over; summary, description: templates of Prometheus; meaning,
    look, act, resolves: paragraphs of the runbook.
    """

    name: str
    audience: Audience
    severity: Severity
    expression: str
    holds: str
    keeps: str = ""
    summary: str
    description: str
    meaning: str
    look: str
    act: str
    resolves: str


class Recording(Struct, frozen=True):
    """One recorded series, and what it is."""

    name: str
    expression: str
    meaning: str


class Terms(Struct, frozen=True):
    """What alerts take from a configuration.

    short, long, day: labels of the windows that alerts look at (the longest fixed one stands in for a day
    where `today` is not configured); promises: share of cases that should be in time, by target, the highest
    of all queues; is_by_wall_clock: whether event times can be compared with the wall clock; recent, past:
    windows of surveys that are compared, none where the horizon holds too few; has_churn_target: whether
    somebody said how many customers may leave.
    """

    short: str
    long: str
    day: str
    promises: Mapping[SlaName, float]
    is_by_wall_clock: bool
    recent: tuple[str, ...]
    past: str
    has_churn_target: bool


def terms_of(configuration: Configuration) -> Terms:
    """Return what the alerts of a site are made from."""
    fixed = {label: length for label, length in configuration.window_lengths.items() if length is not None}
    longest = max(fixed, key=lambda label: fixed[label], default=DAY)
    promises: dict[SlaName, float] = {}
    for (_, name), target in configuration.sla_targets.items():
        promises[name] = max(target.target, promises.get(name, 0.0))
    # A single day is too short to be compared with anything.
    _, *surveys = survey_windows(configuration) or [""]
    return Terms(
        short=_at_least(fixed, SHORT_WINDOW_MILLISECONDS, longest),
        long=_at_least(fixed, LONG_WINDOW_MILLISECONDS, longest),
        day=DAY if DAY in configuration.window_lengths else longest,
        promises=promises,
        is_by_wall_clock=configuration.clock == "wall",
        recent=tuple(surveys[:-1]),
        past=surveys[-1] if surveys else "",
        has_churn_target=configuration.customer_targets.churn is not None
        and LIFETIME in customer_windows(configuration),
    )


def _at_least(fixed: Mapping[str, int], length: int, otherwise: str) -> str:
    """Return the label of the shortest window that is at least so long."""
    fitting = [label for label in fixed if fixed[label] >= length]
    return min(fitting, key=lambda label: fixed[label], default=otherwise)
