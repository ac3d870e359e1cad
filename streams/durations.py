"""Durations as people write them (`20s`, `1.5h`, `2d`) and as the core counts them: integer milliseconds.

Worked: 1.5h = 1.5 × 3,600,000 = 5,400,000. A day is 24 hours; calendar days exist only as the window `today`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

UNITS: Final[dict[str, int]] = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LONGEST: Final = 36_600 * UNITS["d"]
"""A century: anything longer is a slip, and it keeps every sum of moments inside 64 bits."""

_PART: Final = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*(ms|s|m|h|d)\s*", re.ASCII)
_WRITTEN: Final = re.compile(rf"\s*(?:{_PART.pattern})+", re.ASCII)


def parse_duration(text: str) -> int:
    """Return a duration in milliseconds.

    text: a number and one of ms, s, m, h, d, such as `20s` or `1.5h`; several add up, as in `1h30m`.
    Raises ValueError, with what is wrong, for anything else, parts of a millisecond or more than a century.
    """
    if _WRITTEN.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no duration")
    exact = sum((Decimal(number) * UNITS[unit] for number, unit in _PART.findall(text)), start=Decimal(0))
    if exact != exact.to_integral_value():
        raise ValueError(f"{text!r} is no whole number of milliseconds")
    if exact > LONGEST:
        raise ValueError(f"{text!r} is more than a century")
    return int(exact)


def format_duration(milliseconds: int) -> str:
    """Return the shortest text that `parse_duration` reads as these milliseconds (≥ 0): 5400000 → `90m`."""
    if milliseconds == 0:
        return "0s"
    name, size = max(
        ((name, size) for name, size in UNITS.items() if milliseconds % size == 0), key=lambda unit: unit[1]
    )
    return f"{milliseconds // size}{name}"
