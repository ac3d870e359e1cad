"""What a check says: how it stands, what is so, and what to do where something should be done.

Guarantee: a warning or problem always says what to do; the exit code follows from the worst of all.
Worked: two warnings and a skipped check give exit code 0, one problem gives 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from streams.diagnosis.facts import Unknown
from streams.durations import UNITS


class Result(StrEnum):
    """How a check stands."""

    OK = "ok"
    WARNING = "warning"
    """It works, and something may surprise or get worse."""
    PROBLEM = "problem"
    """Numbers are wrong or absent, or will be."""
    SKIPPED = "skipped"
    """It could not be looked at; the text says why."""


class Verdict(Struct, frozen=True):
    """One statement of a check; remedy: what to do, empty where nothing is to be done."""

    result: Result
    text: str
    remedy: str = ""


class Finding(Struct, frozen=True):
    """A verdict with the check that it is of."""

    check: str
    result: Result
    text: str
    remedy: str = ""


Verdicts = Iterable[Verdict]

_SHOWN: Final = 5


def ok(text: str) -> Verdict:
    """Return that something is as it should be."""
    return Verdict(Result.OK, text)


def warning(text: str, remedy: str) -> Verdict:
    """Return that something may surprise or get worse, and what to do."""
    return Verdict(Result.WARNING, text, remedy)


def problem(text: str, remedy: str) -> Verdict:
    """Return that something is wrong, and what to do."""
    return Verdict(Result.PROBLEM, text, remedy)


def skipped(why: str | Unknown) -> Verdict:
    """Return that something could not be looked at."""
    return Verdict(Result.SKIPPED, why.reason if isinstance(why, Unknown) else why)


def or_ok(verdicts: Verdicts, text: str) -> list[Verdict]:
    """Return verdicts, or that all is well where there are none."""
    return list(verdicts) or [ok(text)]


def listed(names: Iterable[str]) -> str:
    """Return names with commas, the first few of many."""
    known = list(names)
    others = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return ", ".join(known[:_SHOWN]) + others


def age(milliseconds: int) -> str:
    """Return a duration as people say it, in its largest unit: 93,000 → `1 min`."""
    for unit, name in (("d", "days"), ("h", "h"), ("m", "min")):
        if milliseconds >= 2 * UNITS[unit]:
            return f"{milliseconds // UNITS[unit]} {name}"
    return f"{max(0, milliseconds) / 1000:.0f} s"
