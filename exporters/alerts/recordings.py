"""Recorded series that alerts are made of: the service level with what chance alone can do to it.

Guarantee: every recording is per (channel, queue), the same number from however many exporters it is scraped.

Wilson's interval says between which shares the true one lies, given n observations: with 8 of 12 in time
(67 %) it may still be 84 % (z = 1.645), so a target of 80 % is not missed beyond doubt; with 80 of 120 the
upper bound is 73 %, and it is.
Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from aggregators.customer_windows import LIFETIME
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
SCORE, BEST, WORST = "support:{}:score", "support:{}_upper:score", "support:{}_lower:score"
ANSWERS: Final = "support:{}_responses:count"
"""Of a survey, per window and queue; without the label `queue` of the site."""
CHURN: Final = "support:churn:ratio"
CHURN_AT_LEAST: Final = "support:churn_lower:ratio"
CHURN_TARGET: Final = "support:churn_target:ratio"
LOST: Final = "support:customers_lost:count"
_AT_START: Final = "support:customers_at_start:count"

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
        Recording(UPPER, _wilson(LEVEL, ELIGIBLE, "+"), "the best that it may be, were it not for chance"),
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
        *(_of_surveys() if terms.recent else ()),
        *(_of_churn() if terms.has_churn_target else ()),
    )


def _of_surveys() -> Iterator[Recording]:
    place = ("queue", "window")
    for survey, measure, words in (("nps", "nps_score", "NPS"), ("csat", "csat_ratio", "CSAT")):
        yield Recording(
            SCORE.format(survey),
            _of_each(place, measure),
            f"the {words} of each queue; without the label, of the site",
        )
        for name, bound, which in ((BEST, "upper", "best"), (WORST, "lower", "worst")):
            yield Recording(
                name.format(survey),
                _of_each(place, f"{measure}_bound", bound=bound),
                f"the {which} that it may be by its 95 % interval",
            )
        yield Recording(
            ANSWERS.format(survey),
            _of_each(place, "survey_responses", survey=survey),
            f"how many answers stand behind the {words}",
        )


def _of_churn() -> Iterator[Recording]:
    place = ("product",)
    yield Recording(
        CHURN,
        _of_each(place, "churn_ratio", window=LIFETIME),
        "the share of customers of each product who left in 30 dates; without the label, of the site",
    )
    yield Recording(LOST, _of_each(place, "customers_lost", window=LIFETIME), "how many that were")
    yield Recording(
        _AT_START,
        _of_each(place, "customer_parts", window=LIFETIME, part="at_start"),
        "how many customers there were before",
    )
    yield Recording(
        CHURN_AT_LEAST,
        # By some definitions the share lies below 0 or above 1, where the interval has no meaning.
        _wilson(f"clamp({CHURN}, 0, 1)", _AT_START, "-"),
        "the least that the share may be, were it not for chance",
    )
    yield Recording(CHURN_TARGET, "max(support_churn_target_ratio)", "the share that may leave")


def _of_each(place: tuple[str, ...], measure: str, **own: str) -> str:
    """Return a number of every queue or product, and of the site, once however many exporters show it.

    place: the label that the site's number lacks, then those it has.
    """
    matchers = ",".join(f'{label}="{value}"' for label, value in own.items())
    where = f"{{{matchers}}}" if matchers else ""
    each, site = (f"max by ({', '.join(labels)})" for labels in (place, place[1:]))
    return f"{each} (support_window_{measure}{where})\nor {site} (support_all_window_{measure}{where})"


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


def _wilson(share: str, number: str, sign: Literal["+", "-"]) -> str:
    """Return the upper (+) or lower (-) bound of Wilson's interval; absent without observations."""
    square = Z * Z
    spread = f"sqrt({share} * (1 - {share}) / {number} + {square / 4:.8g} / {number} ^ 2)"
    return (
        f"(\n  {share} + {square / 2:.8g} / {number} {sign} {Z} * {spread}\n)"
        f" / (1 + {square:.8g} / {number}) and {number} > 0"
    )
