"""What dashboards share: numbered panels, variables, links."""

import json
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.frame import (
    business_variables,
    customer_variables,
    framed,
    link_to,
    survey_variables,
    topic_variable,
    uid_of,
)
from dashboards.panels import stat_panel
from dashboards.queries import total

WAITING = total("support_open_cases", state="awaiting_reply")


def written() -> dict[str, Any]:
    """Return a dashboard of two rows as it stands in the file."""
    rows = {"Now": [stat_panel("A", WAITING), stat_panel("B", WAITING)], "Later": [stat_panel("C", WAITING)]}
    dashboard = framed("test", "Test", "For a test.", rows, [*business_variables(), topic_variable()])
    return dict(json.loads(json.dumps(dashboard.build(), cls=JSONEncoder)))


def test_panels_are_numbered_in_rows() -> None:
    """Rows have numbers too; panels stand side by side below their row."""
    panels = written()["panels"]
    assert [(each["id"], each["title"]) for each in panels] == [
        (1, "Now"),
        (2, "A"),
        (3, "B"),
        (4, "Later"),
        (5, "C"),
    ]
    places = [(each["gridPos"]["x"], each["gridPos"]["y"]) for each in panels]
    assert places == [(0, 0), (0, 1), (4, 1), (0, 5), (0, 6)]


def test_variables_ask_prometheus_for_what_there_is() -> None:
    """The data source first; one window; several channels, queues and topics, all to begin with."""
    variables = {each["name"]: each for each in written()["templating"]["list"]}
    assert list(variables) == ["datasource", "window", "channel", "queue", "topic"]
    assert variables["datasource"]["query"] == "prometheus"
    assert not variables["window"]["multi"]
    assert variables["window"]["current"]["value"] == "30m"
    for name in ("channel", "queue", "topic"):
        assert variables[name]["multi"]
        assert variables[name]["includeAll"]
        assert variables[name]["allValue"] == ".*"
    assert variables["queue"]["definition"] == 'label_values(support_open_cases{channel=~"$channel"}, queue)'


def test_windows_of_days_are_variables_of_their_own() -> None:
    """Taking `30m` along from another dashboard would leave these without a number."""
    days, queue = survey_variables()
    period, product = customer_variables()
    for each, name in ((days, "days"), (period, "period")):
        variable = each.build()
        assert (variable.name, variable.current.value) == (name, "30d")
        assert variable.definition.endswith(", window)")
    assert queue.build().definition == "label_values(support_window_survey_responses, queue)"
    assert product.build().multi


def test_dashboards_lead_to_each_other() -> None:
    """By a shared tag, with time and variables; rows of tables by address."""
    document = written()
    (link,) = document["links"]
    assert (link["type"], link["tags"]) == ("dashboards", document["tags"])
    assert link["includeVars"]
    assert link["keepTime"]
    assert document["uid"] == uid_of("test") == "supportpulse-test"
    assert link_to("test", ("queue",)) == (
        "/d/supportpulse-test?${__url_time_range}&${window:queryparam}&var-queue=${__data.fields.queue}"
    )
