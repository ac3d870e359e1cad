"""A view as the board's table."""

import json
from typing import Any

from exporters.board.shown import COLUMNS
from exporters.board.table import BoardTable, document
from exporters.live_json import View
from tests.building import at, call
from tests.building_views import view_at

ANSWERED = [
    call("offered", "10:00:00", queue="sales"),
    call("answered", "10:00:10", agent="a"),
    call("offered", "10:00:20", queue="tech", case="c2"),
]


def told(view: View, window: str = "5m") -> dict[str, Any]:
    """Return the document of a view."""
    found: dict[str, Any] = json.loads(document(view, window, BoardTable().rows(view, window)))
    return found


def values(view: View, column: str, window: str = "5m") -> dict[tuple[str | None, str | None], Any]:
    """Return the values of a column by place, those that there are."""
    index = COLUMNS.index(column)
    rows = BoardTable().rows(view, window)
    return {place: row[index] for place, row in rows.items() if row[index] is not None}


def test_numbers_are_those_of_the_view() -> None:
    """Of each queue, its channel and the site: the server's own roll-ups."""
    view = view_at("10:00:30", ANSWERED)
    assert values(view, "requests") == {
        ("phone", "sales"): 1,
        ("phone", "tech"): 1,
        ("phone", None): 2,
        (None, None): 2,
    }
    assert values(view, "answer_seconds.mean") == {
        ("phone", "sales"): 10,
        ("phone", None): 10,
        (None, None): 10,
    }
    assert values(view, "open_cases.awaiting_reply") == {("phone", "sales"): 0, ("phone", "tech"): 1}


def test_what_is_absent_is_null() -> None:
    """Nobody was answered in tech: no mean, and not 0."""
    row = next(row for row in told(view_at("10:00:30", ANSWERED))["rows"] if row[:2] == ["phone", "tech"])
    assert row[2 + COLUMNS.index("answer_seconds.mean")] is None
    assert row[2 + COLUMNS.index("answered")] == 0


def test_the_volume_is_that_of_the_day_in_every_window() -> None:
    """Ten minutes later the five minutes are empty, the day is not."""
    view = view_at("10:10:30", ANSWERED)
    assert values(view, "requests")[None, None] == 0
    assert values(view, "requests_of_day")[None, None] == 2


def test_the_moment_is_told_with_the_numbers() -> None:
    """When, for which window, how far behind, and which partitions are there."""
    found = told(view_at("10:00:35", ANSWERED, lag=7), "15m")
    assert (found["now"], found["window_end"], found["window"]) == (at("10:00:35"), at("10:00:40"), "15m")
    assert (found["complete"], found["lag"], found["partitions"]) == (True, 28, {"live": 4})
    assert found["watermark"] == at("10:00:20")


def test_without_a_partition_there_are_no_rows() -> None:
    """A part is never shown as the whole."""
    found = told(view_at("10:00:35", ANSWERED, state="recovering"))
    assert (found["complete"], found["partitions"], found["rows"]) == (False, {"recovering": 4}, [])


def test_an_empty_centre_has_the_row_of_the_site() -> None:
    """Counts are 0, ratios absent."""
    view = view_at("10:00:00")
    assert values(view, "requests") == {(None, None): 0}
    assert values(view, "service_level_ratio") == {}
