"""Alerts for those who answer for promises to customers: deadlines ahead, and promises broken too often.

Guarantee: a budget is watched only where it can burn fast enough to fire: with a promise of 90 % all cases
too late are ten times the budget, so a factor of 14.4 would never be reached and gets no alert.
Source: Beyer, Murphy, Rensin, Kawahara, Thorne, "The Site Reliability Workbook", 2018, chapter 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aggregators.configuration import SlaName
from exporters.alerts.alert import Alert, Terms
from exporters.alerts.recordings import UNSOLVED

FAST, SLOW = 14.4, 6.0
"""How many times the allowed share of broken promises: over the longer window, and over the day."""
LEAST: Final = 20
"""Promises due in a window below which their share says too little."""
_WORDS: Final[dict[SlaName, str]] = {
    "first_response": "first replies",
    "next_response": "later replies",
    "resolution": "solutions",
}
_TITLES: Final[dict[SlaName, str]] = {
    "first_response": "FirstResponse",
    "next_response": "NextResponse",
    "resolution": "Resolution",
}


def contract_alerts(terms: Terms) -> tuple[Alert, ...]:
    """Return the alerts on promises; without a promise there are none."""
    if not terms.promises:
        return ()
    return (_imminent(), _flood(), *_burning(terms))


def _imminent() -> Alert:
    return Alert(
        name="BreachImminent",
        audience="contract",
        severity="warning",
        expression='max by (channel, queue, sla) (support_sla_at_risk_cases{within="15m"}) > 0',
        holds="1m",
        summary="{{ $value }} cases of {{ $labels.queue }} are about to be late ({{ $labels.sla }})",
        description="Their deadline is within a quarter of an hour.",
        meaning="The deadline of at least one case falls within the next 15 minutes and is not met yet."
        " Business hours"
        " and pauses are in the deadline: of a closed queue nothing is due.",
        look="The list of the queue in your desk, sorted by deadline;"
        " support_sla_next_breach_timestamp_seconds says when the first one is due.",
        act="Answer or solve them first, or set them to pending where the customer is to move.",
        resolves="When they are answered or late; then they count in support_sla_breached_open_cases.",
    )


def _flood() -> Alert:
    risk = 'max by ({}) (support_sla_at_risk_cases{{within="60m"}})'
    of_target, of_queue = risk.format("channel, queue, sla"), risk.format("channel, queue")
    return Alert(
        name="BreachesPredicted",
        audience="contract",
        severity="critical",
        expression=f"({of_target} >= 10) and on (channel, queue) ({of_queue} > 0.2 * {UNSOLVED})",
        holds="5m",
        keeps="5m",
        summary="{{ $value }} cases of {{ $labels.queue }} will be late within an hour ({{ $labels.sla }})",
        description="At least ten, and more than a fifth of all open cases of the queue.",
        meaning="So many deadlines fall within the next hour that the present pace will not do.",
        look="Replies in the last hour against cases at risk; backlog by age.",
        act="Move agents to this queue now; tell the customers concerned before the deadline passes.",
        resolves="When fewer than ten cases, or less than a fifth, are at risk for five minutes.",
    )


def _burning(terms: Terms) -> Iterator[Alert]:
    for name, promise in terms.promises.items():
        for factor, window, severity in ((FAST, terms.long, "critical"), (SLOW, terms.day, "warning")):
            if promise < 1 and factor <= 1 / (1 - promise):
                yield _burn(name, promise, factor, window, is_fast=severity == "critical")


def _burn(name: SlaName, promise: float, factor: float, window: str, *, is_fast: bool) -> Alert:
    kept, broken = (
        f'max by (channel, queue, sla) (support_window_sla_{outcome}{{window="{window}",sla="{name}"}})'
        for outcome in ("met", "breached")
    )
    due = f"({kept} + {broken})"
    limit = factor * (1 - promise)
    words = _WORDS[name]
    return Alert(
        name=f"{_TITLES[name]}BudgetBurns{'Fast' if is_fast else ''}",
        audience="contract",
        severity="critical" if is_fast else "warning",
        expression=f"({broken} / ({due} > 0) > {limit:.4g}) and ({due} >= {LEAST})",
        holds="2m",
        keeps="10m",
        summary=f"{{{{ $value | humanizePercentage }}}} of the {words} of {{{{ $labels.queue }}}} were late",
        description=f"Promised are {promise:.0%} in time; this is more than {factor:g} times what may be"
        f" late.",
        meaning=f"Of the {words} due in the window `{window}`, at least {LEAST}, more than {limit:.0%}"
        f" were late:"
        f" {factor:g} times the share that a promise of {promise:.0%} allows.",
        look="Since when, in which queue, at which priority? `support_window_sla_breached` and the backlog"
        " by age.",
        act="Fast: act now, as for BreachesPredicted. Slow: plan more agents for this queue, or renegotiate.",
        resolves="When the share of the window is below the limit for ten minutes.",
    )
