"""The recount of surveys: which answers stand, their numbers, their windows."""

from datetime import UTC, datetime

import pytest

from aggregators.recount_limits import read_limits
from aggregators.recount_surveys import Answer, answers_of, is_survey, survey_metrics, survey_windows
from aggregators.recount_timeline import cases_of
from tests.laws.logs import as_line
from tests.laws.strategies import BASE, written

HOUR = 3_600_000


def answers(*given: tuple[str, float, float, float]) -> list[Answer]:
    """Return the standing answers of (survey, score, minimum, maximum), each in a wave of its own."""
    from aggregators.recount import read_lines  # noqa: PLC0415  # only here

    log = written(
        *(
            (
                number,
                "survey.response",
                "r",
                {
                    "survey": survey,
                    "score": score,
                    "scale_min": low,
                    "scale_max": high,
                    "high_is_good": True,
                    "wave": str(number),
                },
            )
            for number, (survey, score, low, high) in enumerate(given)
        )
    )
    events, refused = read_lines(map(as_line, log))
    assert refused == []
    return [answer for case in cases_of(events) for answer in answers_of(case)]


def test_numbers_of_one_queue() -> None:
    """CSAT 5, 4, 3 and 1 on 1–5: ratio 2/4, mean 13/4; NPS 9 and 7: 50."""
    found = answers(*(("csat", score, 1, 5) for score in (5, 4, 3, 1)), ("nps", 9, 0, 10), ("nps", 7, 0, 10))
    metrics = {
        (metric.name, *metric.labels.values()): metric.value
        for metric in survey_metrics(found, (BASE, BASE + HOUR), ["none"])
    }
    assert metrics["support_window_csat_ratio", "none"] == 0.5
    assert metrics["support_window_csat_mean", "none"] == 3.25
    assert metrics["support_all_window_nps_score",] == 50
    assert metrics["support_window_survey_responses", "none", "nps"] == 2
    # Wilson for 2 of 4: the centre is 1/2 and the half width 0.349961.
    assert metrics["support_window_csat_ratio_bound", "none", "lower"] == pytest.approx(0.150039, abs=1e-6)
    assert metrics["support_window_csat_ratio_bound", "none", "upper"] == pytest.approx(0.849961, abs=1e-6)


def test_what_cannot_be_counted_is_no_answer() -> None:
    """Off the scale, no width, no classes."""
    assert answers(("nps", 3, 1, 4), ("csat", 6, 1, 5), ("csat", 1, 1, 1), ("iqs", 0, -1, 1)) == []


def test_windows_begin_at_local_midnights_within_the_horizon() -> None:
    """7 days over the change to summer time; a horizon of 9 days has no window of 30."""
    end = int(datetime(2026, 3, 30, 13, tzinfo=UTC).timestamp()) * 1000
    site = {"site": {"time_zone": "Europe/Berlin"}, "windows": {"horizon": {"surveys": "9d"}}}
    starts = survey_windows(end, read_limits(site))
    assert {label: (end - start) // HOUR for label, start in starts.items()} == {"1d": 15, "7d": 158}


def test_names_of_surveys_are_recognised() -> None:
    """Whatever the prefix."""
    assert is_survey("support_all_window_nps_score_bound")
    assert is_survey("support_window_survey_responses")
    assert not is_survey("support_window_requests")
    assert not is_survey("support_agents")
