"""The totals table: counters and histograms of one worker since it started, for whoever computes rates.

Guarantee: a total never falls while the process lives; what was counted and later withdrawn is in
support_corrections_total. Windows, not totals, stay exact over restarts.

Worked: thresholds of 20 s and 45 s leave the edges of support_answer_seconds as they are (both are among
them); one of 25 s adds the edge 25 between 20 and 30.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aggregators.catalogue.metric import TotalMetric, WindowValues, domain_of
from aggregators.catalogue.window_values import BLOCKED, SLA_BREACHED, SLA_MET, counted
from aggregators.configuration import SLAS, Configuration, SlaName
from aggregators.measures import BLOCKED_REASONS, Count, Distribution
from aggregators.samples import Value
from aggregators.window_row import WindowRow

ABANDON_STAGES: Final = ("short", "queue")
EXIT_REASONS: Final = ("timeout", "key", "empty", "voicemail", "callback", "overflow", "other")
EXITED: Final = tuple(Count[f"EXITED_{reason.upper()}"] for reason in EXIT_REASONS)
SLA_OUTCOMES: Final = ("met", "breached")
_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_CONTACT_EDGES: Final = tuple(
    seconds * _SECOND for seconds in (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600)
)

HISTOGRAMS: Final[dict[Distribution, tuple[int, ...]]] = {
    Distribution.ANSWER: _CONTACT_EDGES,
    Distribution.HANDLE: _CONTACT_EDGES,
    Distribution.FIRST_RESPONSE: (
        *(minutes * _MINUTE for minutes in (1, 5, 15, 30)),
        *(hours * _HOUR for hours in (1, 2, 4, 8, 12, 24, 48)),
    ),
    Distribution.RESOLUTION: (
        15 * _MINUTE,
        *(hours * _HOUR for hours in (1, 4, 8, 24, 48, 72)),
        7 * _DAY,
        14 * _DAY,
    ),
}
"""Which durations have a histogram, with the edges (inclusive upper bounds, ms) that it has at every site."""


def histogram_edges(configuration: Configuration) -> dict[Distribution, tuple[int, ...]]:
    """Return the edges (ms) of each histogram at this site: every configured threshold is one of them."""
    waits = {level.threshold for level in configuration.service_levels.values()}
    added: dict[Distribution, set[int]] = {
        Distribution.ANSWER: waits,
        Distribution.HANDLE: set(),
        Distribution.FIRST_RESPONSE: _allowed(configuration, "first_response"),
        Distribution.RESOLUTION: _allowed(configuration, "resolution"),
    }
    return {
        distribution: tuple(sorted(added[distribution].union(edges)))
        for distribution, edges in HISTOGRAMS.items()
    }


def _allowed(configuration: Configuration, sla: SlaName) -> set[int]:
    return {
        allowed
        for (_, name), target in configuration.sla_targets.items()
        if name == sla
        for allowed in target.allowed.values()
    }


def abandoned_by_stage(row: WindowRow) -> Sequence[Value | None]:
    """Short abandons, and those that gave up later."""
    short = row.count(Count.SHORT_ABANDONED)
    return (short, row.count(Count.ABANDONED) - short)


def several(keys: Sequence[int]) -> WindowValues:
    """Return the function that reads several counts."""
    return lambda row: row.counts(keys)


def sla_outcomes(row: WindowRow) -> Sequence[Value | None]:
    """Kept and broken promises for each of SLAS that has a target."""
    found: list[Value | None] = []
    for met, breached, is_targeted in zip(SLA_MET, SLA_BREACHED, row.targets, strict=True):
        found += (row.count(met), row.count(breached)) if is_targeted else (None, None)
    return found


def service_level_met(row: WindowRow) -> Sequence[Value | None]:
    """Numerator of the service level."""
    return (row.service_level.met,)


def service_level_eligible(row: WindowRow) -> Sequence[Value | None]:
    """Denominator of the service level."""
    return (row.service_level.eligible,)


def _counter(key: Count, help_text: str) -> TotalMetric:
    name = key.name.lower()
    return TotalMetric(
        name=f"support_{name}_total",
        help=f"{help_text} since the worker started.",
        definition=f"As support_window_{name}.",
        values=counted(key),
    )


def _histogram(distribution: Distribution, help_text: str) -> TotalMetric:
    name = f"{distribution.name.lower()}_seconds"
    return TotalMetric(
        name=f"support_{name}",
        help=f"{help_text}, since the worker started.",
        definition=f"As support_window_{name}; every configured threshold is a bucket edge.",
        distribution=distribution,
        unit="seconds",
        formula="cumulative counts by inclusive upper edge",
    )


CORRECTIONS: Final = TotalMetric(
    name="support_corrections_total",
    help="Facts withdrawn after having been counted since the worker started.",
    definition="Contributions taken back by late or corrected events; totals keep them, windows do not.",
    scope="site",
)

TOTAL_METRICS: Final = (
    _counter(Count.REQUESTS, "New requests"),
    _counter(Count.OFFERED, "Contacts that entered a queue"),
    _counter(Count.ANSWERED, "Contacts answered"),
    TotalMetric(
        name="support_abandoned_total",
        help="Customers who gave up waiting since the worker started.",
        definition="short: before the short-abandon limit S; queue: later.",
        own_labels=("stage",),
        domain=domain_of(ABANDON_STAGES),
        values=abandoned_by_stage,
    ),
    TotalMetric(
        name="support_exited_total",
        help="Contacts that left a queue by another way since the worker started, by reason.",
        definition="As support_window_exited; a visit transferred while waiting has the reason other.",
        own_labels=("reason",),
        domain=domain_of(EXIT_REASONS),
        values=several(EXITED),
    ),
    TotalMetric(
        name="support_blocked_total",
        help="Calls not taken since the worker started, by reason.",
        definition="As support_window_blocked.",
        own_labels=("reason",),
        domain=domain_of(BLOCKED_REASONS),
        values=several(BLOCKED),
        term="Blockade",
    ),
    _counter(Count.TRANSFERRED, "Contacts passed on"),
    _counter(Count.RESOLVED, "Solvings"),
    _counter(Count.REOPENED, "Reopenings"),
    TotalMetric(
        name="support_service_level_met_total",
        help="Contacts answered within the promised time since the worker started.",
        definition="Numerator of the service level by the queue's own formula.",
        values=service_level_met,
        term="Servicelevel",
    ),
    TotalMetric(
        name="support_service_level_eligible_total",
        help="Contacts that count in the service level since the worker started.",
        definition="Denominator of the service level by the queue's own formula.",
        values=service_level_eligible,
        term="Servicelevel",
    ),
    TotalMetric(
        name="support_sla_outcomes_total",
        help="Promises kept and broken since the worker started.",
        definition="As support_window_sla_met and support_window_sla_breached; only where a target is set.",
        own_labels=("sla", "outcome"),
        domain=domain_of(SLAS, SLA_OUTCOMES),
        values=sla_outcomes,
    ),
    CORRECTIONS,
    _histogram(Distribution.ANSWER, "How long customers waited until a person answered"),
    _histogram(Distribution.HANDLE, "How long agents worked on a contact"),
    _histogram(Distribution.FIRST_RESPONSE, "How long customers waited for the first reply"),
    _histogram(Distribution.RESOLUTION, "How long it took to solve a case"),
)
"""Every counter and histogram of the totals; the order is that of docs/metrics.md."""
