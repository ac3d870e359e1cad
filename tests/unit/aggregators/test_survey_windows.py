"""Windows of surveys are local dates of the site, as far as the horizon reaches."""

from datetime import UTC, datetime

from aggregators.survey_windows import survey_starts, survey_windows
from tests.building import configured

HOUR = 3_600_000


def test_seven_days_begin_six_midnights_before_today() -> None:
    """Over the change to summer time in Berlin on 29 March 2026: 6 days and 15 hours less one hour."""
    end = int(datetime(2026, 3, 30, 13, tzinfo=UTC).timestamp()) * 1000  # 15:00 in Berlin
    starts = survey_starts(end, configured({"site": {"time_zone": "Europe/Berlin"}}))
    assert list(starts) == ["surveys/1d", "surveys/7d", "surveys/30d", "surveys/90d"]
    assert end - starts["surveys/1d"] == 15 * HOUR
    assert end - starts["surveys/7d"] == (6 * 24 + 15 - 1) * HOUR


def test_a_window_beyond_the_horizon_is_not_there() -> None:
    """Nine days reach a window of seven, 48 hours one of one day."""
    assert survey_windows(configured({"windows": {"horizon": {"surveys": "9d"}}})) == ["1d", "7d"]
    assert survey_windows(configured({"windows": {"horizon": "48h"}})) == ["1d"]
