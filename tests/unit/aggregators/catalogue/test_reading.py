"""Every metric says how it is read, and the arithmetic of its example comes out."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from statistics import mean
from typing import Any, Final

import pytest

from aggregators.catalogue import metric_named, metrics
from aggregators.catalogue.reading import READINGS, german_term, read_as, reading_of
from aggregators.catalogue.reading.reading import EQUATION

_OPERATORS: Final[dict[type[ast.AST], Callable[..., float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_FUNCTIONS: Final[dict[str, Callable[..., float]]] = {
    "sqrt": math.sqrt,
    "min": min,
    "max": max,
    "mean": lambda *values: mean(values),
}


def value_of(node: Any) -> float:
    """Return the value of arithmetic; anything else is an AssertionError."""
    match node:
        case ast.Expression():
            return value_of(node.body)
        case ast.Constant(value=int() | float()):
            return float(node.value)
        case ast.BinOp():
            return _OPERATORS[type(node.op)](value_of(node.left), value_of(node.right))
        case ast.UnaryOp():
            return _OPERATORS[type(node.op)](value_of(node.operand))
        case ast.Call(func=ast.Name(id=name)):
            return _FUNCTIONS[name](*map(value_of, node.args))
    raise AssertionError(ast.dump(node))


def wrong_equations(example: str) -> list[str]:
    """Return the equations that do not come out to the digits shown, or that there are none."""
    found = EQUATION.findall(example)
    return ["no equation"] * (not found) + [
        f"{left} is {value}, not {right}"
        for left, right in found
        for value in [value_of(ast.parse(left.strip(), mode="eval"))]
        if abs(value - float(right)) > 0.5 * 10.0 ** -len(right.partition(".")[2]) * ("." in right) + 1e-9
    ]


def test_every_metric_has_a_reading_and_every_reading_a_metric() -> None:
    """What is missing is named, so that whoever adds a row knows what to write."""
    needed = {read_as(metric.name) for metric in metrics()}
    assert sorted(needed - READINGS.keys()) == [], "write these into aggregators/catalogue/reading"
    assert sorted(READINGS.keys() - needed) == [], "no row of the catalogue is called so"


@pytest.mark.parametrize("name", sorted(READINGS))
def test_examples_come_out(name: str) -> None:
    """Each has arithmetic, and its result is right."""
    assert wrong_equations(READINGS[name].example) == []


@pytest.mark.parametrize("name", sorted(READINGS))
def test_texts_are_whole(name: str) -> None:
    """Sentences for example, trap and good value."""
    reading = READINGS[name]
    for text in (reading.example, reading.trap, reading.good):
        assert text.endswith("."), text
        assert "\n" not in text


@pytest.mark.parametrize("name", sorted(READINGS))
def test_the_german_term_stands_once(name: str) -> None:
    """In the catalogue where it has one, else in the reading."""
    metric = metric_named(name)
    assert bool(metric.term) != bool(reading_of(name).german)
    assert german_term(metric)


def test_roll_ups_are_read_as_their_parts() -> None:
    """Of a channel and of everything, and what is so now."""
    assert read_as("support_channel_window_requests") == "support_window_requests"
    assert read_as("support_all_window_nps_score") == "support_window_nps_score"
    assert read_as("support_all_worth") == "support_worth"
    assert reading_of("support_all_window_requests") is READINGS["support_window_requests"]


@pytest.mark.parametrize(
    ("example", "faults"),
    [
        ("`1 + 1 = 2`", 0),
        ("`1 / 3 = 0.33`", 0),
        ("`1 / 3 = 0.34`", 1),
        ("`1 / 2 = 1`", 1),
        ("`1_000 + 1 = 1_002`", 1),
        ("without a number", 1),
    ],
)
def test_wrong_examples_are_found(example: str, faults: int) -> None:
    """A wrong result, one rounded too far, or none at all."""
    assert len(wrong_equations(example)) == faults
