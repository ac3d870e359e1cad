"""JSON text becomes Python values, with every number looked at; a fault is an outcome, never an exception.

Guarantee: what `parse_object` takes holds no NaN, no infinity, no integer beyond 2^53 (not even under a key
that is given twice) and no string that UTF-8 cannot hold, at any depth. Nesting ends at 256 levels, so that
the answer does not depend on how deep the caller's own stack is.

Worked: {"a": [1, 2.5]} is taken; {"a": 9007199254740993} is Refusal("number_out_of_range", …).
Source: https://www.rfc-editor.org/rfc/rfc8259 (sections 6, 8 and 9 leave these limits to the reader).
"""

from __future__ import annotations

import json
from math import isinf
from typing import Final

from streams.refusal import Reason, Refusal

MAX_INTEGER: Final = 2**53
MAX_NESTING: Final = 256

_MAX_INTEGER_CHARACTERS: Final = 17  # "-" and the 16 digits of 2**53; longer ones are not even converted
_QUOTED_CHARACTERS: Final = 60
_JSON_TYPES: Final[dict[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    type(None): "null",
}


class _Numbers:
    """The parser's three callbacks for numbers; remembers the first one that is refused."""

    def __init__(self) -> None:
        self.refused: str | None = None

    def integer(self, digits: str) -> int:
        number = int(digits) if len(digits) <= _MAX_INTEGER_CHARACTERS else MAX_INTEGER + 1
        if abs(number) > MAX_INTEGER:
            self._refuse(digits)
        return number

    def fraction(self, digits: str) -> float:
        number = float(digits)
        if isinf(number):
            self._refuse(digits)
        return number

    def constant(self, name: str) -> float:
        self._refuse(name)
        return 0.0

    def _refuse(self, digits: str) -> None:
        self.refused = self.refused or digits


def parse_object(value: bytes) -> dict[str, object] | Refusal:
    """Return the JSON object that `value` is, or why it is none."""
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        return Refusal(Reason.INVALID_UTF8, f"{error.reason} at byte {error.start}")
    numbers = _Numbers()
    try:
        parsed: object = json.loads(
            text, parse_int=numbers.integer, parse_float=numbers.fraction, parse_constant=numbers.constant
        )
    except json.JSONDecodeError as error:
        return Refusal(Reason.INVALID_JSON, f"{error.msg} at character {error.pos}")
    except RecursionError:
        return Refusal(Reason.INVALID_JSON, f"nested deeper than {MAX_NESTING} levels")
    return _refusal_of(parsed, text, numbers) or _object(parsed)


def _refusal_of(parsed: object, text: str, numbers: _Numbers) -> Refusal | None:
    if _is_nested_too_deeply(parsed):
        return Refusal(Reason.INVALID_JSON, f"nested deeper than {MAX_NESTING} levels")
    if "\\u" in text and _has_half_a_surrogate_pair(parsed):
        return Refusal(Reason.INVALID_UTF8, "an escape names half a surrogate pair")
    if numbers.refused is not None:
        return Refusal(
            Reason.NUMBER_OUT_OF_RANGE, f"{quoted(numbers.refused)} is beyond what readers agree on"
        )
    return None


def _object(parsed: object) -> dict[str, object] | Refusal:
    if isinstance(parsed, dict):
        return parsed
    return Refusal(Reason.NOT_AN_OBJECT, f"the value is {json_type(parsed)}")


def _is_nested_too_deeply(parsed: object) -> bool:
    level = [parsed]
    for _ in range(MAX_NESTING):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True


def _has_half_a_surrogate_pair(parsed: object) -> bool:
    try:
        json.dumps(parsed, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def json_type(value: object) -> str:
    """Return what JSON calls the type of `value`, for messages."""
    return _JSON_TYPES.get(type(value), "a number")


def quoted(value: object) -> str:
    """Return `value` in quotation marks, cut to 60 characters, with everything unprintable escaped."""
    text = str(value)
    return repr(text if len(text) <= _QUOTED_CHARACTERS else text[:_QUOTED_CHARACTERS] + "…")
