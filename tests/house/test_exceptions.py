"""Whoever silences a tool says why: a suppression without a reason is a finding of its own."""

import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from testbed.project_files import PROJECT, python_files

# Put together here, so that this file passes its own test.
SUPPRESSION = re.compile("(" + "no" + r"qa(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)?|type: " + r"ignore(\[[a-z, -]*\])?)")
WORDS = re.compile(r"[a-z]{3,}", re.IGNORECASE)


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of a source with their line numbers."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def without_reason(source: str) -> list[int]:
    """Return the lines whose suppression has no reason: on the line, or above it in the same paragraph."""
    if not SUPPRESSION.search(source):
        return []
    lines = source.splitlines()
    spoken = {number: bool(WORDS.search(SUPPRESSION.sub("", text))) for number, text in comments(source)}
    found = []
    for number, text in comments(source):
        if SUPPRESSION.search(text):
            place = number
            while place > 1 and not spoken.get(place) and lines[place - 2].strip():
                place -= 1
            if not spoken.get(place):
                found.append(number)
    return found


def test_every_suppression_has_a_reason() -> None:
    """In words, so that the next reader can judge whether it still holds."""
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in python_files()
        for number in without_reason(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = 1  # no" + "qa: F401\n", [1]),
        ("x = 1  # no" + "qa: F401  # exported for others\n", []),
        ("x = 1  # no" + "qa: F401 (exported for others)\n", []),
        ("# Exported for others.\nx = 1  # no" + "qa: F401\ny = 1  # no" + "qa: F401\n", []),
        ("# About something else.\n\nx = 1  # no" + "qa: F401\n", [3]),
        ("x = 1  # type: " + "ignore[misc]\n", [1]),
        ("x = 1  # type: " + "ignore[misc]  # the stubs are wrong\n", []),
        ('x = "# no' + 'qa: F401"\n', []),
    ],
)
def test_the_rule_finds_what_it_should(source: str, lines: list[int]) -> None:
    """A reason beside or above counts; one of another paragraph does not."""
    assert without_reason(source) == lines
