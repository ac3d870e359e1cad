"""Durations as text and as milliseconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.durations import LONGEST, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("20s", 20_000),
        ("5m", 300_000),
        ("8h", 28_800_000),
        ("2d", 172_800_000),
        ("1.5h", 5_400_000),
        ("250ms", 250),
        ("0s", 0),
        (" 3 h ", 10_800_000),
        ("0.001s", 1),
        ("1h30m", 5_400_000),
        ("1d 2h", 93_600_000),
    ],
)
def test_duration_is_exact_in_milliseconds(text: str, milliseconds: int) -> None:
    """Number and unit give a whole number of milliseconds."""
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "m",
        "-5m",
        "5 weeks",
        "1h30",
        "1h-30m",
        "1e3s",
        "nan s",
        "infs",
        "0.5ms",
        "0.0001s",
        "40000d",
        "٣s",
    ],
)
def test_anything_else_is_refused_with_the_text(text: str) -> None:
    """The error names what was written."""
    with pytest.raises(ValueError, match="is"):
        parse_duration(text)


@given(st.integers(0, LONGEST))
def test_formatting_is_read_back_as_the_same(milliseconds: int) -> None:
    """Text and number are inverse."""
    assert parse_duration(format_duration(milliseconds)) == milliseconds


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0s"), (5_400_000, "90m"), (172_800_000, "2d"), (1_500, "1500ms"), (60_000, "1m")],
)
def test_formatting_takes_the_largest_unit_that_fits(milliseconds: int, text: str) -> None:
    """No fraction and no needless digits."""
    assert format_duration(milliseconds) == text
