"""Panels as they are written: text and unit from the catalogue, colours, columns, dashed targets."""

import json
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from aggregators.catalogue import metric_named
from dashboards.panels import (
    DISTANCE_TO_TARGET,
    TARGET,
    Column,
    Look,
    Panel,
    bar_panel,
    description,
    empty_text,
    heat_panel,
    stat_panel,
    table_panel,
    time_panel,
    unit_of,
)
from dashboards.queries import current, increase, total

WAITING = total("support_open_cases", state="awaiting_reply")
LEVEL = current("support_window_service_level_ratio")


def written(panel: Panel) -> dict[str, Any]:
    """Return a panel as it stands in the file."""
    return dict(json.loads(json.dumps(panel.build(), cls=JSONEncoder)))


def test_a_number_has_text_unit_and_colours() -> None:
    """All from the catalogue unless stated."""
    panel = written(stat_panel("Waiting", WAITING))
    defaults = panel["fieldConfig"]["defaults"]
    assert (panel["title"], panel["type"]) == ("Waiting", "stat")
    assert metric_named("support_open_cases").help in panel["description"]
    assert (defaults["unit"], defaults["noValue"]) == ("short", "no data")
    assert panel["targets"][0]["instant"]
    look = Look(unit="percent", note="A note.", empty="nothing", steps=DISTANCE_TO_TARGET, size=(6, 5))
    panel = written(stat_panel("Waiting", WAITING, look))
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["description"].startswith("A note.\n\n")
    assert (defaults["unit"], defaults["noValue"]) == ("percent", "nothing")
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None, 0]
    assert (panel["gridPos"]["w"], panel["gridPos"]["h"]) == (6, 5)


def test_every_metric_of_a_panel_is_described_once() -> None:
    """With help and definition, as the reference has them."""
    text = description([WAITING, WAITING, LEVEL])
    assert text.count("`support_open_cases`") == 1
    assert metric_named("support_window_service_level_ratio").definition in text


@pytest.mark.parametrize(
    ("name", "unit", "empty"),
    [
        ("support_open_cases", "short", "no data"),
        ("support_window_service_level_ratio", "percentunit", "no sample"),
        ("support_longest_wait_seconds", "s", "no sample"),
        ("support_queue_open", "bool_yes_no", "no data"),
        ("support_sla_breached_open_cases", "short", "no target set"),
        ("support_watermark_timestamp_seconds", "s", "none"),
    ],
)
def test_unit_and_text_follow_the_metric(name: str, unit: str, empty: str) -> None:
    """So that nobody has to think of them."""
    assert unit_of(f"max ({name})") == unit
    assert empty_text(metric_named(name)) == empty


def test_lines_have_legends_and_targets_are_dashed() -> None:
    """Two queries over time."""
    panel = written(time_panel("Level", [(LEVEL, "{{queue}}"), (LEVEL, TARGET + "{{queue}}")]))
    assert [(each["refId"], each["range"]) for each in panel["targets"]] == [("A", True), ("B", True)]
    (override,) = panel["fieldConfig"]["overrides"]
    assert override["matcher"] == {"id": "byRegexp", "options": "/^target /"}
    assert "stacking" not in panel["fieldConfig"]["defaults"].get("custom", {})
    stacked = written(time_panel("Level", [(LEVEL, "a")], Look(is_stacked=True)))
    assert stacked["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"


def test_columns_are_joined_and_named() -> None:
    """Grafana names values by query, people by heading; a limit colours its column alone."""
    columns = [Column("Waiting", WAITING), Column("Distance", LEVEL, "percentunit", DISTANCE_TO_TARGET)]
    panel = written(table_panel("Queues", columns, Look(link="/d/x")))
    join, names = panel["transformations"]
    assert join["id"] == "merge"
    assert names["options"]["renameByName"] == {"Value #A": "Waiting", "Value #B": "Distance"}
    assert all(each["format"] == "table" and each["instant"] for each in panel["targets"])
    waiting, distance, queue = panel["fieldConfig"]["overrides"]
    assert [each["id"] for each in waiting["properties"]] == ["unit"]
    assert [each["id"] for each in distance["properties"]] == ["unit", "thresholds", "custom.cellOptions"]
    assert queue["properties"][0]["value"][0]["url"] == "/d/x"
    single = written(table_panel("Queues", columns[:1]))
    assert single["transformations"][1]["options"]["renameByName"] == {"Value": "Waiting"}


def test_bars_and_buckets() -> None:
    """One bar a series now; buckets over time in seconds."""
    assert (
        written(bar_panel("Agents", total("support_agents", ("state",)), "{{state}}"))["type"] == "bargauge"
    )
    heat = written(heat_panel("Waits", increase("support_answer_seconds_bucket", ("le",))))
    assert heat["targets"][0]["format"] == "heatmap"
    assert heat["options"]["yAxis"]["unit"] == "s"
