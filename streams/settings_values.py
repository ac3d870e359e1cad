"""How single values of the configuration are written: durations, business hours, dates, names.

Each check raises PydanticCustomError with what is wrong and, as `remedy` in its context, what to write.
Worked: "09:00-12:00" is (540, 720) in minutes of the day; "18:00-24:00" ends with the date.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from streams.durations import parse_duration

_INTERVAL: Final = re.compile(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)", re.ASCII)
_KEY_PREFIX: Final = re.compile(r"[A-Za-z0-9._:{}-]{1,200}", re.ASCII)
_HTTP_ADDRESS: Final = re.compile(r"https?://[^/?#@\s]+/?", re.ASCII)
_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}", re.ASCII)


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """Return the error of one value: what is wrong with it, and what to do."""
    return PydanticCustomError("supportpulse", "{problem}", {"problem": message, "remedy": remedy})


def duration(value: object) -> int:
    """Read a duration such as "20s" as milliseconds."""
    if not isinstance(value, str):
        raise wrong(f"{value!r} has no unit", 'write a number and ms, s, m, h or d in quotes, such as "20s"')
    try:
        return parse_duration(value)
    except ValueError as error:
        raise wrong(str(error), 'write a number and ms, s, m, h or d, such as "20s" or "1.5h"') from None


def positive_duration(value: object) -> int:
    """Read a duration of at least a millisecond."""
    milliseconds = duration(value)
    if milliseconds == 0:
        raise wrong("is zero", 'write a duration greater than zero, such as "10s"')
    return milliseconds


def interval(value: object) -> tuple[int, int]:
    """Read "HH:MM-HH:MM" as two minutes of the day, the second at most 1440."""
    example = 'write "HH:MM-HH:MM", such as "09:00-17:00"; the end may be "24:00"'
    match = _INTERVAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong(f"{value!r} is no interval of hours", example)
    hours, minutes = (int(match[1]), int(match[3])), (int(match[2]), int(match[4]))
    start, end = (hour * 60 + minute for hour, minute in zip(hours, minutes, strict=True))
    if max(minutes) > 59 or end > 1440:  # noqa: PLR2004  # the last minute of an hour, the minutes of a day
        raise wrong(f"{value!r} is no time of day", example)
    if start >= end:
        raise wrong(
            f"{value!r} does not end after it begins",
            "split hours over midnight: until 24:00 on one day, from 00:00 on the next",
        )
    return start, end


def ordered(intervals: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Refuse intervals of a day that overlap or are out of order."""
    for (_, previous_end), (start, _) in pairwise(intervals):
        if start < previous_end:
            raise wrong(
                f"the interval from {start // 60:02}:{start % 60:02} begins before the previous one ends",
                "list the intervals of a day in order, each beginning at or after the end of the one before",
            )
    return intervals


def local_date(value: object) -> date:
    """Read a date: "2026-12-25", or a TOML date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass  # said below, with the value
    raise wrong(f"{value!r} is no date", 'write "YYYY-MM-DD", such as "2026-12-25"')


def time_zone(value: str) -> str:
    """Refuse what is no IANA time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise wrong(
            f"{value!r} is no IANA time zone", 'write a name such as "Europe/Berlin" or "UTC"'
        ) from None
    return value


def topic_name(value: str) -> str:
    """Refuse what Kafka does not take as the name of a topic."""
    if _TOPIC.fullmatch(value) is None or value in {".", ".."}:
        raise wrong(
            f"{value!r} is no name of a Kafka topic",
            "use 1 to 249 letters, digits, dots, dashes and underscores",
        )
    return value


def key_prefix(value: str) -> str:
    """Refuse a beginning of keys that would be a pattern to Redis, or could not be typed."""
    if _KEY_PREFIX.fullmatch(value) is None:
        raise wrong(
            f"{value!r} cannot begin a key",
            'use 1 to 200 letters, digits, dots, colons, dashes and underscores, such as "pulse:{group}:"',
        )
    return value


def http_address(value: str) -> str:
    """Refuse what is no address of a server; empty is none."""
    if value and _HTTP_ADDRESS.fullmatch(value) is None:
        raise wrong(f"{value!r} is no address", 'write it without a path, such as "http://worker-1:9464"')
    return value


def label(value: str) -> str:
    """Refuse a name that could not be a label: empty, padded, or reserved for what is not shown by name."""
    if not value.strip() or value != value.strip():
        raise wrong("is empty or begins or ends with a space", "write the name as the events state it")
    if value == "__other__":
        raise wrong('"__other__" stands for the queues that are not shown', "choose another name")
    return value


def ratio(value: float) -> float:
    """Refuse a share outside 0–1."""
    if not 0 <= value <= 1:
        raise wrong(f"{value} is no share", "write a number from 0 to 1, such as 0.80 for 80 %")
    return value


def port(value: int) -> int:
    """Refuse what is no TCP port; 0 lets the system choose one."""
    if not 0 <= value <= 65_535:  # noqa: PLR2004  # sixteen bits
        raise wrong(f"{value} is no port", "write a number from 0 to 65535, such as 9464")
    return value


def window_length(value: str) -> str:
    """Refuse what is neither `today` nor a duration greater than zero; the text itself is the label."""
    if value != "today":
        positive_duration(value)
    return value


def empty_is_none(value: object) -> object:
    """Take an empty text, as an environment often has it, for nothing stated."""
    return None if value == "" else value


def upper(value: object) -> object:
    """Write protocols and mechanisms as Kafka does, in capitals."""
    return value.upper() if isinstance(value, str) else value


Duration = Annotated[int, BeforeValidator(duration)]
PositiveDuration = Annotated[int, BeforeValidator(positive_duration)]
Intervals = Annotated[
    tuple[Annotated[tuple[int, int], BeforeValidator(interval)], ...], AfterValidator(ordered)
]
WindowLength = Annotated[str, AfterValidator(window_length)]
OptionalText = Annotated[str | None, BeforeValidator(empty_is_none)]
OptionalPath = Annotated[Path | None, BeforeValidator(empty_is_none)]
LocalDate = Annotated[date, BeforeValidator(local_date)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
TopicName = Annotated[str, AfterValidator(topic_name)]
HttpAddress = Annotated[str, AfterValidator(http_address)]
KeyPrefix = Annotated[str, AfterValidator(key_prefix)]
Label = Annotated[str, AfterValidator(label)]
Ratio = Annotated[float, AfterValidator(ratio)]
Port = Annotated[int, AfterValidator(port)]
