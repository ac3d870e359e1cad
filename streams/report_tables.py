"""A report as tables for people: one row a channel and queue, the numbers that a meeting asks for.

Every number is read from the samples of the report, so a table and the JSON of it cannot differ. No value is
shown where there is none: an empty cell is not 0.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from aggregators.samples import Sample
from streams.report import Report, StateReport, WindowReport

_NOTHING: Final = "–"
_WINDOW: Final = "support_window_"

Format = Callable[[float], str]


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def duration_text(seconds: float) -> str:
    """Return a duration for people: 8.0 s, 4:32, 3:05:10, 12 d 03:05."""
    if seconds < 60:  # noqa: PLR2004  # a minute
        return f"{seconds:.1f} s"
    whole = round(seconds)
    days, rest = divmod(whole, 86_400)
    hours, minutes, left = rest // 3600, rest % 3600 // 60, rest % 60
    if days:
        return f"{days} d {hours:02d}:{minutes:02d}"
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


_CONTACTS: Final[tuple[tuple[str, str, dict[str, str], Format], ...]] = (
    ("requests", "requests", {}, _whole),
    ("answered", "answered", {}, _whole),
    ("abandoned", "abandoned", {}, _whole),
    ("service level", "service_level_ratio", {}, _percent),
    ("ASA", "answer_seconds", {"stat": "mean"}, duration_text),
    ("wait p90", "wait_seconds", {"stat": "p90"}, duration_text),
    ("AHT", "handle_seconds", {"stat": "mean"}, duration_text),
    ("FRT", "first_response_seconds", {"stat": "mean"}, duration_text),
    ("resolved", "resolved", {}, _whole),
    ("resolution", "resolution_seconds", {"stat": "mean"}, duration_text),
)
_STATES: Final = ("awaiting_reply", "in_progress", "awaiting_customer", "on_hold")

_Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def print_report(report: Report, console: Console, zone: str) -> None:
    """Print every window and state of a report; times are shown in the site's zone."""
    for window in report.windows:
        console.print(_window_table(window, zone))
    for state in report.states:
        console.print(_state_table(state, zone))


def _window_table(window: WindowReport, zone: str) -> Table:
    table = Table(title=f"{_clock(window.start, zone)} .. {_clock(window.end, zone)}", title_justify="left")
    table.add_column("channel")
    table.add_column("queue")
    for title, *_ in _CONTACTS:
        table.add_column(title, justify="right")
    values = _by_labels(window.samples)
    for channel, queue in _places(window.samples, "support_window_requests"):
        place = {"channel": channel, "queue": queue}
        cells = [_cell(values, _WINDOW + name, place | own, shown) for _, name, own, shown in _CONTACTS]
        table.add_row(channel, queue, *cells)
    table.add_section()
    totals = [_cell(values, "support_all_window_" + name, own, shown) for _, name, own, shown in _CONTACTS]
    table.add_row("all", "", *totals)
    return table


def _state_table(state: StateReport, zone: str) -> Table:
    table = Table(title=f"state at {_clock(state.moment, zone)}", title_justify="left")
    table.add_column("channel")
    table.add_column("queue")
    for title in (*(name.replace("_", " ") for name in _STATES), "longest wait"):
        table.add_column(title, justify="right")
    values = _by_labels(state.samples)
    for channel, queue in _places(state.samples, "support_open_cases"):
        place = {"channel": channel, "queue": queue}
        cells = [_cell(values, "support_open_cases", place | {"state": name}, _whole) for name in _STATES]
        longest = _cell(values, "support_longest_wait_seconds", place, duration_text)
        table.add_row(channel, queue, *cells, longest)
    return table


def _clock(moment: int, zone: str) -> str:
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).isoformat(" ", "seconds")


def _by_labels(samples: list[Sample]) -> _Values:
    return {(sample.name, frozenset(sample.labels)): sample.value for sample in samples}


def _places(samples: list[Sample], name: str) -> list[tuple[str, str]]:
    found = (dict(sample.labels) for sample in samples if sample.name == name)
    return sorted({(labels["channel"], labels["queue"]) for labels in found})


def _cell(values: _Values, name: str, labels: dict[str, str], shown: Format) -> str:
    value = values.get((name, frozenset(labels.items())))
    return _NOTHING if value is None else shown(value)
