"""Command lines as the documents have them: found in fenced and indented blocks and inline, taken apart.

Worked: `SUPPORTPULSE_HTTP__PORT=9465 supportpulse run --instance worker-2` has the variable, the program
"supportpulse" and the arguments ["run", "--instance", "worker-2"].
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from testbed.project_files import PROJECT

DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SHELL = ("sh", "console")
PROGRAMS = ("supportpulse", "make", "curl", "docker", "kubectl", "pip", "python", "run", "export")
"""Programs that documents call by name or path; `run` is that of the gate."""

_ASSIGNMENT = re.compile(r"[A-Z][A-Z0-9_]*=")
_PROSE = re.compile(r"\s{3,}(?!#)")
"""What CONTRIBUTING.md writes beside a command, as a table."""
_SHORTHAND = "…"


@dataclass(frozen=True)
class CommandLine:
    """One command line; is_call: it stands in a block, or says more than a command's name."""

    document: Path
    text: str
    words: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    is_call: bool = True

    @property
    def program(self) -> str:
        """The program's name without its folder."""
        return PurePosixPath(self.words[0]).name

    @property
    def arguments(self) -> list[str]:
        """What the program is called with."""
        return self.words[1:]

    def __str__(self) -> str:
        """Return where it stands and what it is."""
        return f"{self.document.relative_to(PROJECT)}: {self.text}"


def text_of(path: Path) -> str:
    """Return the text of a document."""
    return path.read_text(encoding="utf-8")


def code_of(text: str) -> Iterator[str]:
    """Yield every line of code: of fenced and indented blocks, and inline."""
    yield from lines_of_blocks(text)
    yield from INLINE.findall(FENCED.sub("", text))


def lines_of_blocks(text: str) -> Iterator[str]:
    """Yield every line of fenced and indented blocks."""
    for _, _, body in FENCED.findall(text):
        yield from (line.strip() for line in body.splitlines())
    yield from (line.strip() for line in FENCED.sub("", text).splitlines() if line.startswith("    "))


def shell_lines(text: str) -> Iterator[str]:
    """Yield every line that a person types into a shell: of blocks that say so."""
    for _, language, body in FENCED.findall(text):
        lines = [line.strip() for line in body.splitlines()]
        if language == "console":
            yield from (line for line in lines if line.startswith("$ "))
        elif language in SHELL:
            yield from filter(None, lines)


def command_lines(document: Path) -> list[CommandLine]:
    """Return every command line of a document, in its order; those of blocks first."""
    text = text_of(document)
    inside = set(lines_of_blocks(text))
    found = (read(document, line, is_block=line in inside) for line in code_of(text))
    return [each for each in found if each is not None]


def read(document: Path, line: str, *, is_block: bool) -> CommandLine | None:
    """Return a line of code taken apart, None where it calls no program that is known."""
    stated = _PROSE.split(line.removeprefix("$ "))[0]
    try:
        words = shlex.split(stated, comments=True)
    except ValueError:
        return None  # a table or a text with an apostrophe
    variables: dict[str, str] = {}
    while words and _ASSIGNMENT.match(words[0]):
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    if not words or PurePosixPath(words[0]).name not in PROGRAMS or _SHORTHAND in words:
        return None
    shortest = 2 if PurePosixPath(words[0]).name == "supportpulse" else 1
    return CommandLine(document, stated, words, variables, is_call=is_block or len(words) > shortest)
