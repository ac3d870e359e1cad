"""JSON text: every fault of the text is named, every number is looked at."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.json_text import MAX_INTEGER, parse_object, quoted
from streams.refusal import Reason, Refusal

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3)
    ),
    max_leaves=8,
)


def reason_of(value: bytes) -> Reason | None:
    """Return the reason `value` is refused for, None when it is taken."""
    parsed = parse_object(value)
    return parsed.reason if isinstance(parsed, Refusal) else None


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4))
def test_an_object_comes_back_as_it_was_written(value: dict[str, object]) -> None:
    """Whatever lies within the limits is taken unchanged."""
    assert parse_object(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "9007199254740993", "-9007199254740993"]
)
@pytest.mark.parametrize("place", ['{{"a":{}}}', '{{"a":[{{"b":{}}}]}}', '{{"a":{},"a":1}}'])
def test_a_number_beyond_all_readers_is_refused_wherever_it_stands(number: str, place: str) -> None:
    """Nested ones and those under a key that is given twice are found, too."""
    assert reason_of(place.format(number).encode()) == Reason.NUMBER_OUT_OF_RANGE


@pytest.mark.parametrize("number", ["9007199254740992", "-9007199254740992", "1e300", "-0", "0.1"])
def test_a_number_every_reader_has_is_taken(number: str) -> None:
    """2^53 itself is within the limit, and a large fraction is no integer."""
    assert reason_of(b'{"a":%s}' % number.encode()) is None


def test_an_integer_of_a_million_digits_is_refused_without_converting_it() -> None:
    """Python's own limit on digits is never met."""
    assert reason_of(b'{"a":' + b"9" * 1_000_000 + b"}") == Reason.NUMBER_OUT_OF_RANGE


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b'{"a":"\xff"}', Reason.INVALID_UTF8),
        (b'{"a":"\xed\xa0\x80"}', Reason.INVALID_UTF8),
        (b'{"a":"\\ud800"}', Reason.INVALID_UTF8),
        (b'{"\\udc00":1}', Reason.INVALID_UTF8),
        (b"\xef\xbb\xbf{}", Reason.INVALID_JSON),
        (b'{"a":1', Reason.INVALID_JSON),
        (b'{"a":1}}', Reason.INVALID_JSON),
        (b'{"a":1,}', Reason.INVALID_JSON),
        (b'{"a":01}', Reason.INVALID_JSON),
        (b'{"a":"\x01"}', Reason.INVALID_JSON),
        (b"{'a':1}", Reason.INVALID_JSON),
        (b"   ", Reason.INVALID_JSON),
        ('{"a":1}'.encode("utf-16"), Reason.INVALID_UTF8),
        (b"[" * 100_000, Reason.INVALID_JSON),
        (b'{"a":' + b"[" * 256 + b"]" * 256 + b"}", Reason.INVALID_JSON),
        (b"[]", Reason.NOT_AN_OBJECT),
        (b"null", Reason.NOT_AN_OBJECT),
        (b'"text"', Reason.NOT_AN_OBJECT),
        (b"5", Reason.NOT_AN_OBJECT),
        (b"true", Reason.NOT_AN_OBJECT),
    ],
)
def test_a_fault_of_the_text_is_named(value: bytes, reason: Reason) -> None:
    """Encoding, grammar, nesting and shape have a reason each."""
    assert reason_of(value) == reason


def test_nesting_up_to_the_limit_is_taken() -> None:
    """256 levels are within the limit, the object included."""
    assert reason_of(b'{"a":' + b"[" * 255 + b"]" * 255 + b"}") is None


@given(st.binary())
def test_no_bytes_raise(value: bytes) -> None:
    """Arbitrary bytes are an outcome."""
    assert isinstance(parse_object(value), dict | Refusal)


def test_a_quotation_is_short_and_printable() -> None:
    """Sixty characters and the sign of omission, escapes for the rest."""
    assert quoted("a" * 100) == repr("a" * 60 + "…")
    assert quoted("a\x00b") == r"'a\x00b'"
