"""Breaking the program on purpose: a line of a module is replaced, for the time of a test.

The module's text is compiled anew with the replacement, and every function whose code changed gets the new
code. So everybody who imported the function meets the broken one, and nothing is written to disk.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple


class Mutant(NamedTuple):
    """One broken version: in `module`, `text` becomes `broken`; `killer` names the check that fails."""

    name: str
    module: str
    text: str
    broken: str
    killer: str


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """Run the block with a broken program."""
    module = importlib.import_module(mutant.module)
    source = inspect.getsource(module)
    assert source.count(mutant.text) == 1, f"{mutant.name}: {source.count(mutant.text)} places to break"
    changed = source.replace(mutant.text, mutant.broken)
    before = _codes(compile(source, str(module.__file__), "exec"))
    after = _codes(compile(changed, str(module.__file__), "exec"))
    functions = [
        (_function(module, name), code) for name, code in after.items() if _is_changed(before.get(name), code)
    ]
    assert functions, f"{mutant.name}: no function changed"
    kept = [(function, function.__code__) for function, _ in functions]
    for function, code in functions:
        function.__code__ = code
    try:
        yield
    finally:
        for function, original in kept:
            function.__code__ = original


def _codes(code: CodeType) -> dict[str, CodeType]:
    """Return the code of every function and method by its qualified name."""
    found = {}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & inspect.CO_NEWLOCALS and "<" not in constant.co_qualname:
                found[constant.co_qualname] = constant
            elif not constant.co_flags & inspect.CO_NEWLOCALS:
                found |= _codes(constant)
    return found


def _is_changed(before: CodeType | None, after: CodeType) -> bool:
    if before is None:
        return False
    return before != after.replace(co_firstlineno=before.co_firstlineno)


def _function(module: ModuleType, name: str) -> FunctionType:
    found: object = module
    for part in name.split("."):
        found = vars(found)[part]
    found = getattr(found, "__wrapped__", found)
    assert isinstance(found, FunctionType), name
    return found
