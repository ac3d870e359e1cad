"""Reading a finished dashboard: every query is found and filled in as Grafana would."""

from typing import Any

import pytest

from dashboards.documents import Question, filled_in, panels_of, questions_of, variables_in, variables_of


def document(question: str = 'label_values(x{a="$b"}, queue)') -> dict[str, Any]:
    """Return a dashboard with a variable, a panel, and a panel inside a folded row."""
    inner = {"type": "stat", "title": "In", "targets": [{"refId": "A", "expr": "y", "instant": True}]}
    outer = {"type": "timeseries", "title": "Out", "targets": [{"refId": "A", "expr": "z"}]}
    row = {"type": "row", "title": "Row", "panels": [inner]}
    variables = [
        {"type": "datasource", "name": "datasource", "query": "prometheus"},
        {"type": "query", "name": "queue", "query": {"query": question}},
    ]
    return {"title": "T", "panels": [row, outer], "templating": {"list": variables}}


def test_every_question_is_found() -> None:
    """Of variables with the label asked for, of panels in rows and beside them."""
    assert list(questions_of(document())) == [
        Question("$queue", 'x{a="$b"}', "queue"),
        Question("In A", "y"),
        Question("Out A", "z", is_instant=False),
    ]
    assert [panel["title"] for panel in panels_of(document())] == ["In", "Out"]
    assert [variable["name"] for variable in variables_of(document())] == ["datasource", "queue"]


def test_an_unknown_kind_of_variable_is_refused() -> None:
    """Rather than left out."""
    with pytest.raises(ValueError, match=r"\$queue: metrics"):
        list(questions_of(document("metrics(x)")))


def test_variables_are_filled_in() -> None:
    """In both ways of writing them; Grafana's own are known."""
    expression = 'rate(x{a=~"$one", b="${two:regex}"}[$__rate_interval])'
    assert variables_in(expression) == {"one", "two"}
    assert filled_in(expression, {"one": "(p|q)", "two": "r"}) == 'rate(x{a=~"(p|q)", b="r"}[1m])'
    with pytest.raises(KeyError):
        filled_in(expression, {"one": "p"})
