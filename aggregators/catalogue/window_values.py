"""How each window metric is read from a row: the functions that the rows of the windows table name.

Guarantee: a count is 0 when nothing happened; a ratio, mean or quantile without a sample is None. A function
returns one value for each entry of its row's domain.
Worked: blocked 1, requests of calls 1: blocked_ratio = 1 / (1 + 1) = 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aggregators.catalogue.metric import WindowValues
from aggregators.configuration import SLAS
from aggregators.measures import BLOCKED_REASONS, Count, Distribution
from aggregators.samples import Value
from aggregators.window_row import STATS, WindowRow

ABSENT: Final = (None,)
NO_STATS: Final = (None,) * len(STATS)
BLOCKED: Final = tuple(Count[f"BLOCKED_{reason.upper()}"] for reason in BLOCKED_REASONS)
SLA_MET: Final = tuple(Count[f"SLA_MET_{sla.upper()}"] for sla in SLAS)
SLA_BREACHED: Final = tuple(Count[f"SLA_BREACHED_{sla.upper()}"] for sla in SLAS)
SERVICE_LEVEL_PARTS: Final = (
    "answered",
    "answered_within",
    "abandoned",
    "abandoned_within",
    "abandoned_short",
    "exited",
    "exited_within",
)


def ratio(numerator: int, denominator: int) -> tuple[float | None]:
    """Return a ratio, or None where there is nothing to divide by."""
    return (numerator / denominator,) if denominator else ABSENT


def counted(key: Count) -> WindowValues:
    """Return the function that reads one count."""
    return lambda row: (row.parts.get(key, 0),)


def measured(distribution: Distribution) -> WindowValues:
    """Return the function that reads STATS of one distribution in seconds."""

    def values(row: WindowRow) -> Sequence[Value | None]:
        summary = row.summaries[distribution]
        return NO_STATS if summary is None else summary.stats

    return values


def targeted(keys: Sequence[Count]) -> WindowValues:
    """Return the function that reads one count for each of SLAS that has a target."""
    return lambda row: [
        count if present else None for count, present in zip(row.counts(keys), row.targets, strict=True)
    ]


def blocked(row: WindowRow) -> Sequence[Value | None]:
    """Blocked calls by reason."""
    return row.counts(BLOCKED)


def blocked_ratio(row: WindowRow) -> Sequence[Value | None]:
    """Blocked calls among blocked calls and requests of the calls topic."""
    blocked_calls = sum(row.counts(BLOCKED))
    return ratio(blocked_calls, blocked_calls + row.count(Count.CALL_REQUESTS))


def abandonment_ratio(row: WindowRow) -> Sequence[Value | None]:
    """Abandoned among the queue visits whose outcome is known."""
    abandoned = row.count(Count.ABANDONED)
    return ratio(abandoned, row.count(Count.ANSWERED) + abandoned + row.count(Count.EXITED))


def resolution_ratio(row: WindowRow) -> Sequence[Value | None]:
    """Cases solved for the first time per case assigned for the first time."""
    return ratio(row.count(Count.RESOLVED_CASES), row.count(Count.ASSIGNED))


def service_level_ratio(row: WindowRow) -> Sequence[Value | None]:
    """The share answered within the threshold by each queue's own formula."""
    return ratio(row.service_level.met, row.service_level.eligible)


def service_level_live_ratio(row: WindowRow) -> Sequence[Value | None]:
    """The same with those who already wait too long in the denominator."""
    return ratio(row.service_level.live_met, row.service_level.live_eligible)


def service_level_parts(row: WindowRow) -> Sequence[Value | None]:
    """SERVICE_LEVEL_PARTS; first responses of tickets are answers."""
    count = row.parts.get
    return (
        count(Count.ANSWERED, 0) + count(Count.TICKET_ANSWERED, 0),
        count(Count.ANSWERED_WITHIN, 0) + count(Count.TICKET_ANSWERED_WITHIN, 0),
        count(Count.ABANDONED, 0),
        count(Count.ABANDONED_WITHIN, 0),
        count(Count.SHORT_ABANDONED, 0),
        count(Count.EXITED, 0),
        count(Count.EXITED_WITHIN, 0),
    )


def samples(row: WindowRow) -> Sequence[Value | None]:
    """How many observations stand behind each duration."""
    return [0 if summary is None else summary.samples for summary in row.summaries]
