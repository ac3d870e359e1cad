"""Alerts for those who answer for customers: what they say falls behind its own past, too many of them leave.

Guarantee: nothing fires from chance or from a handful of answers. What was asked lately is compared with the
longest window of the same number, so that no history of Prometheus is needed and nothing fires in a centre
that has only begun: there both are the same. An alarm wants three things at once: at least `LEAST` answers,
bounds of 95 % that do not touch, and a fall that matters.

    30 |          past, 90 d    |-----*-----|
    20 |                                        no bound in common, 12 points lower: it has fallen
    10 |    last 7 d  |-----*-----|

Worked: NPS 31 (28 to 34) over 90 days, 18 (9 to 27) over 7 days with 280 answers: 27 < 28 and 31 − 18 ≥ 5.
Bounds that do not touch are stricter than a test of the difference at 95 %: they miss a small fall rather
than report one that is none.
Source: Schenker, Gentleman, "On Judging the Significance of Differences by Examining the Overlap Between
Confidence Intervals", The American Statistician 55, 2001.
"""

from __future__ import annotations

from typing import Final

from exporters.alerts.alert import Alert, Terms
from exporters.alerts.recordings import (
    ANSWERS,
    BEST,
    CHURN,
    CHURN_AT_LEAST,
    CHURN_TARGET,
    LOST,
    SCORE,
    WORST,
)

LEAST: Final = 30
"""Answers below which a fall says too little, however large it is."""
LEAST_LOST: Final = 5
"""Customers who must have left before their share says anything."""
FALLS: Final[dict[str, float]] = {"nps": 5, "csat": 0.02}
"""By how much a number must have fallen before somebody is told: points of 200, a share."""
_LOOK: Final = (
    "Which queue, and since when: the *Quality* dashboard. What changed then: a release, a price, a new team,"
    " another survey or another moment of asking? Did fewer people answer?"
)
_ACT: Final = (
    "Read the answers of those who are unhappy and call some of them. Mend the one cause that most of them"
    " name, and tell them. Where the survey itself has changed, wait until the longer window holds only the"
    " new one."
)


def customer_alerts(terms: Terms) -> tuple[Alert, ...]:
    """Return the alerts on surveys and customers: of surveys where two windows can be compared."""
    of_surveys = (_nps(terms), _csat(terms)) if terms.recent else ()
    return (*of_surveys, *(_churn() if terms.has_churn_target else ()))


def _fallen(survey: str, terms: Terms) -> str:
    recent = f'{{window=~"{"|".join(terms.recent)}"}}'
    past = f'{{window="{terms.past}"}}'
    score, best, worst = (each.format(survey) for each in (SCORE, BEST, WORST))
    return (
        f"{score}{recent}\n"
        f"and ({best}{recent} < on (queue) group_left () {worst}{past})\n"
        f"and ({score}{recent} <= on (queue) group_left () ({score}{past} - {FALLS[survey]:g}))\n"
        f"and ({ANSWERS.format(survey)}{recent} >= {LEAST})"
    )


def _falling(survey: str, terms: Terms, name: str, *, value: str, fall: str) -> Alert:
    windows = " or ".join(f"`{window}`" for window in terms.recent)
    return Alert(
        name=f"{name}Falling",
        audience="customers",
        severity="warning",
        expression=_fallen(survey, terms),
        holds="15m",
        keeps="1h",
        summary=f"The {name} of {{{{ with $labels.queue }}}}{{{{ . }}}}{{{{ else }}}}all queues{{{{ end }}}}"
        f" has fallen to {value}",
        description=f"That is the number of the last {{{{ $labels.window }}}}, at least {fall} below that of"
        f" the last {terms.past}, and more than chance.",
        meaning=f"In the window {windows}, with at least {LEAST} answers, the {name} of a queue or of the"
        f" site lies at least {fall} below that of the window `{terms.past}`, and the bounds of 95 % of the"
        " two do not touch.",
        look=_LOOK,
        act=_ACT,
        resolves="When the bounds touch again, or the fall is smaller, for an hour; at the latest when the"
        " longer window has become as bad.",
    )


def _nps(terms: Terms) -> Alert:
    return _falling("nps", terms, "NPS", value='{{ printf "%.0f" $value }}', fall="five points")


def _csat(terms: Terms) -> Alert:
    return _falling(
        "csat", terms, "CSAT", value="{{ $value | humanizePercentage }}", fall="two percentage points"
    )


def _churn() -> tuple[Alert, ...]:
    return (
        Alert(
            name="ChurnAboveTarget",
            audience="customers",
            severity="warning",
            expression=f"{CHURN}\n"
            f"and ({CHURN_AT_LEAST} > on () group_left () {CHURN_TARGET})\n"
            f"and ({LOST} >= {LEAST_LOST})",
            holds="15m",
            keeps="1h",
            summary="{{ $value | humanizePercentage }} of the customers"
            "{{ with $labels.product }} of {{ . }}{{ end }} left within 30 days",
            description="That is above the target, and more than chance.",
            meaning=f"At least {LEAST_LOST} customers of a product or of the site left in the last 30 dates,"
            " their share of the customers at the start lies above `[customers] churn_target`, and so far"
            " that chance does not explain it: even the lower bound of its 95 % interval (Wilson, z = 1.645)"
            " is above.",
            look="Which product, since when: the *Customers* dashboard. Did a price rise, a term end, a"
            " competitor begin? Does revenue leave with them (`support_window_mrr_churn_ratio`), or many"
            " small customers?",
            act="Talk to those who left last and to those whose renewal is due next. Where one cause stands"
            " behind most of them, mend it before offering discounts.",
            resolves="When the interval reaches the target again, for an hour.",
        ),
    )
