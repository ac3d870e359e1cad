"""How single values are written, and what is said about wrong ones."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from pydantic_core import PydanticCustomError

from streams import settings_values as values


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("09:00-12:00", (540, 720)),
        ("18:00-24:00", (1080, 1440)),
        ("00:00 - 00:01", (0, 1)),
        ("00:00-24:00", (0, 1440)),
    ],
)
def test_interval_is_two_minutes_of_the_day(text: str, minutes: tuple[int, int]) -> None:
    """Both bounds are counted from local midnight; the end may be 24:00."""
    assert values.interval(text) == minutes


@pytest.mark.parametrize(
    "text",
    ["9-17", "09:00", "09:00-24:01", "09:60-10:00", "25:00-26:00", "17:00-09:00", "09:00-09:00", 9, None],
)
def test_wrong_interval_is_refused(text: object) -> None:
    """No times of day, or an end that is not after the beginning."""
    with pytest.raises(PydanticCustomError):
        values.interval(text)


def test_intervals_may_touch_but_not_overlap() -> None:
    """12:00 may end one and begin the next; an earlier beginning is refused."""
    touching = ((540, 720), (720, 900))
    assert values.ordered(touching) == touching
    with pytest.raises(PydanticCustomError, match="11:59"):
        values.ordered(((540, 720), (719, 900)))


@pytest.mark.parametrize("value", ["2026-12-25", date(2026, 12, 25)])
def test_date_is_iso_text_or_a_date(value: object) -> None:
    """TOML has dates of its own."""
    assert values.local_date(value) == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (values.local_date, "25.12.2026"),
        (values.local_date, datetime(2026, 12, 25)),  # noqa: DTZ001  # a moment is no date
        (values.local_date, 5),
        (values.duration, 20),
        (values.duration, "20"),
        (values.duration, None),
        (values.positive_duration, "0s"),
        (values.time_zone, "Europe/Atlantis"),
        (values.time_zone, "../etc/passwd"),
        (values.time_zone, ""),
        (values.topic_name, "a b"),
        (values.topic_name, ".."),
        (values.topic_name, "x" * 250),
        (values.label, ""),
        (values.label, " billing"),
        (values.label, "__other__"),
        (values.ratio, 80),
        (values.ratio, -0.1),
        (values.port, 65_536),
        (values.port, -1),
        (values.window_length, "yesterday"),
        (values.http_address, "worker-1:9464"),
        (values.http_address, "http://worker-1:9464/api"),
        (values.http_address, "http://user:word@worker-1"),
        (values.window_length, "0m"),
    ],
)
def test_wrong_value_is_refused_with_a_remedy(check: Callable[[object], object], value: object) -> None:
    """Every refusal says what to write instead."""
    with pytest.raises(PydanticCustomError) as raised:
        check(value)
    assert raised.value.context is not None
    assert len(raised.value.context["remedy"]) > 10
    assert len(raised.value.context["problem"]) > 5


def test_an_address_of_a_server_has_no_path() -> None:
    """None is stated by an empty text."""
    for address in ("", "http://worker-1:9464", "https://[::1]:9464/"):
        assert values.http_address(address) == address


def test_empty_text_is_nothing_stated() -> None:
    """`token_file = ""` is no file, not the working directory."""
    assert TypeAdapter(values.OptionalPath).validate_python("") is None
    assert TypeAdapter(values.OptionalPath).validate_python("a/b") == Path("a/b")


def test_today_and_durations_are_lengths_of_windows() -> None:
    """The text itself stays: it is the label."""
    assert [values.window_length(text) for text in ("today", "90m")] == ["today", "90m"]
