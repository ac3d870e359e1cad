"""The surveys table: what customers say, per queue and for the whole site, with how sure that is.

Guarantee: every number is read from summed integers; without an answer it is absent. Roll-ups over queues are
computed from summed parts.

Bounds of confidence are those of 95 %. A share p of n answers has Wilson's:

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n),    z = 1.959964

Of a mean of values between 0 and 1 Wilson's are never too narrow, because their variance is at most p(1 − p).
A difference of shares d = p − q has d ± z √((p + q − d²)/n), within −1 … 1: each answer is +1, 0 or −1, and
that is its variance. Unanimous answers have none, so there these bounds lie on the value itself.

Worked: 5 promoters, 2 detractors, 3 others: d = 0.3, variance 0.7 − 0.09 = 0.61, NPS 30, bounds 30 ± 48.4.
Source: Wilson, "Probable Inference", 1927; Rocks, "Interval Estimation for the Net Promoter Score", 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Final

from aggregators.catalogue.metric import OWN_DEFINITION, SurveyMetric, domain_of
from aggregators.measures import Parts
from aggregators.samples import Value
from aggregators.survey_measures import LIKELIHOODS, PLACES, RESPONSES, SURVEYS, WHOLE, SurveyMeasure

Z: Final = 1.959964
BOUNDS: Final = ("lower", "upper")
_STEPS: Final = 4
"""Steps of the scale from 1 to 5 to which means are normalised."""

_Values = Sequence[Value | None]
_SHARES: Final[dict[str, tuple[int, int, int]]] = {
    "csat": (SurveyMeasure.CSAT_POSITIVE, 1, RESPONSES["csat"]),
    "iqs": (SurveyMeasure.IQS_SHARES, WHOLE, RESPONSES["iqs"]),
    **{kind: (PLACES[kind], WHOLE, RESPONSES[kind]) for kind in LIKELIHOODS},
}
"""Key of a sum, in how many units a whole is, key of its sample size."""

_NPS: Final = (SurveyMeasure.PROMOTERS, SurveyMeasure.DETRACTORS, RESPONSES["nps"])
_EMOTION: Final = (SurveyMeasure.EMOTION_POSITIVE, SurveyMeasure.EMOTION_NEGATIVE, RESPONSES["emotion"])


def wilson(share: float, answers: int) -> tuple[float, float]:
    """Return the bounds of a share of `answers` answers, at least one."""
    spread = Z * Z / answers
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / answers + spread / (4 * answers)) / (1 + spread)
    upper = min(1.0, middle + half)
    # The product of both is known; a difference would lose the digits of a small one.
    return share * share / (1 + spread) / upper, upper


def difference_bounds(plus: int, minus: int, answers: int) -> tuple[float, float]:
    """Return the bounds of (plus − minus) / answers, at least one answer."""
    difference = (plus - minus) / answers
    half = Z * sqrt(((plus + minus) * answers - (plus - minus) ** 2) / answers) / answers
    return max(-1.0, difference - half), min(1.0, difference + half)


def _share(survey: str, parts: Parts) -> float | None:
    key, whole, sample = _SHARES[survey]
    answers = parts.get(sample, 0)
    return parts.get(key, 0) / (whole * answers) if answers else None


def _shares(*surveys: str) -> Callable[[Parts], _Values]:
    return lambda parts: [_share(survey, parts) for survey in surveys]


def _share_bounds(*surveys: str) -> Callable[[Parts], _Values]:
    def values(parts: Parts) -> _Values:
        found: list[Value | None] = []
        for survey in surveys:
            share = _share(survey, parts)
            sample = parts.get(_SHARES[survey][2], 0)
            found += (None, None) if share is None else wilson(share, sample)
        return found

    return values


def _mean(survey: str) -> Callable[[Parts], _Values]:
    places, sample = PLACES[survey], RESPONSES[survey]

    def values(parts: Parts) -> _Values:
        answers = parts.get(sample, 0)
        whole = WHOLE * answers
        return ((whole + _STEPS * parts.get(places, 0)) / whole if answers else None,)

    return values


def _difference(keys: tuple[int, int, int], scale: int) -> Callable[[Parts], _Values]:
    def values(parts: Parts) -> _Values:
        plus, minus, answers = (parts.get(key, 0) for key in keys)
        return (scale * (plus - minus) / answers if answers else None,)

    return values


def _difference_bounds(keys: tuple[int, int, int], scale: int) -> Callable[[Parts], _Values]:
    def values(parts: Parts) -> _Values:
        plus, minus, answers = (parts.get(key, 0) for key in keys)
        if not answers:
            return (None, None)
        return [scale * bound for bound in difference_bounds(plus, minus, answers)]

    return values


def _responses(parts: Parts) -> _Values:
    return [parts.get(RESPONSES[survey], 0) for survey in SURVEYS]


def _bounds_of(measure: str, values: Callable[[Parts], _Values], unit: str, formula: str) -> SurveyMetric:
    return SurveyMetric(
        measure=f"{measure}_bound",
        unit=unit,
        help=f"Between which values {measure} lies with 95 % confidence.",
        definition="Bounds of confidence; absent without an answer.",
        values=values,
        own_labels=("bound",),
        domain=domain_of(BOUNDS),
        formula=formula,
    )


_WILSON: Final = "Wilson, z = 1.959964"
_VARIANCE: Final = "d ± z · √((p + q − d²) / n), d = p − q, z = 1.959964"

SURVEY_METRICS: Final = (
    SurveyMetric(
        measure="nps_score",
        unit="points",
        help="How many more customers would recommend us than warn of us, of a hundred (NPS).",
        definition="Promoters 9–10 and detractors up to 6 on scales 0–10 and 1–10; 5 and 1–3 on 1–5; 7 and "
        "1–4 on 1–7. Answers on other scales are not counted.",
        values=_difference(_NPS, 100),
        formula="100 · (promoters − detractors) / responses",
        source="Reichheld 2003",
    ),
    _bounds_of("nps_score", _difference_bounds(_NPS, 100), "points", f"100 · ({_VARIANCE})"),
    SurveyMetric(
        measure="csat_ratio",
        unit="ratio",
        help="The share of customers who are satisfied (CSAT).",
        definition="Top two of a scale of five points, else the upper 40 % of the scale.",
        values=_shares("csat"),
        formula="positive / responses",
    ),
    _bounds_of("csat_ratio", _share_bounds("csat"), "share", _WILSON),
    SurveyMetric(
        measure="csat_mean",
        unit="points",
        help="How satisfied customers are on average, from 1 to 5.",
        definition="Mean score, each normalised to 1–5.",
        values=_mean("csat"),
        formula="1 + 4 · mean of (score − min) / (max − min)",
    ),
    SurveyMetric(
        measure="ces_mean",
        unit="points",
        help="How easy we make it for customers, from 1 to 5 (CES).",
        definition="Mean score, each normalised to 1–5 with 5 = easy, whatever the survey's polarity.",
        values=_mean("ces"),
        formula="1 + 4 · mean of (score − min) / (max − min), turned where a high score is bad",
    ),
    SurveyMetric(
        measure="iqs_ratio",
        unit="ratio",
        help="How good reviewed contacts were (IQS).",
        definition="Mean of score / maximum; scales below 0 are not counted.",
        values=_shares("iqs"),
        formula="mean of score / max",
    ),
    _bounds_of("iqs_ratio", _share_bounds("iqs"), "share", _WILSON),
    SurveyMetric(
        measure="likelihood_ratio",
        unit="ratio",
        help="How likely customers are to recommend us, to leave us and to buy again.",
        definition="Mean place of the answers on their scale; a high score means likely unless the polarity "
        "states the opposite.",
        values=_shares(*LIKELIHOODS),
        own_labels=("kind",),
        domain=domain_of(LIKELIHOODS),
        formula="mean of (score − min) / (max − min)",
    ),
    SurveyMetric(
        measure="likelihood_ratio_bound",
        unit="share",
        help="Between which values likelihood_ratio lies with 95 % confidence.",
        definition="Bounds of confidence; absent without an answer.",
        values=_share_bounds(*LIKELIHOODS),
        own_labels=("kind", "bound"),
        domain=domain_of(LIKELIHOODS, BOUNDS),
        formula=_WILSON,
    ),
    SurveyMetric(
        measure="net_emotion_ratio",
        unit="ratio",
        help="How much more often customers feel good than bad about us.",
        definition="Positive is above the middle of the scale, negative below.",
        values=_difference(_EMOTION, 1),
        formula="(positive − negative) / responses",
    ),
    _bounds_of("net_emotion_ratio", _difference_bounds(_EMOTION, 1), "share", _VARIANCE),
    SurveyMetric(
        measure="survey_responses",
        unit="responses",
        help="How many answers stand behind the numbers of each survey.",
        definition="Answers that count, of each respondent and wave the last one; a queue is there from its "
        "first answer within the longest window on.",
        values=_responses,
        own_labels=("survey",),
        domain=domain_of(SURVEYS),
        formula="count",
        source=OWN_DEFINITION,
    ),
)
"""Every metric of surveys; the order is that of docs/metrics.md."""
