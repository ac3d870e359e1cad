"""Names and texts follow the house style: no empty words, no loose ends, nothing of one machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.project_files import PROJECT, python_files, syntax_tree, text_files

EMPTY_WORDS = {"manager", "managers", "helper", "helpers", "util", "utils"}

# Put together here, so that this file passes its own test.
LOOSE_ENDS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
MACHINE_PATHS = re.compile(
    r"(?<![\w.])/(" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers")) + ")/"
)
REGISTRY_HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "pythonho" + "sted", r"repo1?\." + "maven", "docker" + r"\.io"))
)


def words(name: str) -> list[str]:
    """Split an identifier: `KafkaManager2` and `kafka_manager` both hold "manager"."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def defined_names(path: Path) -> Iterator[str]:
    """Yield what a Python file names itself: the module, classes, functions, parameters and variables."""
    yield path.stem
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Return every place in the project's text that a pattern matches."""
    return [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_name_holds_an_empty_word() -> None:
    """A name says what the thing does."""
    found = {
        f"{path.relative_to(PROJECT)}: {name}"
        for path in python_files()
        for name in defined_names(path)
        if EMPTY_WORDS & set(words(name))
    }
    assert found == set()


@pytest.mark.parametrize("pattern", [LOOSE_ENDS, MACHINE_PATHS, REGISTRY_HOSTS])
def test_no_text_holds_a_loose_end_or_something_of_one_machine(pattern: re.Pattern[str]) -> None:
    """What is open stands in an issue; paths and package sources are each machine's own matter."""
    assert lines_with(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        (LOOSE_ENDS, "# TO" + "DO later", True),
        (LOOSE_ENDS, "mastodon", False),
        (MACHINE_PATHS, 'open("/wo' + 'rk/data")', True),
        (MACHINE_PATHS, "tests/wo" + "rk/data", False),
        (REGISTRY_HOSTS, "https://py" + "pi.org/simple", True),
        (REGISTRY_HOSTS, "from PyPI packages alone", False),
    ],
)
def test_the_patterns_find_what_they_should(pattern: re.Pattern[str], text: str, *, is_found: bool) -> None:
    """Each pattern meets its case and leaves a harmless one alone."""
    assert (pattern.search(text) is not None) == is_found


def test_identifiers_are_split_into_words() -> None:
    """Capitals and underscores both separate."""
    assert words("KafkaManager2") == ["kafka", "manager"]
    assert words("_http_utils") == ["http", "utils"]
    assert words("manageable") == ["manageable"]
