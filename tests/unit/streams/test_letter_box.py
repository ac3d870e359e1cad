"""Dead letters: what was refused is apart from what the processor added."""

from types import SimpleNamespace
from typing import Any

from streams.letter_box import letter_of
from streams.wire_names import VALUE_OMITTED_HEADER

ADDED = [
    ("reason", b"invalid_json"),
    ("detail", "Grün".encode()),
    ("source-topic", b"support.calls"),
    ("source-partition", b"3"),
    ("source-offset", b"17"),
]


def record(**changes: Any) -> Any:
    """Return a record of the dead-letter topic."""
    good = {"partition": 0, "offset": 5, "timestamp": 9, "key": b"c1", "value": b"{bad\xff", "headers": ADDED}
    return SimpleNamespace(**(good | changes))


def test_a_letter_tells_where_it_came_from_and_why() -> None:
    """Everything that `list` and `show` print."""
    letter = letter_of(record())
    assert (letter.place, letter.origin) == ("0:5", "support.calls/3:17")
    assert (letter.reason, letter.detail, letter.is_whole) == ("invalid_json", "Grün", True)
    assert letter.document() == {
        "place": "0:5",
        "origin": "support.calls/3:17",
        "reason": "invalid_json",
        "detail": "Grün",
        "timestamp": 9,
        "key": "c1",
        "headers": {},
        "value": "{bad\\xff",
    }


def test_headers_of_the_refused_record_stay_its_own() -> None:
    """Even those with the same names, as a letter that was refused a second time has."""
    own = [("traceparent", b"00-1"), *ADDED]
    letter = letter_of(record(headers=[*own, *ADDED[:4], ("source-offset", b"99")]))
    assert letter.source_headers == own
    assert letter.origin == "support.calls/3:99"


def test_a_letter_without_its_value_is_not_whole() -> None:
    """The brokers refused it for its size; there is nothing to send back."""
    letter = letter_of(record(value=None, headers=[*ADDED, (VALUE_OMITTED_HEADER, b"2000000")]))
    assert not letter.is_whole


def test_a_tombstone_is_whole_when_it_has_a_key() -> None:
    """Null is what was sent."""
    assert letter_of(record(value=None)).is_whole
    assert not letter_of(record(value=None, key=None)).is_whole


def test_a_foreign_record_is_shown_and_never_sent() -> None:
    """Nobody knows where it belongs."""
    letter = letter_of(record(headers=None, key=None))
    assert (letter.reason, letter.origin, letter.is_whole) == ("unknown", "unknown/-1:?", False)
