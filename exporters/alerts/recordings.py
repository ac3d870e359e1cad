"""Recorded series that alerts are made of: the service level with what chance alone can do to it.

Guarantee: every recording is per (channel, queue), the same number from however many exporters it is scraped.

Wilson's interval says between which shares the true one lies, given n observations: with 8 of 12 in time
(67 %) it may still be 84 % (z = 1.645), so a target of 80 % is not missed beyond doubt; with 80 of 120 the
upper bound is 73 %, and it is.
Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aggregators.measures import Count
from aggregators.service_level import FORMULA_PARTS
from exporters.alerts.alert import Recording, Terms

Z: Final = 1.645
"""Quantile of the normal distribution for 95 % on one side."""

ELIGIBLE: Final = "support:service_level_eligible:count"
LEVEL: Final = "support:service_level:ratio"
UPPER: Final = "support:service_level_upper:ratio"
TARGET: Final = "support:service_level_target:ratio"
OPEN: Final = "support:queue_open:boolean"
UNSOLVED: Final = "support:open_cases:sum"
WAITING: Final = "support:backlog_cases:sum"

_PART: Final = {
    Count.ANSWERED: "answered",
    Count.ANSWERED_WITHIN: "answered_within",
    Count.ABANDONED: "abandoned",
    Count.ABANDONED_WITHIN: "abandoned_within",
    Count.SHORT_ABANDONED: "abandoned_short",
    Count.EXITED: "exited",
    Count.EXITED_WITHIN: "exited_within",
}


def recordings(terms: Terms) -> tuple[Recording, ...]:
    """Return the recorded series in the order in which they build on each other."""
    return (
        Recording(
            ELIGIBLE,
            _eligible(terms.short),
            "how many contacts count in the service level, by each queue's own formula",
        ),
        Recording(
            LEVEL,
            f'max by (channel, queue) (support_window_service_level_ratio{{window="{terms.short}"}})',
            "the service level of each queue",
        ),
        Recording(UPPER, _upper(LEVEL, ELIGIBLE), "the best that it may be, were it not for chance"),
        Recording(
            TARGET,
            "max by (channel, queue) (support_service_level_target_ratio)",
            "the service level that a queue should reach",
        ),
        Recording(OPEN, "max by (queue) (support_queue_open)", "whether a queue is open"),
        Recording(
            UNSOLVED,
            "max by (channel, queue) (sum without (state) (support_open_cases))",
            "cases that are not solved",
        ),
        Recording(
            WAITING,
            "max by (channel, queue) (sum without (age) (support_backlog_cases))",
            "cases in which a customer waits for a reply",
        ),
    )


def _eligible(window: str) -> str:
    """Return the denominators of all formulas, each for the queues that use it; tickets have none."""

    def counted(counts: Iterable[Count]) -> str:
        parts = "|".join(_PART[count] for count in counts)
        return f'sum without (part) (support_window_service_level_parts{{window="{window}",part=~"{parts}"}})'

    branches = []
    for formula, parts in FORMULA_PARTS.items():
        taken = f" - {counted(parts.taken)}" if parts.taken else ""
        uses = f'and on (channel, queue, instance) support_queue_info{{formula="{formula}"}}'
        branches.append(f"(({counted(parts.added)}{taken}) {uses})")
    tickets = f"({counted([Count.ANSWERED])} unless on (channel, queue, instance) support_queue_info)"
    return "max by (channel, queue) (\n  {}\n)".format("\n  or ".join([*branches, tickets]))


def _upper(share: str, number: str) -> str:
    """Return the upper bound of Wilson's interval; absent without observations."""
    square = Z * Z
    spread = f"sqrt({share} * (1 - {share}) / {number} + {square / 4:.8g} / {number} ^ 2)"
    return (
        f"(\n  {share} + {square / 2:.8g} / {number} + {Z} * {spread}\n)"
        f" / (1 + {square:.8g} / {number}) and {number} > 0"
    )
