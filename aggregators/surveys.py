"""Surveys: what the standing answers of one respondent contribute.

Guarantee: of the answers to one survey and wave the last one in timeline order stands, whatever the order of
arrival; answers without a wave are one wave. What a standing answer cannot say counts nowhere: a score
outside of its scale, a scale without width, an NPS on a scale that has no classes of promoters, an IQS on a
scale that is not positive.

Worked: NPS 6 at 10:00 and NPS 9 at 11:00 in one wave: one response, a promoter, at 11:00.
Source: Reichheld, "The One Number You Need to Grow", 2003, for promoters and detractors; METRICS.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from aggregators.case_context import CaseContext
from aggregators.configuration import Configuration
from aggregators.events import Event, SurveyResponse
from aggregators.facts import Facts, withdraw
from aggregators.measures import Series
from aggregators.status import Status, Visit
from aggregators.survey_measures import LIKELIHOODS, PLACES, RESPONSES, WHOLE, SurveyMeasure

NPS_CLASSES: Final = {(0, 10): (9, 6), (1, 10): (9, 6), (1, 5): (5, 3), (1, 7): (7, 4)}
"""Scale → least score of a promoter, greatest of a detractor."""

_FIVE_POINTS: Final = 4
_TOP_TWO: Final = 1
_UPPER_PART: Final = Fraction(3, 5)
Amounts = list[tuple[int, int]]
"""(measure, amount) of one answer."""


class Respondent:
    """The answers of one respondent, or about one case."""

    __slots__ = ("_standing", "context", "last")

    topic: Final = "surveys"

    def __init__(self, configuration: Configuration, timeline: Sequence[Event], facts: Facts) -> None:
        self.last = timeline[0].time
        self.context = CaseContext("surveys", timeline)
        self._standing: dict[tuple[str, str | None], Facts] = {}
        for event in timeline:
            self.step(event, facts)

    def holds_for(self, event: Event) -> bool:
        """Say whether earlier answers keep their queue."""
        return self.context.holds_for(event)

    def step(self, event: Event, facts: Facts) -> None:
        """Feed one answer in timeline order: it replaces the one before of its survey and wave."""
        self.last = event.time
        self.context.note(event)
        data = event.data
        assert isinstance(data, SurveyResponse), data
        place = (data.survey, None if data.wave is UNSET else data.wave)
        for fact in self._standing.get(place, ()):
            withdraw(facts, fact)
        series: Series = ("", self.context.queue_of(event))
        said: Facts = [(event.time, series, measure, amount, 1) for measure, amount in amounts_of(data)]
        self._standing[place] = said
        facts += said

    def is_open(self) -> bool:
        """An answer asks for nothing."""
        return False

    def is_at_rest(self) -> bool:
        """Hardly anybody answers again."""
        return True

    def visits(self) -> Sequence[Visit]:
        """Nobody waits in a queue."""
        return ()

    def place(self) -> None:
        """Facts name the series."""

    def status(self) -> Status:
        """Return the state of a respondent: none."""
        return Status(state=None, series=("", ""), since=None, last=self.last)


def without_reasons(events: Iterable[Event]) -> list[Event]:
    """Return answers without the words of the customer: what is not kept cannot be read by anybody."""
    return [
        replace(event, data=replace(event.data, reason=UNSET))
        if isinstance(event.data, SurveyResponse) and event.data.reason is not UNSET
        else event
        for event in events
    ]


def amounts_of(data: SurveyResponse) -> Amounts:
    """Return what one answer adds to its sums; nothing where it says nothing."""
    low, high, score = Fraction(data.scale_min), Fraction(data.scale_max), Fraction(data.score)
    if not low <= score <= high or low == high:
        return []
    # Only for `switch` a high score is bad news by nature; whoever states another polarity turns the scale.
    usual = data.survey != "switch"
    if data.high_is_good is not UNSET and data.high_is_good != usual:
        score = low + high - score
    said = _said(data.survey, low, high, score)
    return [(int(RESPONSES[data.survey]), 1), *((int(key), amount) for key, amount in said)] if said else []


def _said(survey: str, low: Fraction, high: Fraction, score: Fraction) -> list[tuple[SurveyMeasure, int]]:
    place = (score - low) / (high - low)
    units = round(place * WHOLE)
    if survey == "nps":
        classes = NPS_CLASSES.get((int(low), int(high))) if low.denominator == high.denominator == 1 else None
        if classes is None:
            return []
        return [
            (SurveyMeasure.PROMOTERS, int(score >= classes[0])),
            (SurveyMeasure.DETRACTORS, int(score <= classes[1])),
        ]
    if survey == "csat":
        is_five = high - low == _FIVE_POINTS
        is_positive = score >= high - _TOP_TWO if is_five else place >= _UPPER_PART
        return [(SurveyMeasure.CSAT_POSITIVE, int(is_positive)), (SurveyMeasure.CSAT_PLACES, units)]
    if survey == "iqs":
        return [] if low < 0 else [(SurveyMeasure.IQS_SHARES, round(score / high * WHOLE))]
    if survey == "emotion":
        middle = low + high
        return [
            (SurveyMeasure.EMOTION_POSITIVE, int(2 * score > middle)),
            (SurveyMeasure.EMOTION_NEGATIVE, int(2 * score < middle)),
        ]
    assert survey == "ces" or survey in LIKELIHOODS, survey
    return [(PLACES[survey], units)]
