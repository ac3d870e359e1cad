"""Count the answers to surveys and their metrics, for the independent recount.

Guarantee: answers are exact fractions until the last division.
Source: METRICS.md *Surveys*; EVENTS.md: "A later response with the same subject and survey replaces the
earlier one of the same survey wave (`wave`, optional string)." Where they leave something open:
docs/decisions/0015-day-rows-of-surveys.md.
Worked number: CSAT 5, 4, 3 and 1 on 1–5: ratio 2/4, mean 13/4.
Cost: one look at every answer for each window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from aggregators.recount_limits import HOUR, Limits, first_instant_of, local_date
from aggregators.recount_timeline import Case, queues_of
from aggregators.recount_windows import Metric

DAYS = {"1d": 1, "7d": 7, "30d": 30, "90d": 90}
SURVEYS = ("nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion")
KINDS = ("recommend", "switch", "repurchase")
NORMAL = 1.959964
TOP_TWO_WIDTH = 4  # of a scale of five points
NPS_SCALES = ((0, 10), (1, 10), (1, 5), (1, 7))
_NAMES = ("nps_", "csat_", "ces_", "iqs_", "likelihood_", "net_emotion_", "survey_responses")


class Answer(NamedTuple):
    """One answer that stands: time in milliseconds, bounds of its scale, score with the usual polarity."""

    time: int
    queue: str
    survey: str
    low: Fraction
    high: Fraction
    score: Fraction

    def place(self) -> Fraction:
        """Return where on its scale it lies, 0 to 1."""
        return (self.score - self.low) / (self.high - self.low)


def answers_of(case: Case) -> list[Answer]:
    """Return the answers of one subject that stand and can be counted."""
    events = case.timeline().events
    standing: dict[tuple[object, object], Answer | None] = {}
    for event, queue in zip(events, queues_of(events, {}), strict=True):
        fields = event.fields
        low, high, score = (_fraction(fields[name]) for name in ("scale_min", "scale_max", "score"))
        survey = str(fields["survey"])
        # Rule — "`high_is_good` (default: true, but false for `switch` …)"
        if fields["high_is_good"] != (survey != "switch"):
            score = low + high - score
        answer = Answer(event.time, queue, survey, low, high, score)
        standing[survey, fields["wave"]] = answer if _can_be_counted(answer) else None
    return [answer for answer in standing.values() if answer is not None]


def _fraction(value: object) -> Fraction:
    assert isinstance(value, int | float)
    return Fraction(value)


def _can_be_counted(answer: Answer) -> bool:
    low, high, score, survey = answer.low, answer.high, answer.score, answer.survey
    if low >= high or score < low or score > high:
        return False
    if survey == "iqs":
        return low >= 0
    return survey != "nps" or any(low == least and high == most for least, most in NPS_SCALES)


def survey_metrics(answers: Iterable[Answer], window: tuple[int, int], queues: Iterable[str]) -> list[Metric]:
    """Return all metrics of a half-open window (ms); queues: those that are known."""
    inside = [answer for answer in answers if window[0] <= answer.time < window[1]]
    known = sorted(queues)
    found = []
    for queue in known:
        mine = [answer for answer in inside if answer.queue == queue]
        found += _metrics_of(mine, "support_window_", {"queue": queue})
    return found + (_metrics_of(inside, "support_all_window_", {}) if known else [])


def _metrics_of(answers: Sequence[Answer], prefix: str, labels: Mapping[str, str]) -> list[Metric]:
    by_survey = {survey: [one for one in answers if one.survey == survey] for survey in SURVEYS}
    found = [
        Metric(prefix + "survey_responses", {**labels, "survey": survey}, len(given))
        for survey, given in by_survey.items()
    ]

    def add(name: str, value: Fraction, bounds: tuple[float, float] | None = None, **more: str) -> None:
        found.append(Metric(prefix + name, {**labels, **more}, float(value)))
        for bound, at in zip(("lower", "upper"), bounds or (), strict=False):
            found.append(Metric(f"{prefix}{name}_bound", {**labels, **more, "bound": bound}, at))

    if given := by_survey["nps"]:
        value, bounds = _net([_vote(answer) for answer in given])
        add("nps_score", 100 * value, (100 * bounds[0], 100 * bounds[1]))
    if given := by_survey["csat"]:
        share = Fraction(sum(_is_satisfied(answer) for answer in given), len(given))
        add("csat_ratio", share, _wilson(share, len(given)))
        add("csat_mean", 1 + 4 * _mean([answer.place() for answer in given]))
    if given := by_survey["ces"]:
        add("ces_mean", 1 + 4 * _mean([answer.place() for answer in given]))
    if given := by_survey["iqs"]:
        # Rule — "mean of score / maximum"
        share = _mean([answer.score / answer.high for answer in given])
        add("iqs_ratio", share, _wilson(share, len(given)))
    for kind in KINDS:
        if given := by_survey[kind]:
            # Rule — "mean of (score − min)/(max − min)"
            share = _mean([answer.place() for answer in given])
            add("likelihood_ratio", share, _wilson(share, len(given)), kind=kind)
    if given := by_survey["emotion"]:
        halves = [answer.place() - Fraction(1, 2) for answer in given]
        value, bounds = _net([(half > 0) - (half < 0) for half in halves])
        add("net_emotion_ratio", value, bounds)
    return found


def _vote(answer: Answer) -> int:
    # Rule — "0–10 and 1–10 scales: promoters 9–10, detractors ≤ 6; 1–5: promoters 5, detractors 1–3; 1–7: 7
    # and 1–4"
    promoter, detractor = {5: (5, 3), 7: (7, 4), 10: (9, 6)}[int(answer.high)]
    return 1 if answer.score >= promoter else -1 if answer.score <= detractor else 0


def _is_satisfied(answer: Answer) -> bool:
    # Rule — "top two of five, or the upper 40 % of the scale"
    width = answer.high - answer.low
    upper = Fraction(1) if width == TOP_TWO_WIDTH else width * 2 / 5
    return answer.score >= answer.high - upper


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _net(votes: Sequence[int]) -> tuple[Fraction, tuple[float, float]]:
    """Return the mean of votes of −1, 0 and 1, and its bounds by their variance."""
    count = len(votes)
    mean = Fraction(sum(votes), count)
    variance = Fraction(sum(vote * vote for vote in votes), count) - mean * mean
    half = NORMAL * math.sqrt(variance / count)
    return mean, (max(-1.0, float(mean) - half), min(1.0, float(mean) + half))


def _wilson(share: Fraction, count: int) -> tuple[float, float]:
    """Return the roots of n (p − x)² = z² x (1 − x), which is how Wilson found his bounds."""
    p, z2 = float(share), NORMAL * NORMAL
    first, second, third = count + z2, -(2 * count * p + z2), count * p * p
    root = math.sqrt(max(0.0, second * second - 4 * first * third))
    # Of a quadratic equation the smaller root loses no digits as third / (first · larger root).
    upper = (-second + root) / (2 * first)
    return third / (first * upper), min(1.0, upper)


def is_survey(name: str) -> bool:
    """Say whether a metric is one of surveys."""
    return name.partition("window_")[2].startswith(_NAMES)


def survey_windows(end: int, limits: Limits) -> dict[str, int]:
    """Return where each window of surveys that ends at `end` begins, in milliseconds, by label.

    Only those that the horizon of surveys reaches, with two hours for clock changes and skew.
    """
    last = local_date(end - 1, limits.zone)
    return {
        label: first_instant_of(_before(last, days - 1), limits.zone)
        for label, days in DAYS.items()
        if days * 24 * HOUR + 2 * HOUR <= limits.survey_horizon
    }


def _before(day: date, days: int) -> date:
    return day - timedelta(days=days)
