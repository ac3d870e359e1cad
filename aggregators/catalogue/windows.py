"""The windows table: what is counted and measured per channel, queue and window.

Guarantee: every measure of a window has exactly one row here; aggregators.window_metrics walks this table.
Worked: `requests` becomes support_window_requests, support_channel_window_requests and
support_all_window_requests.
"""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.metric import OWN_DEFINITION, WindowMetric, domain_of
from aggregators.catalogue.window_values import (
    SERVICE_LEVEL_PARTS,
    SLA_BREACHED,
    SLA_MET,
    abandonment_ratio,
    blocked,
    blocked_ratio,
    counted,
    measured,
    resolution_ratio,
    samples,
    service_level_live_ratio,
    service_level_parts,
    service_level_ratio,
    targeted,
)
from aggregators.configuration import SLAS
from aggregators.measures import BLOCKED_REASONS, Count, Distribution
from aggregators.window_row import STATS

GKM: Final = "Gans, Koole, Mandelbaum 2003"


def _count(
    key: Count, help_text: str, definition: str, *, unit: str = "cases", term: str = ""
) -> WindowMetric:
    return WindowMetric(
        measure=key.name.lower(),
        unit=unit,
        help=help_text,
        definition=definition,
        values=counted(key),
        count=key,
        formula="count",
        term=term,
    )


def _duration(
    distribution: Distribution, help_text: str, definition: str, *, term: str = "", source: str = GKM
) -> WindowMetric:
    return WindowMetric(
        measure=f"{distribution.name.lower()}_seconds",
        unit="seconds",
        help=help_text,
        definition=definition,
        values=measured(distribution),
        own_labels=("stat",),
        domain=domain_of(STATS),
        distribution=distribution,
        formula="mean = sum / samples; p50, p90, p95 by nearest rank, max: within 1 %",
        term=term,
        source=source,
    )


_COUNTS = (
    _count(
        Count.REQUESTS,
        "How many new requests arrived.",
        "Distinct cases that arrived; transfers and reopens add none, blocked calls are apart.",
        term="Anfragevolumen, Kontaktvolumen pro Kanal",
    ),
    _count(
        Count.OFFERED,
        "How many contacts entered a queue.",
        "Queue visits (legs) that began, transfers included.",
        unit="visits",
    ),
    _count(
        Count.ANSWERED,
        "How many waiting contacts were answered by a person.",
        "Queue visits that ended with an answer.",
        unit="visits",
    ),
    _count(
        Count.ABANDONED,
        "How many customers gave up while waiting.",
        "Queue visits that ended because the customer left, short ones included.",
        unit="visits",
    ),
    _count(
        Count.SHORT_ABANDONED,
        "How many customers gave up almost at once.",
        "Abandoned visits whose wait is strictly shorter than the short-abandon limit S.",
        unit="visits",
    ),
    _count(
        Count.EXITED,
        "How many contacts left the queue by another way, such as voicemail or a callback.",
        "Queue visits that ended without an answer and without hanging up.",
        unit="visits",
    ),
    _count(
        Count.TRANSFERRED,
        "How many contacts were passed on.",
        "Queue visits that ended with a transfer.",
        unit="visits",
    ),
    _count(
        Count.RING_NO_ANSWER,
        "How often an agent's phone rang and nobody picked up.",
        "Attempts to connect a waiting contact that the agent did not take.",
        unit="attempts",
    ),
    _count(
        Count.UNANSWERED,
        "How many of the requests of this period have had no answer yet.",
        "Requests that arrived in the window and had no answer by its end; abandoned and exited contacts "
        "count, merged and deleted cases do not.",
        term="Ticket-Rückstau",
    ),
    _count(
        Count.HANDLED,
        "How many contacts were dealt with to the end of the agent's wrap-up.",
        "Legs whose wrap-up ended.",
        unit="visits",
    ),
    _count(
        Count.ASSIGNED,
        "How many cases were taken on by an agent for the first time.",
        "First assignment of a ticket; first answer of a call or chat.",
    ),
    _count(
        Count.RESOLVED,
        "How often a case was solved, repeated solvings included.",
        "Every entry into solved or closed from outside; calls and chats where their resolution is observed.",
        unit="solvings",
    ),
    _count(
        Count.RESOLVED_CASES,
        "How many cases were solved, each counted once.",
        "Cases at their first solving.",
    ),
    _count(
        Count.REOPENED,
        "How often a solved case had to be opened again.",
        "Changes of status from solved or closed to anything else.",
        unit="reopenings",
    ),
    _count(Count.MERGED, "How many cases were merged into another.", "Cases ended by a merge."),
    _count(Count.DELETED, "How many cases were deleted, such as spam.", "Cases retracted by a deletion."),
)

_BLOCKED = (
    WindowMetric(
        measure="blocked",
        unit="calls",
        help="How many calls were not taken at all, by reason.",
        definition="Calls that never entered a queue for lack of agents or because of the network.",
        values=blocked,
        own_labels=("reason",),
        domain=domain_of(BLOCKED_REASONS),
        formula="count",
        term="Blockade",
    ),
    WindowMetric(
        measure="blocked_ratio",
        unit="ratio",
        help="The share of calls that were not taken at all.",
        definition="Blocked calls among all attempts to call; goes by topic, all reasons count.",
        values=blocked_ratio,
        formula="blocked / (blocked + requests of calls)",
        term="Blockade",
        source=GKM,
    ),
)

_RATIOS = (
    WindowMetric(
        measure="abandonment_ratio",
        unit="ratio",
        help="The share of waiting customers who gave up.",
        definition="Abandoned among the queue visits with an outcome.",
        values=abandonment_ratio,
        formula="abandoned / (answered + abandoned + exited)",
        source=GKM,
    ),
    WindowMetric(
        measure="service_level_ratio",
        unit="ratio",
        help="The share of contacts answered within the promised time.",
        definition="Answered within the threshold T by the formula that support_queue_info names; for "
        "tickets the share of first responses within the first-response target, where there is "
        "one.",
        values=service_level_ratio,
        formula="see the table of service-level formulas",
        term="Servicelevel",
        source=GKM,
    ),
    WindowMetric(
        measure="service_level_live_ratio",
        unit="ratio",
        help="The service level when those who already wait too long count as missed.",
        definition="The same with contacts waiting beyond T at the end of the window in the denominator; "
        "calls and chats only.",
        values=service_level_live_ratio,
        formula="numerator / (denominator + waiting beyond T)",
        term="Servicelevel",
        source=GKM,
    ),
    WindowMetric(
        measure="service_level_parts",
        unit="visits",
        help="The counts from which any service-level formula can be computed.",
        definition="Outcomes of queue visits, those within T and short abandons; first responses of tickets"
        " are answers, those within their target answered_within.",
        values=service_level_parts,
        own_labels=("part",),
        domain=domain_of(SERVICE_LEVEL_PARTS),
        formula="count",
    ),
    WindowMetric(
        measure="resolution_ratio",
        unit="ratio",
        help="How many cases are solved per case taken on; above 1 the old backlog shrinks.",
        definition="First solvings per first assignment in the window.",
        values=resolution_ratio,
        formula="resolved_cases / assigned",
        term="Lösungsrate",
    ),
)

_DURATIONS = (
    _duration(
        Distribution.ANSWER,
        "How long customers waited until a person answered (ASA = mean).",
        "Wait from entering the queue to the answer, answered visits.",
        term="Antwortgeschwindigkeit, Wartezeit",
    ),
    _duration(
        Distribution.WAIT,
        "How long customers waited, whether they were answered or gave up.",
        "Wait of answered and abandoned visits.",
        term="Wartezeit",
    ),
    _duration(
        Distribution.ABANDON,
        "How long customers waited before they gave up.",
        "Wait of abandoned visits.",
    ),
    _duration(
        Distribution.FIRST_RESPONSE,
        "How long customers waited for the first reply to a request (FRT).",
        "Tickets: creation by a customer to the first public agent message; chats: queued (else started) to"
        " the first agent message; one per case.",
        term="Zeit bis zur ersten Antwort",
        source=OWN_DEFINITION,
    ),
    _duration(
        Distribution.NEXT_RESPONSE,
        "How long customers waited for each later reply.",
        "Oldest unanswered customer message after the first reply to the next public agent message.",
        source=OWN_DEFINITION,
    ),
    _duration(
        Distribution.HANDLE,
        "How long agents worked on a contact (AHT = mean).",
        "Talk, hold and wrap-up of a leg at the end of its wrap-up; the wait in the queue is never in it.",
        term="Bearbeitungszeit",
    ),
    _duration(
        Distribution.TALK,
        "How long agents talked with the customer.",
        "The talk part of the handle time, holds taken out.",
        term="Gesprächszeit",
    ),
    _duration(
        Distribution.HOLD,
        "How long customers were on hold during a contact.",
        "The hold part of the handle time over all handled legs, zeros included.",
        term="Haltezeit",
    ),
    _duration(
        Distribution.WRAPUP,
        "How long agents worked on after the contact ended.",
        "The wrap-up part of the handle time.",
        term="Nachbearbeitungszeit",
    ),
    _duration(
        Distribution.RESOLUTION,
        "How long it took to solve a case.",
        "Tickets: creation to each solving; chats: start to end; calls: first offer to the last leg's "
        "wrap-up end.",
        term="Lösungszeit",
        source=OWN_DEFINITION,
    ),
    _duration(
        Distribution.FIRST_RESPONSE_BUSINESS,
        "How long customers waited for the first reply, business hours only.",
        "The first response on the business clock of the queue.",
        term="Zeit bis zur ersten Antwort (Geschäftszeit)",
        source=OWN_DEFINITION,
    ),
    _duration(
        Distribution.RESOLUTION_BUSINESS,
        "How long it took to solve a case, business hours only.",
        "The resolution on the business clock of the queue, pending time excluded.",
        term="Lösungszeit (Geschäftszeit)",
        source=OWN_DEFINITION,
    ),
)

_SLA = (
    WindowMetric(
        measure="sla_met",
        unit="cases",
        help="How many promises to customers were kept in time.",
        definition="Targets fulfilled no later than their deadline, at fulfilment; only where a target is "
        "set.",
        values=targeted(SLA_MET),
        own_labels=("sla",),
        domain=domain_of(SLAS),
        formula="count",
    ),
    WindowMetric(
        measure="sla_breached",
        unit="cases",
        help="How many promises to customers were broken.",
        definition="Targets not fulfilled by their deadline, at the deadline; only where a target is set.",
        values=targeted(SLA_BREACHED),
        own_labels=("sla",),
        domain=domain_of(SLAS),
        formula="count",
    ),
)

_SAMPLES = (
    WindowMetric(
        measure="samples",
        unit="observations",
        help="How many observations stand behind each mean and percentile.",
        definition="Observations per measured duration; 0 where the duration itself is absent.",
        values=samples,
        own_labels=("measure",),
        domain=domain_of([distribution.name.lower() for distribution in Distribution]),
        formula="count",
    ),
)

WINDOW_METRICS: Final = _COUNTS + _BLOCKED + _RATIOS + _DURATIONS + _SLA + _SAMPLES
"""Every window metric; the order is that of docs/metrics.md."""
