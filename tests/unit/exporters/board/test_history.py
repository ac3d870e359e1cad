"""The last hour of a few numbers: a point a minute, gaps as gaps."""

import json
from typing import Any

from exporters.board.history import DRAWN, MINUTES, MOST_PLACES, History
from exporters.board.shown import WAITING
from exporters.board.table import BoardTable
from exporters.live_json import View
from tests.building import at, call
from tests.building_views import view_at

WAITING_CALL = [call("offered", "10:00:00", queue="sales")]


def history_of(*views: View) -> dict[str, Any]:
    """Return the document of the five minutes after these views."""
    history = History(BoardTable())
    for view in views:
        history.note(view)
    found: dict[str, Any] = json.loads(history.document("5m"))
    return found


def line(found: dict[str, Any], place: list[str | None], column: str) -> list[float | None]:
    """Return the points of a place and column."""
    (row,) = (row for row in found["rows"] if row[:2] == place)
    points: list[float | None] = row[2 + found["columns"].index(column)]
    return points


def test_a_minute_is_its_first_view_and_a_gap_is_null() -> None:
    """Nobody looked at 10:01; the second view of 10:00 is not taken."""
    views = [view_at(clock, WAITING_CALL) for clock in ("10:00:03", "10:00:20", "10:02:01")]
    found = history_of(*views)
    assert found["from"] == at("10:00")
    assert line(found, ["phone", "sales"], WAITING) == [1, None, 1]
    assert line(found, [None, None], "requests") == [1, None, 1]


def test_an_incomplete_view_is_a_gap() -> None:
    """Its numbers are not there, so there is no point."""
    whole, part = view_at("10:00:03"), view_at("10:01:03", state="recovering")
    assert line(history_of(whole, part, view_at("10:02:00")), [None, None], "requests") == [0, None, 0]


def test_the_hour_is_all_that_is_kept() -> None:
    """An hour and ten minutes leave sixty points, the newest last."""
    views = [view_at(f"{10 + minute // 60}:{minute % 60:02}:00") for minute in range(70)]
    found = history_of(*views)
    assert found["from"] == at("10:10")
    assert len(line(found, [None, None], "requests")) == MINUTES


def test_a_clock_that_was_set_back_begins_anew() -> None:
    """What lies ahead of now is no past."""
    found = history_of(view_at("10:30:00"), view_at("10:05:00"))
    assert (found["from"], line(found, [None, None], "requests")) == (at("10:05"), [0])


def test_places_are_bounded() -> None:
    """Site and channel always, queues by name until the bound."""
    many = [call("offered", "10:00:00", queue=f"q{number:03}", case=f"c{number}") for number in range(150)]
    found = history_of(view_at("10:00:03", many))
    assert len(found["rows"]) == MOST_PLACES
    assert [row[:2] for row in found["rows"][:3]] == [[None, None], ["phone", None], ["phone", "q000"]]


def test_before_the_first_view_there_is_nothing() -> None:
    """And it says so."""
    assert history_of() == {"from": None, "columns": list(DRAWN), "rows": []}
