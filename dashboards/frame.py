"""What all dashboards share: identity, variables, links between them, rows of panels.

Guarantee: panels are numbered in order from 1, so that a link to a panel stays right while nothing is put
before it. Every dashboard links to the others and takes time and variables along.

Worked: framed("wallboard", "Wallboard", …) has the uid supportpulse-wallboard and lies in wallboard.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    QueryVariable,
    Row,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from dashboards.panels import DATASOURCE, Panel
from dashboards.queries import metric_of

TAG: Final = "supportpulse"
ALL: Final = "$__all"
ANYTHING: Final = ".*"
FIRST_WINDOW: Final = "30m"
FIRST_DAYS: Final = "30d"

Rows = Mapping[str, Sequence[Panel]]
"""Panels under the title of their row."""


def framed(
    name: str, title: str, description: str, rows: Rows, variables: Sequence[QueryVariable]
) -> Dashboard:
    """Return a dashboard of rows of panels with the data source and the given variables."""
    dashboard = (
        Dashboard(f"Supportpulse: {title}")
        .uid(uid_of(name))
        .description(description)
        .tags([TAG])
        .timezone("browser")
        .time("now-3h", "now")
        .refresh("10s")
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(_links())
        .with_variable(DatasourceVariable("datasource").label("Data source").type("prometheus"))
    )
    for variable in variables:
        dashboard.with_variable(variable)
    number = 0
    for heading, panels in rows.items():
        number += 1
        dashboard.with_row(Row(heading).id(number))
        for panel in panels:
            number += 1
            dashboard.with_panel(panel.id(number))
    return dashboard


def uid_of(name: str) -> str:
    """Return the uid of a dashboard, which is in its address."""
    return f"supportpulse-{name}"


def link_to(name: str, labels: Sequence[str]) -> str:
    """Return the address of a dashboard for the row of a table that a person clicks on."""
    row = "&".join(f"var-{label}=${{__data.fields.{label}}}" for label in labels)
    return f"/d/{uid_of(name)}?${{__url_time_range}}&${{window:queryparam}}&{row}"


def business_variables() -> list[QueryVariable]:
    """Return window, channel and queue; channel and queue may be several or all."""
    return [
        _variable("window", "support_all_window_requests", "window").current(
            VariableOption(text=FIRST_WINDOW, value=FIRST_WINDOW)
        ),
        _several("channel", "support_open_cases"),
        _several("queue", 'support_open_cases{channel=~"$channel"}'),
    ]


def survey_variables() -> list[QueryVariable]:
    """Return days and queue; queue may be several or all. Windows of surveys are counted in local dates."""
    return [
        _chosen("days", "support_all_window_survey_responses"),
        _several("queue", "support_window_survey_responses"),
    ]


def customer_variables() -> list[QueryVariable]:
    """Return period and product; product may be several or all."""
    return [
        _chosen("period", "support_all_window_customers_lost"),
        _several("product", "support_window_customers_lost"),
    ]


def topic_variable() -> QueryVariable:
    """Return the source topics; may be several or all."""
    return _several("topic", "support_partition_assigned")


def _chosen(name: str, series: str) -> QueryVariable:
    return _variable(name, series, "window").current(VariableOption(text=FIRST_DAYS, value=FIRST_DAYS))


def _several(label: str, series: str) -> QueryVariable:
    return (
        _variable(label, series, label)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(ANYTHING)
        .current(VariableOption(text="All", value=ALL))
    )


def _variable(name: str, series: str, label: str) -> QueryVariable:
    metric = metric_of(series.partition("{")[0])
    assert label in metric.labels, f"{metric.name} has no label {label}"
    question = f"label_values({series}, {label})"
    return (
        QueryVariable(name)
        .label(name.capitalize())
        .datasource(DATASOURCE)
        .definition(question)
        .query({"query": question, "refId": f"variable-{name}"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
    )


def _links() -> DashboardLink:
    return (
        DashboardLink("Supportpulse")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(as_dropdown=False)
        .include_vars(include_vars=True)
        .keep_time(keep_time=True)
    )
