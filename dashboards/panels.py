"""What a panel of each kind looks like: one function per kind, the rest from the catalogue.

Guarantee: every panel has a title, a description (help and definition of each metric in it, as the reference
has them), a unit, the data source of the variable and a text for "no number". A panel of absolute limits says
so with `steps`; limits that a site configures are metrics, so such panels show the distance to the target
metric, coloured at 0, or draw the target as a dashed line.

Worked: stat("Waiting", query) of support_open_cases has the unit "short" and the text "no data".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from grafana_foundation_sdk.builders import bargauge, common, heatmap, stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from aggregators.catalogue.metric import Metric
from dashboards.queries import metrics_in

DATASOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
UNITS: Final = {"seconds": "s", "ratio": "percentunit", "share": "percentunit", "boolean": "bool_yes_no"}
"""Grafana's name of a unit of the catalogue; everything else is a plain count."""

COUNT: Final = "short"
MOMENT: Final = "dateTimeFromNow"
GREEN, ORANGE, RED, BLUE, GREY = "green", "orange", "red", "blue", "text"
TARGET: Final = "target "
"""Begins the legend of a target: such series are dashed lines."""

Steps = Sequence[tuple[float | None, str]]
NEUTRAL: Final[Steps] = ((None, BLUE),)
NONE_IS_GOOD: Final[Steps] = ((None, GREEN), (1, RED))
FEW_IS_GOOD: Final[Steps] = ((None, GREEN), (1, ORANGE))
YES_IS_GOOD: Final[Steps] = ((None, RED), (1, GREEN))
DISTANCE_TO_TARGET: Final[Steps] = ((None, RED), (0, GREEN))
"""Value less target metric: the limit is the site's own."""

STAT_SIZE: Final = (4, 4)
HALF: Final = (12, 8)
WHOLE: Final = (24, 9)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a panel may say beyond its title and queries.

    unit: Grafana's name, else that of the first metric; note: begins the description; empty: shown where
    there is no number, else by the kind of metric; steps: colours from a value on; size: width (of 24) and
    height; is_stacked: areas upon each other; link: where the queue of a table's row leads.
    """

    unit: str | None = None
    note: str = ""
    empty: str | None = None
    steps: Steps = NEUTRAL
    size: tuple[int, int] | None = None
    is_stacked: bool = False
    link: str = ""


PLAIN: Final = Look()
STACKED: Final = Look(is_stacked=True)


@dataclass(frozen=True)
class Column:
    """One query of a table: its heading, unit (else by its metric) and colours."""

    heading: str
    expression: str
    unit: str | None = None
    steps: Steps | None = None


Panel = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel | heatmap.Panel
Lines = Sequence[tuple[str, str]]
"""Expressions with their legends."""


def unit_of(expression: str) -> str:
    """Return Grafana's unit of the first metric of an expression; moments need milliseconds beside it."""
    return UNITS.get(metrics_in(expression)[0].unit, COUNT)


def empty_text(metric: Metric) -> str:
    """Return what a panel says where the metric has no number."""
    if metric.group in {"surveys", "customers"}:
        return "no answers" if metric.group == "surveys" else "no customers"
    if "sla" in metric.labels:
        return "no target set"
    if metric.name.endswith("_timestamp_seconds"):
        return "none"
    return "no sample" if metric.unit in {"ratio", "seconds"} else "no data"


def description(expressions: Sequence[str], note: str = "") -> str:
    """Return help and definition of every metric in the expressions, as the reference has them."""
    found = {metric.name: metric for each in expressions for metric in metrics_in(each)}
    lines = [f"`{metric.name}`: {metric.help} {metric.definition}" for metric in found.values()]
    return "\n\n".join([note, *lines] if note else lines)


def stat_panel(title: str, expression: str, look: Look = PLAIN) -> stat.Panel:
    """Return one large number."""
    panel = (
        stat.Panel()
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.VALUE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )
    _dress(panel, title, [expression], look, STAT_SIZE)
    return panel.with_target(_query("A", expression, "", is_instant=True))


def time_panel(title: str, lines: Lines, look: Look = PLAIN) -> timeseries.Panel:
    """Return lines over time; what has a target's legend is dashed."""
    panel = (
        timeseries.Panel()
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(show_legend=True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.OFF))
        .fill_opacity(30 if look.is_stacked else 0)
        .override_by_regexp(
            f"/^{TARGET}/",
            [
                DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [8, 8]}),
                DynamicConfigValue("custom.lineWidth", 1),
                DynamicConfigValue("custom.fillOpacity", 0),
            ],
        )
    )
    if look.is_stacked:
        panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    _dress(panel, title, [expression for expression, _ in lines], look, HALF)
    for number, (expression, legend) in enumerate(lines):
        panel.with_target(_query(_letter(number), expression, legend, is_instant=False))
    return panel


def bar_panel(title: str, expression: str, legend: str, look: Look = PLAIN) -> bargauge.Panel:
    """Return one bar for each series."""
    panel = (
        bargauge.Panel()
        .orientation(VizOrientation.HORIZONTAL)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )
    _dress(panel, title, [expression], look, HALF)
    return panel.with_target(_query("A", expression, legend, is_instant=True))


def table_panel(title: str, columns: Sequence[Column], look: Look = PLAIN) -> table.Panel:
    """Return a table with a row for each combination of labels that the columns have in common."""
    panel = table.Panel().show_header(show_header=True)
    _dress(panel, title, [column.expression for column in columns], look, WHOLE)
    for number, column in enumerate(columns):
        query = _query(_letter(number), column.expression, column.heading, is_instant=True)
        panel.with_target(query.format(PromQueryFormat.TABLE))
        properties = [DynamicConfigValue("unit", column.unit or unit_of(column.expression))]
        if column.steps is not None:
            steps = [{"value": value, "color": color} for value, color in column.steps]
            properties += [
                DynamicConfigValue("thresholds", {"mode": "absolute", "steps": steps}),
                DynamicConfigValue("custom.cellOptions", {"type": "color-text"}),
            ]
        panel.override_by_name(column.heading, properties)
    if look.link:
        links = [{"title": "Look at this queue", "url": look.link}]
        panel.override_by_name("queue", [DynamicConfigValue("links", links)])
    # With one query Grafana names the value "Value", with several "Value #A", "Value #B", …
    names = ["Value"] if len(columns) == 1 else [f"Value #{_letter(each)}" for each in range(len(columns))]
    headings = dict(zip(names, (column.heading for column in columns), strict=True))
    panel.with_transformation(DataTransformerConfig(id_val="merge", options={}))
    return panel.with_transformation(
        DataTransformerConfig(
            id_val="organize", options={"excludeByName": {"Time": True}, "renameByName": headings}
        )
    )


def heat_panel(title: str, expression: str, look: Look = PLAIN) -> heatmap.Panel:
    """Return the buckets of a histogram over time."""
    panel = (
        heatmap.Panel()
        .calculate(calculate=False)
        .color(heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Blues").steps(32))
        .y_axis(heatmap.YAxisConfig().unit("s"))
    )
    _dress(panel, title, [expression], look, HALF)
    query = _query("A", expression, "{{le}}", is_instant=False)
    return panel.with_target(query.format(PromQueryFormat.HEATMAP))


def _dress(
    panel: Any,  # noqa: ANN401  # the builders of the kinds have equal methods, but no common class
    title: str,
    expressions: Sequence[str],
    look: Look,
    size: tuple[int, int],
) -> None:
    width, height = look.size or size
    first = metrics_in(expressions[0])[0]
    steps = [Threshold(value=value, color=color) for value, color in look.steps]
    panel.title(title).description(description(expressions, look.note)).datasource(DATASOURCE)
    panel.unit(look.unit or unit_of(expressions[0])).no_value(look.empty or empty_text(first))
    panel.thresholds(ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
    panel.span(width).height(height)


def _query(name: str, expression: str, legend: str, *, is_instant: bool) -> Dataquery:
    query = Dataquery().ref_id(name).expr(expression).legend_format(legend).datasource(DATASOURCE)
    return query.instant() if is_instant else query.range()


def _letter(number: int) -> str:
    return chr(ord("A") + number)
