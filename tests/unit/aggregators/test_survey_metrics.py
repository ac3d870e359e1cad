"""Samples of surveys: per queue, for the site from summed parts, absent without an answer."""

import pytest

from aggregators.catalogue import metric_named
from aggregators.measures import Parts
from aggregators.samples import Sample
from aggregators.survey_measures import RESPONSES, SurveyMeasure
from aggregators.survey_metrics import SurveyDerivation, survey_samples

ONE: Parts = {RESPONSES["csat"]: 1, SurveyMeasure.CSAT_POSITIVE: 1}
THREE: Parts = {RESPONSES["csat"]: 3, SurveyMeasure.CSAT_POSITIVE: 1}


def values(samples: list[Sample], name: str) -> list[float]:
    """Return the values of a metric in their order."""
    return [sample.value for sample in samples if sample.name == name]


def test_the_site_is_no_average_of_averages() -> None:
    """1 of 1 and 1 of 3: 1.0 and 0.333, together 2 of 4."""
    samples = survey_samples({("", "a"): ONE, ("", "b"): THREE}, ["b", "a"])
    assert values(samples, "support_window_csat_ratio") == [1.0, pytest.approx(1 / 3)]
    assert values(samples, "support_all_window_csat_ratio") == [0.5]


def test_without_an_answer_counts_are_0_and_the_rest_is_absent() -> None:
    """A queue that is known has its eight counts; without any queue there is nothing."""
    samples = survey_samples({}, ["a"])
    assert {sample.name for sample in samples} == {
        "support_window_survey_responses",
        "support_all_window_survey_responses",
    }
    assert survey_samples({}, []) == []


def test_samples_carry_the_labels_of_the_catalogue_in_its_order() -> None:
    """Every series has exactly the labels that its row names, `window` apart."""
    everything: Parts = dict.fromkeys(SurveyMeasure, 1)
    samples = survey_samples({("", "a"): everything}, ["a"])
    assert len(samples) == 2 * (8 + 1 + 2 + 1 + 2 + 1 + 1 + 1 + 2 + 3 + 6 + 1 + 2)
    for sample in samples:
        labels = tuple(label for label in metric_named(sample.name).labels if label != "window")
        assert tuple(label for label, _ in sample.labels) == labels


def test_what_has_not_changed_is_the_same_object() -> None:
    """Tick after tick; a queue that has gone is out of the site, too."""
    derivation = SurveyDerivation()
    rows = {("", "a"): ONE, ("", "b"): THREE}
    first, second = derivation.samples(rows, ["a", "b"]), derivation.samples(rows, ["a", "b"])
    assert all(mine is theirs for mine, theirs in zip(first, second, strict=True))
    third = derivation.samples({("", "a"): ONE}, ["a"])
    assert values(third, "support_all_window_csat_ratio") == [1.0]
