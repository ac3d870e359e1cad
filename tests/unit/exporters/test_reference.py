"""The metric reference: one row for each row of the catalogue, in tables that Markdown readers show right."""

from __future__ import annotations

import re

import pytest

from aggregators.catalogue import SURVEY_PREFIXES, WINDOW_PREFIXES, metrics
from aggregators.configuration import Formula
from exporters.reference import metric_reference


def listed(heading: str) -> list[str]:
    """Return the names in the first column of every table with that heading, without `…_`."""
    names: list[str] = []
    is_wanted = False
    for line in metric_reference().splitlines():
        is_wanted = line.startswith("|") and (is_wanted or line.startswith(f"| {heading} |"))
        found = re.match(r"\| `(?:…_)?([a-z0-9_]+)`(?: \([a-z]+\))? \|", line)
        if is_wanted and found:
            names.append(found[1])
    return names


@pytest.mark.parametrize("heading", ["metric", "how it is read"])
def test_every_metric_has_exactly_one_row(heading: str) -> None:
    """In both tables; window metrics by what follows their three prefixes, all others by their whole name."""
    expected: dict[str, None] = {}
    for metric in metrics():
        name = metric.name
        for prefix, _, _ in (*WINDOW_PREFIXES, *SURVEY_PREFIXES):
            if metric.group.endswith(("windows", "surveys", "customers")) and name.startswith(prefix):
                name = name.removeprefix(prefix)
        if name.startswith("support_all_") and metric.group == "customers":
            name = name.replace("_all", "", 1)  # what is so now exists for a product and for the site
        expected[name] = None
    assert listed(heading) == list(expected)


def test_reading_stands_beside_the_definition() -> None:
    """Example, good value with its source, and trap of a metric that has them all."""
    (line,) = (each for each in metric_reference().splitlines() if each.startswith("| `…_nps_score` | W"))
    for text in ("`100 * (5 - 2) / 10 = 30`", "Harvard Business Review", "10 answers are noise"):
        assert text in line


def test_tables_are_whole() -> None:
    """Every row of a table has as many cells as its head; a bar inside a cell is escaped."""
    width = 0
    for line in metric_reference().splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert width in (0, cells), line
        width = cells


def test_all_formulas_are_explained() -> None:
    """The table of formulas is made from what is computed."""
    page = metric_reference()
    for formula in Formula:
        assert f"| `{formula}` |" in page
    assert "| `excluding_short` | answered within | answered + abandoned − abandoned short |" in page


def test_floor_terms_are_there() -> None:
    """People on the floor find the words they use."""
    page = metric_reference()
    for term in ("Offene Fälle", "Servicelevel", "Lösungsrate", "Blockade", "Bearbeitungszeit"):
        assert term in page


def test_the_text_is_the_same_on_every_run() -> None:
    """Otherwise --check would fail without a change."""
    assert metric_reference() == metric_reference()
