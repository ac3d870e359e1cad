"""The same numbers from three mouths – report, /api/v1/live, /metrics – as plain series that can be compared.

Guarantee: only numbers of the business are taken (states now and windows of the catalogue); a series that
comes twice is an error, a series that only one side has is a difference. Whole numbers must be equal, others
within 1e-9 of each other.

Worked: support_window_offered{channel="phone",queue="PS",window="5m"} 7 of /metrics is, in the table of "5m",
the entry ("support_window_offered", (("channel", "phone"), ("queue", "PS"))) → 7.0.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from aggregators.catalogue import metrics

Key = tuple[str, tuple[tuple[str, str], ...]]
Table = dict[Key, float]
"""Series of one window, or of the state, with their values."""
Tables = dict[str, Table]
"""Tables by window label; the state is under `STATE`."""

STATE = "state now"
TOLERANCE = 1e-9
SURVEYS = frozenset(metric.name for metric in metrics() if metric.group == "surveys")
"""They have windows of days, and operations have not."""
CUSTOMERS = frozenset(metric.name for metric in metrics() if metric.group == "customers")
"""They have periods of days, months and quarters."""
BUSINESS = (
    SURVEYS
    | CUSTOMERS
    | {metric.name for metric in metrics() if metric.group == STATE or metric.group.endswith("windows")}
)


def of_entries(entries: Iterable[Mapping[str, Any]]) -> Table:
    """Return the table of a list of {"name", "labels", "value"}, as in the JSON of report and live view."""
    return _table((_key(entry["name"], entry["labels"]), entry["value"]) for entry in entries)


def of_live(document: Mapping[str, Any]) -> Tables:
    """Return the tables of /api/v1/live."""
    windows = {label: of_entries(entries) for label, entries in document["windows"].items()}
    return {**windows, STATE: of_entries(document["states"])}


def of_report(document: Mapping[str, Any], labels: Iterable[str]) -> Tables:
    """Return the tables of a report whose windows were asked for in the order of `labels`, with one state."""
    (state,) = document["states"]
    windows = {
        label: of_entries(window["metrics"])
        for label, window in zip(labels, document["windows"], strict=True)
    }
    return {**windows, STATE: of_entries(state["metrics"])}


def all_of_page(text: str) -> Table:
    """Return every series of a /metrics page, as the official parser reads it.

    Raises:
        ValueError: the page is not Prometheus' text format.
    """
    return _table(
        (_key(sample.name, sample.labels), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    )


def of_page(text: str) -> Tables:
    """Return the business tables of a /metrics page; the label `window` chooses the table."""
    tables: Tables = {}
    for (name, labels), value in all_of_page(text).items():
        if name in BUSINESS:
            window = dict(labels).get("window", STATE)
            rest = tuple(pair for pair in labels if pair[0] != "window")
            tables.setdefault(window, {})[name, rest] = value
    return tables


def differences(actual: Mapping[str, Table], expected: Mapping[str, Table]) -> list[str]:
    """Return one line for every series that is missing, too many or has another value."""
    found = []
    for window in sorted({*actual, *expected}):
        left, right = actual.get(window, {}), expected.get(window, {})
        found += [
            f"{window} {name}{dict(labels)}: {left.get((name, labels))}, expected {right.get((name, labels))}"
            for name, labels in sorted({*left, *right})
            if not is_same(left.get((name, labels)), right.get((name, labels)))
        ]
    return found


def is_same(left: float | None, right: float | None) -> bool:
    """Say whether two values are equal: both absent, the same whole number, or within 1e-9."""
    if left is None or right is None:
        return left is right
    if float(left).is_integer() and float(right).is_integer():
        return left == right
    return math.isclose(left, right, rel_tol=TOLERANCE)


def total(table: Table, name: str, **labels: str) -> float:
    """Return the sum of all series of a name that have the given labels; 0 without any."""
    return sum(
        value
        for (found, pairs), value in table.items()
        if found == name and labels.items() <= dict(pairs).items()
    )


def _key(name: str, labels: Mapping[str, str]) -> Key:
    return name, tuple(sorted(labels.items()))


def _table(entries: Iterable[tuple[Key, float]]) -> Table:
    table: Table = {}
    for key, value in entries:
        assert key not in table, f"{key} comes twice"
        table[key] = value
    return table
