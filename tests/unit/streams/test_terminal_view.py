"""The live view: every number from the document, a dash for what is absent."""

import io
import re
from typing import Any

from rich.console import Console

from streams.terminal_view import LiveNumbers, live_view, plain_line

SALES = {"channel": "phone", "queue": "sales"}
MAIL = {"channel": "email", "queue": "service"}


def entry(name: str, value: float, **labels: str) -> dict[str, Any]:
    """Return one entry of the live document."""
    return {"name": f"support_{name}", "labels": labels, "value": value}


def document(**changes: Any) -> dict[str, Any]:
    """Return a live document of 10:00:05 UTC."""
    good = {
        "now": 1_772_445_605_000,
        "window_end": 1_772_445_610_000,
        "watermark": 1_772_445_604_000,
        "complete": True,
        "partitions": [{"topic": "calls", "partition": 0, "state": "live", "applied": 9, "lag": None}],
        "windows": {
            "5m": [
                entry("window_requests", 31, **SALES),
                entry("window_answered", 27, **SALES),
                entry("window_service_level_ratio", 0.84, **SALES),
                entry("window_answer_seconds", 16.6, stat="mean", **SALES),
                entry("window_handle_seconds", 3_725.0, stat="mean", **SALES),
                entry("window_requests", 2, **MAIL),
                entry("all_window_requests", 33),
                entry("channel_window_service_level_ratio", 0.84, channel="phone"),
                entry("all_window_answer_seconds", 16.6, stat="mean"),
            ],
            "1h": [entry("all_window_requests", 400)],
        },
        "states": [
            entry("open_cases", 3, state="awaiting_reply", **SALES),
            entry("open_cases", 9, state="in_progress", **SALES),
            entry("open_cases", 0, state="awaiting_reply", channel="chat", queue="idle"),
            entry("longest_wait_seconds", 42.0, **SALES),
            entry("service_level_target_ratio", 0.8, **SALES),
            entry("agents", 4, state="available"),
            entry("agents", 1, state="wrapup"),
        ],
    }
    return good | changes


def shown(numbers: LiveNumbers, *, is_terminal: bool = False) -> str:
    """Return the view as text."""
    text = io.StringIO()
    console = Console(
        file=text, width=120, force_terminal=is_terminal, color_system="standard" if is_terminal else None
    )
    console.print(live_view(numbers, title="Demo", footer="http://127.0.0.1:9464"))
    return text.getvalue()


def test_the_view_has_a_row_per_queue_that_lives() -> None:
    """Calls before the rest, nothing for a queue without contacts, a dash for what is absent."""
    lines = [line.strip("│ ").split() for line in shown(LiveNumbers(document(), "5m")).splitlines()]
    sales = next(line for line in lines if line[:2] == ["phone", "sales"])
    mail = next(line for line in lines if line[:2] == ["email", "service"])
    assert sales[2:] == ["3", "0:42", "9", "31", "27", "-", "84", "%", "0:17", "1:02:05"]
    assert mail[2:] == ["-", "-", "-", "2", "-", "-", "-", "-", "-"]
    assert lines.index(sales) < lines.index(mail)
    assert not any("idle" in line for line in lines)


def test_the_view_names_time_agents_and_addresses() -> None:
    """And what somebody at the terminal can do next."""
    text = shown(LiveNumbers(document(), "5m"))
    assert "Demo  10:00:05" in text
    assert "agents: 4 available, - ringing, - on contact, 1 wrapup, - break" in text
    assert "http://127.0.0.1:9464" in text


def test_a_missed_target_is_red_and_a_met_one_green() -> None:
    """The service level is what one looks for first."""
    met = shown(LiveNumbers(document(), "5m"), is_terminal=True)
    states = [*document()["states"], entry("service_level_target_ratio", 0.9, **SALES)]
    missed = shown(LiveNumbers(document(states=states), "5m"), is_terminal=True)
    assert re.search(r"\x1b\[32m *84 %", met)
    assert re.search(r"\x1b\[31m *84 %", missed)


def test_an_incomplete_view_says_so() -> None:
    """Also how much is still to come."""
    partitions = [{"topic": "calls", "partition": 0, "state": "recovering", "applied": None, "lag": 12_345}]
    numbers = LiveNumbers(document(complete=False, partitions=partitions), "5m")
    assert "not complete yet" in shown(numbers)
    assert "12,345 records behind" in shown(numbers)
    assert plain_line(numbers).endswith(", not complete yet")


def test_the_plain_line_sums_up() -> None:
    """One line without control characters, for logs."""
    assert plain_line(LiveNumbers(document(), "5m")) == (
        "10:00:05 waiting 3 (longest 0:42), in progress 9; last 5m: 33 requests, "
        "service level of calls 84 %, ASA 0:17"
    )


def test_an_empty_document_is_shown_with_dashes() -> None:
    """Before the first event nothing is known, and nothing is made up."""
    numbers = LiveNumbers(document(windows={}, states=[]), "5m")
    assert "waiting - (longest -), in progress -; last 5m: - requests" in plain_line(numbers)
    assert "agents: - available" in shown(numbers)
