"""The comparison of three mouths sees what is missing, too many, doubled or different, and nothing else."""

from typing import Any

import pytest

from testbed.series import STATE, all_of_page, differences, is_same, of_live, of_page, of_report, total

PAGE = """# HELP support_window_offered Offered.
# TYPE support_window_offered gauge
support_window_offered{channel="phone",queue="PS",window="5m"} 7
support_window_offered{channel="phone",queue="PS",window="1h"} 9
# HELP support_open_cases Open.
# TYPE support_open_cases gauge
support_open_cases{channel="phone",queue="PS",state="on_hold"} 2
# HELP support_view_complete Complete.
# TYPE support_view_complete gauge
support_view_complete 1
"""
OFFERED = ("support_window_offered", (("channel", "phone"), ("queue", "PS")))
OPEN = ("support_open_cases", (("channel", "phone"), ("queue", "PS"), ("state", "on_hold")))


def entry(key: tuple[str, tuple[tuple[str, str], ...]], value: float) -> dict[str, Any]:
    """Return a series as in JSON."""
    return {"name": key[0], "labels": dict(key[1]), "value": value}


def test_all_three_give_the_same_tables() -> None:
    """By window, without its label; the state apart; what is no business number only in the whole page."""
    live = {
        "windows": {"5m": [entry(OFFERED, 7)], "1h": [entry(OFFERED, 9)]},
        "states": [entry(OPEN, 2)],
    }
    report = {
        "windows": [{"metrics": [entry(OFFERED, 7)]}, {"metrics": [entry(OFFERED, 9)]}],
        "states": [{"metrics": [entry(OPEN, 2)]}],
    }
    expected = {"5m": {OFFERED: 7}, "1h": {OFFERED: 9}, STATE: {OPEN: 2}}
    assert of_live(live) == of_report(report, ["5m", "1h"]) == of_page(PAGE) == expected
    assert all_of_page(PAGE)["support_view_complete", ()] == 1
    assert total(all_of_page(PAGE), "support_window_offered", queue="PS") == 16


def test_every_kind_of_difference_is_found() -> None:
    """A series too many, one missing, another value, a window that only one has."""
    expected = {"5m": {OFFERED: 7.0}, STATE: {OPEN: 2.0}}
    assert differences({"5m": {OFFERED: 7}, STATE: {OPEN: 2}}, expected) == []
    assert len(differences({"5m": {OFFERED: 8}, STATE: {OPEN: 2}}, expected)) == 1
    assert len(differences({"5m": {OFFERED: 7, OPEN: 0}, STATE: {OPEN: 2}}, expected)) == 1
    assert len(differences({"5m": {}, STATE: {OPEN: 2}}, expected)) == 1
    assert len(differences({STATE: {OPEN: 2}}, expected)) == 1


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (None, None, True),
        (0, None, False),
        (7, 7.0, True),
        (1e12, 1e12 + 1, False),
        (0.1 + 0.2, 0.3, True),
        (0.3, 0.300001, False),
    ],
)
def test_whole_numbers_are_equal_and_others_close(
    left: float | None, right: float | None, *, expected: bool
) -> None:
    """A count is exact however large; a mean may differ in its last digits; absent is not zero."""
    assert is_same(left, right) is expected


def test_a_series_that_comes_twice_is_an_error() -> None:
    """Prometheus would keep one of them silently."""
    line = 'support_window_offered{channel="phone",queue="PS",window="5m"} 7\n'
    with pytest.raises(AssertionError, match="twice"):
        all_of_page(PAGE + line)
