"""What people need beside a definition to read a number: an example, a good value, traps, the German term.

Guarantee: pure text, no numbers of the program are in it. `examples` are arithmetic that a test evaluates.
Worked: "45 of 50 in time: `45 / 50 = 0.9`." claims that 45 / 50 is 0.9, to the digits shown.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

NO_COMMON_VALUE: Final = "There is no common value; compare it with its own past."
BY_MEANING: Final = "By its meaning, not by a benchmark: "
"""Begins a good value that follows from what the number is, such as a lag of 0."""

EQUATION: Final = re.compile(r"`([^`=]+) = (-?[0-9_.]+)`")
"""Arithmetic in an example and its result, to the digits shown."""


class Reading(Struct, frozen=True, kw_only=True):
    """How one metric is read.

    example: a sentence with at least one `arithmetic = result`; trap: how it is misread; good: what a good
    value is with its source, where the field has a common one; german: the term where the row of the
    catalogue states none (`term`), else empty, so that it stands once.
    """

    example: str
    trap: str
    good: str = NO_COMMON_VALUE
    german: str = ""
