"""The rules that a finished dashboard keeps; `complaints` names every breach.

Guarantee: looks only at the finished document, so that it judges whatever made it.
Worked: a panel with avg(support_window_handle_seconds{stat="mean"}) is an average of averages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import promql_parser

from aggregators.catalogue.metric import Metric
from dashboards.documents import (
    Document,
    filled_in,
    panels_of,
    questions_of,
    variables_in,
    variables_of,
)
from dashboards.queries import (
    CURRENCY,
    VIEW_GROUPS,
    UnknownSeries,
    is_additive,
    metric_of,
    metrics_in,
    own_values,
)

DATASOURCE: Final = "${datasource}"
WIDTH: Final = 24
SCRAPED: Final = frozenset(("instance", "job", "le"))
"""Labels that Prometheus or a histogram adds to those of the catalogue."""

RATES: Final = frozenset(("rate", "increase", "irate"))
ONCE: Final = frozenset(("max", "min"))
"""What takes each series of the merged view once, however many exporters show it."""

BINARY: Final = "a binary operator"
LABEL_VALUES: Final = "label_values"
STAND_IN: Final = "stand_in"
"""What variables become where only the form of an expression counts."""


def complaints(documents: Sequence[Document]) -> list[str]:
    """Return every breach of a rule in dashboards that are shown together."""
    identities = [each["uid"] for each in documents]
    found = [f"two dashboards have the uid {uid}" for uid in _repeated(identities)]
    for document in documents:
        about = [*_of_dashboard(document), *_of_queries(document)]
        linked = set(re.findall(r"/d/([\w-]+)", str(document["panels"])))
        about += (f"a link to {uid}, which is none of them" for uid in sorted(linked - set(identities)))
        for panel in panels_of(document):
            about += (f"{panel.get('title', '?')}: {each}" for each in _of_panel(panel))
        found += (f"{document['title']}: {each}" for each in about)
    return found


def _of_dashboard(document: Document) -> Iterator[str]:
    every = [*document["panels"], *(each for row in document["panels"] for each in row.get("panels", []))]
    yield from (f"two panels have the id {number}" for number in _repeated(each["id"] for each in every))
    titles = [each["title"] for each in panels_of(document)]
    yield from (f"two panels have the title {title}" for title in _repeated(titles))
    if not document.get("description"):
        yield "no description"
    if not any(link.get("type") == "dashboards" for link in document.get("links", [])):
        yield "no links to the other dashboards"
    defined = {each["name"]: each for each in variables_of(document)}
    if defined.get("datasource", {}).get("query") != "prometheus":
        yield "no variable for the data source"
    used = variables_in(str([*document["panels"], *(each.get("query") for each in defined.values())]))
    yield from (f"${name} is not defined" for name in sorted(used - defined.keys() - {"datasource"}))
    yield from (f"${name} is not used" for name in sorted(defined.keys() - used))
    cells = Counter(cell for panel in every for cell in _cells(panel["gridPos"]))
    if any(count > 1 for count in cells.values()):
        yield "panels lie on each other"
    if any(column >= WIDTH for column, _ in cells):
        yield f"a panel reaches beyond {WIDTH} columns"


def _of_panel(panel: Document) -> Iterator[str]:
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    present = {
        "title": panel.get("title"),
        "description": panel.get("description"),
        "unit": defaults.get("unit"),
        "text for no value": defaults.get("noValue"),
        "queries": panel.get("targets"),
    }
    yield from (f"no {name}" for name, value in present.items() if not value)
    targets = panel.get("targets", [])
    for each in (panel, *targets):
        if each.get("datasource", {}).get("uid") != DATASOURCE:
            yield "a data source that is not the variable"
    names = [target["refId"] for target in targets]
    yield from (f"two queries are called {name}" for name in _repeated(names))
    if len(targets) > 1 and any(not target.get("legendFormat") for target in targets):
        yield "several queries, and one without a legend"


def _of_queries(document: Document) -> Iterator[str]:
    stand_ins = {each["name"]: STAND_IN for each in variables_of(document)}
    for question in questions_of(document):
        try:
            tree = promql_parser.parse(filled_in(question.expression, stand_ins))
            found = list(_of_expression(tree, (LABEL_VALUES,) if question.label else ()))
        except (ValueError, KeyError, UnknownSeries) as error:
            found = [str(error)]
        yield from (f"{question.place}: {each}" for each in found)


def _of_expression(node: Any, around: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401  # a union without a name
    """Yield the breaches in an expression; `around` are the functions that it stands in, the nearest last."""
    if isinstance(node, promql_parser.VectorSelector):
        yield from _of_selector(node, around)
    elif isinstance(node, promql_parser.MatrixSelector):
        yield from _of_selector(node.vector_selector, around)
    elif isinstance(node, promql_parser.AggregateExpr):
        yield from _of_expression(node.expr, (*around, str(node.op)))
        yield from _of_money(node)
    elif isinstance(node, promql_parser.Call):
        for argument in node.args:
            yield from _of_expression(argument, (*around, node.func.name))
    elif isinstance(node, promql_parser.BinaryExpr):
        yield from _of_expression(node.lhs, (*around, BINARY))
        yield from _of_expression(node.rhs, (*around, BINARY))
    elif isinstance(node, promql_parser.ParenExpr | promql_parser.UnaryExpr | promql_parser.SubqueryExpr):
        yield from _of_expression(node.expr, around)


def _of_money(node: promql_parser.AggregateExpr) -> Iterator[str]:
    """Yield the metrics of which an aggregation puts several currencies together."""
    modifier = node.modifier
    names_what_stays = modifier is None or modifier.type == promql_parser.AggModifierType.By
    is_named = modifier is not None and CURRENCY in modifier.labels
    if is_named != names_what_stays:
        yield from (
            f"{metric.name}: currencies are never added"
            for metric in metrics_in(str(node.expr))
            if CURRENCY in metric.labels
        )


def _of_selector(selector: promql_parser.VectorSelector, around: tuple[str, ...]) -> Iterator[str]:
    assert selector.name is not None
    metric = metric_of(selector.name)
    matchers = {each.name: each.value for each in selector.matchers.matchers}
    for label in sorted(matchers.keys() - set(metric.labels) - SCRAPED):
        yield f"{selector.name} has no label {label}"
    for label, value in matchers.items():
        known = own_values(metric, label)
        if known is not None and value != STAND_IN and not known.issuperset(value.split("|")):
            yield f"{selector.name}: {label} is never {value}"
    if around[:1] != (LABEL_VALUES,):
        if "window" in metric.labels and "window" not in matchers:
            yield f"{selector.name}: windows overlap, so one of them has to be chosen"
        yield from _of_use(metric, selector.name, around)


def _of_use(metric: Metric, name: str, around: tuple[str, ...]) -> Iterator[str]:
    nearest = around[-1] if around else ""
    if metric.kind == "gauge" and RATES & set(around):
        yield f"{name} is a gauge and has no rate"
    if metric.kind != "gauge" and nearest not in RATES:
        yield f"{name} is a counter and needs a rate"
    if any(function.startswith("avg") for function in around):
        yield f"an average over {name}: divide summed parts instead"
    outer = [function for function in around if function not in ONCE][-1:]
    if metric.kind == "gauge" and not is_additive(metric) and outer == ["sum"]:
        yield f"a sum of {name} means nothing"
    if metric.group in VIEW_GROUPS and nearest not in ONCE:
        yield f"{name} is not taken once: two exporters would double it"


def _cells(place: Document) -> Iterator[tuple[int, int]]:
    for column in range(place["x"], place["x"] + place["w"]):
        yield from ((column, line) for line in range(place["y"], place["y"] + place["h"]))


def _repeated(values: Any) -> list[Any]:  # noqa: ANN401  # ids are numbers or texts
    return [value for value, count in Counter(values).items() if count > 1]
