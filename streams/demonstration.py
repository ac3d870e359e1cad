"""The demo's surroundings: a broker, a simulated support centre that feeds it, the numbers on the screen.

Guarantee: everything is in this process and ends with the context; no file, no account, no other server. The
support centre has been at work for twenty minutes when it begins, so that every number is there at once.

Worked: `with simulated_centre(settings) as demo_settings:` gives a configuration whose Kafka is the embedded
broker; `await show_numbers(live, screen)` then draws what `live()` returns until its time is over.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import msgspec
from rich.console import Console
from rich.live import Live

from aggregators.events import TOPICS
from streams.bulk_producer import BulkProducer
from streams.embedded_broker import API_VERSION, EmbeddedBroker
from streams.kafka_access import client_options, one_line_errors
from streams.settings import Settings
from streams.simulation.plan import SimulationPlan
from streams.simulator_feed import SimulatorFeed
from streams.terminal_view import LiveNumbers, live_view, plain_line
from streams.wire_names import changelog_topic

HISTORY: Final = 20 * 60_000
RATE: Final = 1_500.0
"""Contacts an hour: something happens every second, and the agents of four queues fit on a screen."""

_DRAW_SECONDS: Final = 0.5
_LINE_SECONDS: Final = 5.0

LiveDocument = Callable[[], bytes | None]
"""Gives the JSON of /api/v1/live as it is now, None before there is any."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where and how the numbers are shown; `seconds` None shows them until the task is cancelled."""

    console: Console
    title: str
    addresses: str
    window: str
    zone: tzinfo
    seconds: float | None = None


def demo_plan(now: int) -> SimulationPlan:
    """Return the support centre of the demo, at work before `now` (ms): no night, quick tickets, outages.

    An outage is shorter than the shortest window shown: whenever somebody looks, there are calls to see.
    """
    return SimulationPlan(
        seed=now // 1000,
        start=now - HISTORY,
        duration=None,
        rate=RATE,
        curve="flat",
        ticket_haste=40.0,
        outages_per_day=120.0,
        outage_minutes=(0.3, 1.5),
    )


@contextmanager
def simulated_centre(settings: Settings) -> Iterator[Settings]:
    """Run a broker and a support centre; give the configuration that leads to them.

    Raises:
        BrokerFailed: the embedded broker does not come up.
    """
    with EmbeddedBroker() as broker:
        kafka = settings.kafka.model_copy(update={"bootstrap": broker.bootstrap})
        options = client_options(kafka, api_version=API_VERSION)
        with one_line_errors(kafka), BulkProducer(options, is_creating=True) as producer:
            # On this broker a topic comes into being when somebody asks for it; nobody may be the first by
            # chance.
            for name in (
                *(kafka.topics.name_of(topic) for topic in TOPICS),
                *(changelog_topic(kafka.group, topic) for topic in TOPICS),
                kafka.topics.dead_letters,
            ):
                producer.partitions(name)
        feed = SimulatorFeed(
            demo_plan(wall_clock()), options, topic_name=kafka.topics.name_of, now=wall_clock
        )
        feed.start()
        try:
            yield settings.model_copy(update={"kafka": kafka})
        finally:
            feed.stop()


async def show_numbers(live: LiveDocument, screen: Screen) -> None:
    """Show the numbers until the time is over: a view on a terminal, a line every five seconds off it."""
    deadline = None if screen.seconds is None else time.monotonic() + screen.seconds
    if not screen.console.is_terminal:
        await _print_lines(live, screen, deadline)
        return
    with Live(console=screen.console, auto_refresh=False) as view:
        while not _is_over(deadline):
            if (numbers := _numbers(live, screen)) is not None:
                drawn = live_view(numbers, title=screen.title, footer=screen.addresses, zone=screen.zone)
                view.update(drawn, refresh=True)
            await asyncio.sleep(_until(deadline, _DRAW_SECONDS))


async def _print_lines(live: LiveDocument, screen: Screen, deadline: float | None) -> None:
    while not _is_over(deadline):
        numbers = _numbers(live, screen)
        if numbers is not None:
            screen.console.print(plain_line(numbers, screen.zone), highlight=False, soft_wrap=True)
        # The first line comes as soon as there are numbers.
        await asyncio.sleep(_until(deadline, _DRAW_SECONDS if numbers is None else _LINE_SECONDS))


def _numbers(live: LiveDocument, screen: Screen) -> LiveNumbers | None:
    """Return the numbers of now, None before anything is known of any partition."""
    document = live()
    numbers = None if document is None else LiveNumbers(msgspec.json.decode(document), screen.window)
    return numbers if numbers is not None and numbers.is_known else None


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() >= deadline


def _until(deadline: float | None, seconds: float) -> float:
    return seconds if deadline is None else max(0.0, min(seconds, deadline - time.monotonic()))


def wall_clock() -> int:
    """Return the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
