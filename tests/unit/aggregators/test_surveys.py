"""What the answers of one respondent contribute."""

from typing import Any

import pytest

from aggregators.cases import derive
from aggregators.events import Event, SurveyResponse
from aggregators.facts import Facts
from aggregators.ledger import PartitionLedger
from aggregators.survey_measures import WHOLE, SurveyMeasure
from aggregators.surveys import amounts_of, without_reasons
from tests.building import configured, event


def answer(clock: str, survey: str, score: float, **fields: Any) -> Event:
    """Return an answer on a scale from 0 to 10 unless stated."""
    scale = {"scale_min": 0, "scale_max": 10} | fields
    return event("survey.response", clock, case="anna", survey=survey, score=score, **scale)


def said(survey: str, score: float, **fields: Any) -> dict[int, int]:
    """Return the amounts of one answer."""
    data = answer("10:00", survey, score, **fields).data
    assert isinstance(data, SurveyResponse)
    return dict(amounts_of(data))


def sums(*events: Event) -> dict[tuple[str, int], int]:
    """Return what the answers of one respondent sum to, by queue and measure, without zeros."""
    facts: Facts = []
    derive("surveys", configured(), list(events), facts)
    found: dict[tuple[str, int], int] = {}
    for _, (_, queue), measure, amount, sign in facts:
        found[queue, measure] = found.get((queue, measure), 0) + sign * amount
    return {key: amount for key, amount in found.items() if amount}


def test_the_last_answer_of_a_wave_stands_in_its_own_queue() -> None:
    """6 in queue a, then 9 in queue b: one promoter in b; another wave is another answer."""
    first, second = answer("10:00", "nps", 6, queue="a"), answer("11:00", "nps", 9, queue="b")
    expected = {("b", SurveyMeasure.NPS_RESPONSES): 1, ("b", SurveyMeasure.PROMOTERS): 1}
    assert sums(first, second) == expected
    other = answer("11:00", "nps", 9, queue="b", wave="spring")
    assert sums(first, other) == {
        **expected,
        ("a", SurveyMeasure.NPS_RESPONSES): 1,
        ("a", SurveyMeasure.DETRACTORS): 1,
    }


def test_a_queue_stated_later_reaches_back() -> None:
    """The first stated queue holds for what came before, without one it is `none`."""
    before, after = answer("10:00", "nps", 7), answer("11:00", "csat", 1, queue="a")
    assert ("a", SurveyMeasure.NPS_RESPONSES) in sums(before, after)
    assert ("none", SurveyMeasure.NPS_RESPONSES) in sums(before)


@pytest.mark.parametrize(
    ("scale", "promoter", "detractor"), [((0, 10), 9, 6), ((1, 10), 9, 6), ((1, 5), 5, 3), ((1, 7), 7, 4)]
)
def test_each_scale_has_its_promoters(scale: tuple[int, int], promoter: int, detractor: int) -> None:
    """On the bounds and beside them."""
    low, high = scale
    for score in range(low, high + 1):
        found = said("nps", score, scale_min=low, scale_max=high)
        assert found[SurveyMeasure.PROMOTERS] == (score >= promoter)
        assert found[SurveyMeasure.DETRACTORS] == (score <= detractor)


@pytest.mark.parametrize(
    ("survey", "score", "scale"),
    [
        ("nps", 3, (1, 4)),
        ("nps", 3, (0, 10.5)),
        ("csat", 6, (1, 5)),
        ("csat", 1, (1, 1)),
        ("iqs", 0, (-1, 1)),
    ],
)
def test_what_says_nothing_counts_nowhere(survey: str, score: float, scale: tuple[float, float]) -> None:
    """No classes, outside of the scale, no width, not positive."""
    assert said(survey, score, scale_min=scale[0], scale_max=scale[1]) == {}


def test_a_polarity_other_than_the_usual_one_turns_the_scale() -> None:
    """A high score is bad news for `switch` by nature, and for whoever says so."""
    assert said("switch", 2)[SurveyMeasure.SWITCH_PLACES] == WHOLE // 5
    assert said("switch", 2, high_is_good=True)[SurveyMeasure.SWITCH_PLACES] == WHOLE // 5 * 4
    assert said("ces", 2, high_is_good=False)[SurveyMeasure.CES_PLACES] == WHOLE // 5 * 4
    assert said("ces", 2, high_is_good=True)[SurveyMeasure.CES_PLACES] == WHOLE // 5


@pytest.mark.parametrize("is_kept", [False, True])
def test_words_are_kept_only_where_that_is_configured(*, is_kept: bool) -> None:
    """Neither in memory nor in what is written durably; the number is there."""
    ledger = PartitionLedger("surveys", configured({"surveys": {"keep_reasons": is_kept}}))
    ledger.fold([answer("10:00", "nps", 6, reason="too slow")], 1)
    case = ledger.case("anna")
    assert case is not None
    assert (b"too slow" in b"".join(ledger.draft_checkpoint(1).chunks)) == is_kept
    assert case.deliveries[0].data.score == 6  # type: ignore[attr-defined]  # a SurveyResponse


def test_only_words_are_taken_away() -> None:
    """An answer without them is the object that it was."""
    plain, worded = answer("10:00", "nps", 6), answer("10:00", "nps", 6, reason="too slow")
    assert [one.data for one in without_reasons([plain, worded])] == [plain.data, plain.data]
    assert without_reasons([plain])[0] is plain


def test_a_respondent_has_no_state() -> None:
    """Nobody waits for anything, and it may be packed at once."""
    kind = derive("surveys", configured(), [answer("10:00", "nps", 6)], [])
    assert (kind.is_open(), kind.is_at_rest(), kind.visits(), kind.place()) == (False, True, (), None)
    assert kind.status().state is None
