"""Questions about numbers, and the windows that they are about."""

import pytest

from streams.errors import UsageError
from streams.explaining import window_ending_at
from tests.building import at, configured

NOW = at("10:00:12")


def test_windows_end_as_those_of_the_live_view_do() -> None:
    """Lengths, today, and bounds that are rounded outward unless they are exact."""
    configuration = configured()
    assert window_ending_at("30m", NOW, configuration) == (at("09:30:20"), at("10:00:20"))
    assert window_ending_at("today", NOW, configuration) == (at("00:00"), at("10:00:20"))
    bounds = "2026-03-02T10:00:03Z..2026-03-02T10:00:14Z"
    assert window_ending_at(bounds, NOW, configuration) == (at("10:00:00"), at("10:00:20"))
    assert window_ending_at(bounds, NOW, configuration, is_exact=True) == (at("10:00:03"), at("10:00:14"))
    with pytest.raises(UsageError):
        window_ending_at("", NOW, configuration)


def test_what_lies_far_back_is_rounded_to_quarters_of_an_hour() -> None:
    """There are no finer rows of it; an end that lies near has its own."""
    configuration = configured()
    bounds = "2026-03-02T03:07:03Z..2026-03-02T04:52:01Z"
    assert window_ending_at(bounds, NOW, configuration) == (at("03:00"), at("05:00"))
    bounds = "2026-03-02T03:07:03Z..2026-03-02T09:52:01Z"
    assert window_ending_at(bounds, NOW, configuration) == (at("03:00"), at("09:52:10"))
    assert window_ending_at("5h", NOW, configuration) == (at("05:00"), at("10:00:20"))
