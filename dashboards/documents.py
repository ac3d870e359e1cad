"""A finished dashboard as data: its panels and every query in panels and variables, ready to be asked.

Guarantee: `questions_of` leaves out nothing that Grafana would send to Prometheus. Variables are filled in as
Grafana does: several values as (a|b), "all" as the variable's own pattern.

Worked: sum (rate(x{queue=~"$queue"}[$__rate_interval])) with queue = sales|tech becomes
sum (rate(x{queue=~"sales|tech"}[1m])).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
BUILT_IN = {"__rate_interval": "1m", "__range": "1h", "__interval": "15s"}
VARIABLE = re.compile(r"\$(?:\{(\w+)[^}]*\}|(\w+))")
_LABEL_VALUES = re.compile(r"label_values\((?:(?P<series>.+), )?(?P<label>\w+)\)")


@dataclass(frozen=True)
class Question:
    """What Grafana asks Prometheus.

    place: where it stands; expression: PromQL, for a variable a selector; label: whose values are asked,
    empty for a panel; is_instant: of one moment, else of the time shown.
    """

    place: str
    expression: str
    label: str = ""
    is_instant: bool = True


def panels_of(document: Document) -> list[Document]:
    """Return the panels of a dashboard, those in rows too, the rows themselves left out."""
    found: list[Document] = []
    for panel in document["panels"]:
        found += panel.get("panels", []) if panel["type"] == "row" else [panel]
    return found


def variables_of(document: Document) -> list[Document]:
    """Return the variables of a dashboard."""
    return list(document.get("templating", {}).get("list", []))


def questions_of(document: Document) -> Iterator[Question]:
    """Yield every query of variables and panels.

    Raises:
        ValueError: a variable asks for something else than values of a label.
    """
    for variable in variables_of(document):
        if variable["type"] == "query":
            text = variable["query"]["query"]
            match = _LABEL_VALUES.fullmatch(text)
            if match is None:
                raise ValueError(f"${variable['name']}: {text} is not label_values(…)")
            yield Question(f"${variable['name']}", match["series"] or "", match["label"])
    for panel in panels_of(document):
        for target in panel["targets"]:
            place = f"{panel['title']} {target['refId']}"
            yield Question(place, target["expr"], is_instant=bool(target.get("instant")))


def variables_in(expression: str) -> set[str]:
    """Return the dashboard's variables that a text uses; Grafana's own begin with two underlines."""
    return {name for name in map("".join, VARIABLE.findall(expression)) if not name.startswith("__")}


def filled_in(expression: str, values: Mapping[str, str]) -> str:
    """Return an expression with every variable replaced.

    Raises:
        KeyError: it uses a variable without a value.
    """
    known = {**BUILT_IN, **values}
    return VARIABLE.sub(lambda match: known[match[1] or match[2]], expression)
