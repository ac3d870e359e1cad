"""The live view of a support centre in a terminal: a row per queue and channel, or one plain line.

Guarantee: it shows only what the live document (/api/v1/live) holds; what is absent there is shown as "-",
never as 0. Equal documents give equal text: there is no clock here.

Worked: `plain_line` of a document with 3 waiting calls: "10:00:05 waiting 3 (longest 0:42), in progress 9;
last 5m: 31 requests, service level of calls 84 %, ASA 0:17".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

ABSENT: Final = "-"
_MINUTE: Final = 60
_HOUR: Final = 3600
_AGENT_STATES: Final = ("available", "ringing", "on_contact", "wrapup", "break", "offline")

Labels = frozenset[tuple[str, str]]


class LiveNumbers:
    """The numbers of one live document, by name and labels."""

    def __init__(self, document: Mapping[str, Any], window: str) -> None:
        """document: the JSON of /api/v1/live as Python values; window: the label of the window to show."""
        self.now: int = document["now"]
        self.window = window
        self.is_complete: bool = document["complete"]
        self.behind = sum(each["lag"] or 0 for each in document["partitions"])
        self.is_known = bool(document["partitions"])
        self._values: dict[tuple[str, Labels], float] = {}
        entries: Sequence[Mapping[str, Any]] = (
            *document["states"],
            *document["windows"].get(window, ()),
        )
        for entry in entries:
            self._values[entry["name"], frozenset(entry["labels"].items())] = entry["value"]

    def value(self, name: str, **labels: str) -> float | None:
        """Return one number, None when it is absent."""
        return self._values.get((name, frozenset(labels.items())))

    def total(self, name: str, **labels: str) -> float | None:
        """Return the sum over all series of a name with these labels among their own, None without any."""
        wanted = labels.items()
        found = [value for (each, stated), value in self._values.items() if each == name and wanted <= stated]
        return sum(found) if found else None

    def largest(self, name: str) -> float | None:
        """Return the largest value of a name, None without any."""
        return max((value for (each, _), value in self._values.items() if each == name), default=None)

    def queues(self) -> list[tuple[str, str]]:
        """Return every (channel, queue) that has something to show, calls first."""
        found = {
            (pair["channel"], pair["queue"])
            for (name, stated), value in self._values.items()
            if value and name in {"support_open_cases", "support_window_requests"}
            for pair in [dict(stated)]
        }
        return sorted(found, key=lambda pair: (pair[0] not in {"phone", "chat"}, pair[0] != "phone", pair))


def live_view(numbers: LiveNumbers, *, title: str, footer: str, zone: tzinfo = UTC) -> RenderableType:
    """Return the view for a terminal. title: of the site; footer: addresses and how to leave."""
    state = "" if numbers.is_complete else "  [yellow]not complete yet[/]"
    behind = f"  [yellow]{numbers.behind:,} records behind[/]" if numbers.behind > _MINUTE else ""
    heading = Text.from_markup(f"[bold]{title}[/]  {_clock(numbers.now, zone)}{state}{behind}")
    return Panel(Group(heading, Text(), _queues(numbers), Text(), _agents(numbers)), subtitle=footer)


def plain_line(numbers: LiveNumbers, zone: tzinfo = UTC) -> str:
    """Return the most important numbers in one line without control characters."""
    waiting = _count(numbers.total("support_open_cases", state="awaiting_reply"))
    longest = _duration(numbers.largest("support_longest_wait_seconds"))
    busy = _count(numbers.total("support_open_cases", state="in_progress"))
    level = numbers.value("support_channel_window_service_level_ratio", channel="phone")
    state = "" if numbers.is_complete else ", not complete yet"
    return (
        f"{_clock(numbers.now, zone)} waiting {waiting} (longest {longest}), in progress {busy}; "
        f"last {numbers.window}: {_count(numbers.value('support_all_window_requests'))} requests, "
        f"service level of calls {_share(level)}, "
        f"ASA {_duration(numbers.value('support_all_window_answer_seconds', stat='mean'))}{state}"
    )


def _queues(numbers: LiveNumbers) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("channel", "queue"):
        table.add_column(column)
    window = numbers.window
    for column in ("waiting", "longest", "in progress", f"requests {window}", "answered", "abandoned"):
        table.add_column(column, justify="right")
    for column in ("service level", "ASA", "AHT"):
        table.add_column(column, justify="right")
    for channel, queue in numbers.queues():
        table.add_row(channel, queue, *_cells(numbers, {"channel": channel, "queue": queue}))
    return table


def _cells(numbers: LiveNumbers, place: Mapping[str, str]) -> Iterable[RenderableType]:
    waiting = numbers.value("support_open_cases", state="awaiting_reply", **place)
    yield Text(_count(waiting), style="bold" if waiting else "")
    yield _duration(numbers.value("support_longest_wait_seconds", **place) if waiting else None)
    yield _count(numbers.value("support_open_cases", state="in_progress", **place))
    for name in ("requests", "answered", "abandoned"):
        yield _count(numbers.value(f"support_window_{name}", **place))
    level = numbers.value("support_window_service_level_ratio", **place)
    target = numbers.value("support_service_level_target_ratio", **place)
    yield Text(_share(level), style=_style(level, target))
    yield _duration(numbers.value("support_window_answer_seconds", stat="mean", **place))
    yield _duration(numbers.value("support_window_handle_seconds", stat="mean", **place))


def _agents(numbers: LiveNumbers) -> Text:
    counts = (
        (state, numbers.total("support_agents", state=state)) for state in _AGENT_STATES if state != "offline"
    )
    return Text(
        "agents: " + ", ".join(f"{_count(count)} {state.replace('_', ' ')}" for state, count in counts)
    )


def _style(level: float | None, target: float | None) -> str:
    if level is None or target is None:
        return ""
    return "green" if level >= target else "red"


def _clock(milliseconds: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, zone).strftime("%H:%M:%S")


def _count(value: float | None) -> str:
    return ABSENT if value is None else f"{value:,.0f}"


def _share(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.0%}".replace("%", " %")


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ABSENT
    whole = int(seconds + 0.5)
    hours, rest = divmod(whole, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
