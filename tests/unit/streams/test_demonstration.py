"""The demo's surroundings: a centre at work on a broker of its own, and its numbers on a screen."""

import asyncio
import io
import json
import time
from collections.abc import Callable
from datetime import UTC
from itertools import takewhile

import pytest
from kafka import KafkaConsumer
from rich.console import Console

from streams.demonstration import HISTORY, Screen, demo_plan, show_numbers, simulated_centre, wall_clock
from streams.embedded_broker import API_VERSION
from streams.log_reading import newest, partitions_of
from streams.settings import load_settings
from streams.simulation.centre import simulate

DOCUMENT = json.dumps(
    {
        "now": 1_772_445_605_000,
        "complete": True,
        "partitions": [{"topic": "calls", "partition": 0, "state": "live", "applied": 1, "lag": 0}],
        "windows": {"5m": [{"name": "support_all_window_requests", "labels": {}, "value": 33}]},
        "states": [],
    }
).encode()


def screen(text: io.StringIO, *, is_terminal: bool) -> Screen:
    """Return a screen for a tenth of a second."""
    console = Console(file=text, force_terminal=is_terminal, width=100, color_system=None)
    return Screen(console, "Demo", "http://127.0.0.1:9464", "5m", UTC, seconds=0.1)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so, at most thirty seconds."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_centre_has_been_at_work() -> None:
    """Calls of the last twenty minutes lie on the embedded broker; the other settings are untouched."""
    before = load_settings()
    with simulated_centre(before) as settings:
        assert settings.model_copy(update={"kafka": before.kafka}) == before
        consumer = KafkaConsumer(
            bootstrap_servers=settings.kafka.bootstrap, api_version=API_VERSION, enable_auto_commit=False
        )
        partitions = partitions_of(consumer, settings.kafka.topics.calls)
        assert len(partitions) == 4
        wait_for(lambda: all(consumer.end_offsets(partitions).values()))
        events = [json.loads(record.value) for each in partitions for record in newest(consumer, each, 100)]
        consumer.close()
    assert all(event["type"].startswith("call.") for event in events)


def test_the_plan_begins_in_the_past_and_never_ends() -> None:
    """Two demos have different events."""
    now = wall_clock()
    plan = demo_plan(now)
    assert (plan.start, plan.duration) == (now - HISTORY, None)
    assert plan.token != demo_plan(now + 1_000).token


@pytest.mark.parametrize("start", range(24))
def test_whenever_a_demo_begins_there_are_calls_to_see(start: int) -> None:
    """Also in its first minute: an outage of the lines never empties the five minutes shown."""
    now = 1_795_759_200_000 + start * 3_601_000
    seen = takewhile(lambda event: event.time < now + 60_000, simulate(demo_plan(now)))
    answered = [event.time for event in seen if b'"call.answered"' in event.value]
    for moment in range(now, now + 60_000, 5_000):
        assert sum(moment - 300_000 <= each < moment for each in answered) >= 20


def test_off_a_terminal_lines_are_printed() -> None:
    """The first one at once, so that a short demo shows something, too."""
    text = io.StringIO()
    asyncio.run(show_numbers(lambda: DOCUMENT, screen(text, is_terminal=False)))
    (line,) = text.getvalue().splitlines()
    assert line.startswith("10:00:05 waiting -")
    assert "last 5m: 33 requests" in line


def test_on_a_terminal_the_view_is_drawn() -> None:
    """With title and addresses."""
    text = io.StringIO()
    asyncio.run(show_numbers(lambda: DOCUMENT, screen(text, is_terminal=True)))
    assert "Demo" in text.getvalue()
    assert "http://127.0.0.1:9464" in text.getvalue()


def test_before_there_are_numbers_nothing_is_shown() -> None:
    """The program is starting: there is no document, or one without partitions."""
    empty = json.dumps(json.loads(DOCUMENT) | {"partitions": []}).encode()
    documents = iter([None, empty])
    text = io.StringIO()
    asyncio.run(show_numbers(lambda: next(documents, empty), screen(text, is_terminal=False)))
    assert text.getvalue() == ""
