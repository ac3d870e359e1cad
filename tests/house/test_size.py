"""Files and functions stay small: limits with a ratchet that only turns one way."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from testbed.project_files import PROJECT, python_files, syntax_tree

RATCHET = tomllib.loads(Path(__file__).with_name("ratchet.toml").read_text(encoding="utf-8"))
LIMITS = {"lines_of_file": 400, "lines_of_function": 70, "parameters_of_function": 5}

type_function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[type_function]:
    """Yield every function and method of a file, inner ones too."""
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, type_function):
            yield node


def parameters(function: type_function) -> int:
    """Count the parameters a caller sees: without self, cls, *args and **kwargs."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    own = 1 if names[:1] in (["self"], ["cls"]) else 0
    return len(names) - own + len(function.args.kwonlyargs)


def measured(path: Path) -> dict[str, dict[str, int]]:
    """Return all sizes of a file, by limit and name."""
    name = path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else path.name
    found: dict[str, dict[str, int]] = {limit: {} for limit in LIMITS}
    found["lines_of_file"][name] = len(path.read_text(encoding="utf-8").splitlines())
    for function in functions(path):
        assert function.end_lineno is not None
        key = f"{name}::{function.name}"
        lines = function.end_lineno - function.lineno + 1
        found["lines_of_function"][key] = max(lines, found["lines_of_function"].get(key, 0))
        count = max(parameters(function), found["parameters_of_function"].get(key, 0))
        found["parameters_of_function"][key] = count
    return found


def complaints(limit: str, sizes: Mapping[str, int], ratchet: Mapping[str, Any]) -> list[str]:
    """Compare sizes with a limit and with the exceptions to it."""
    allowed = LIMITS[limit]
    found = []
    for name, size in sizes.items():
        if size > ratchet.get(name, allowed):
            found.append(f"{name}: {size} {limit}, at most {ratchet.get(name, allowed)}")
    for name, exception in ratchet.items():
        size = sizes.get(name, 0)
        if size < exception:
            found.append(f"{name}: the ratchet says {exception} {limit}, it is {size}: turn the ratchet")
    return found


@pytest.mark.parametrize("limit", LIMITS)
def test_nothing_is_over_its_limit_or_grew(limit: str) -> None:
    """Every size is under the limit, or exactly the exception that the ratchet file states."""
    sizes: dict[str, int] = {}
    for path in python_files():
        sizes |= measured(path)[limit]
    assert complaints(limit, sizes, RATCHET[limit]) == []


def test_a_long_function_with_many_parameters_is_found(tmp_path: Path) -> None:
    """The measure itself: 72 lines and 6 parameters, self and *args not counted."""
    file = tmp_path / "long.py"
    body = "    pass\n" * 71
    file.write_text(f"def long(self, a, b, c, d, *args, e, f, **options):\n{body}", encoding="utf-8")
    sizes = measured(file)
    assert sizes["lines_of_function"] == {"long.py::long": 72}
    assert sizes["parameters_of_function"] == {"long.py::long": 6}
    assert sizes["lines_of_file"] == {"long.py": 72}


@pytest.mark.parametrize(
    ("size", "ratchet", "is_fine"),
    [(70, {}, True), (71, {}, False), (80, {"f": 80}, True), (81, {"f": 80}, False), (79, {"f": 80}, False)],
)
def test_the_ratchet_turns_one_way(size: int, ratchet: dict[str, int], *, is_fine: bool) -> None:
    """An exception may neither grow nor stay larger than what it excuses."""
    assert (complaints("lines_of_function", {"f": size}, ratchet) == []) == is_fine
