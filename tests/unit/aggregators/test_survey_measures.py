"""The keys of surveys do not meet those of counts and compounds, and units are exact."""

from aggregators.compounds import FIRST_COMPOUND
from aggregators.measures import Count
from aggregators.survey_measures import RESPONSES, SURVEYS, WHOLE, SurveyMeasure


def test_keys_lie_between_counts_and_compounds() -> None:
    """Sums of both may lie in one mapping."""
    assert max(Count) < min(SurveyMeasure) <= max(SurveyMeasure) < FIRST_COMPOUND


def test_usual_scales_are_exact() -> None:
    """Every step of a scale with up to 16 steps, or 20, 50 or 100, is a whole number of units."""
    assert [steps for steps in (*range(1, 17), 20, 25, 50, 100, 1000) if WHOLE % steps] == []


def test_a_billion_answers_fit_into_64_bits() -> None:
    """What workers publish are integers of 64 bits."""
    assert 10**9 * WHOLE < 1 << 63


def test_every_survey_has_its_sample_size() -> None:
    """In the order of the surveys."""
    assert list(RESPONSES) == list(SURVEYS)
