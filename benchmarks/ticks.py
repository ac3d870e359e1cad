"""Ticks and pages of a site with many open cases and queues, without Kafka.

Guarantee: the tickets come through decoder and fold as in service. Times are medians of CPU seconds of this
process; a scrape is asked and answered in it and takes wall time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from statistics import median
from time import monotonic, process_time
from typing import Final

import aiohttp
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from benchmarks.call_log import START, CallEvent, iso
from benchmarks.ledgers import BATCH, PARTITIONS, Ledgers, settle_collector
from benchmarks.limits import Figure
from exporters.http_server import HttpSettings, serve
from exporters.live_json import View
from exporters.pipeline_status import PartitionStatus
from exporters.prometheus_text import PrometheusText
from exporters.publication import Publication
from streams.live_view import LIVE, LiveView
from streams.program import build_info
from streams.settings import configuration_from_mapping

OPEN_CASES: Final = 100_000
QUEUES: Final = 200
TICK_MILLISECONDS: Final = 250
EVENTS_A_TICK: Final = 500
"""Of a quarter of a second at 2,000 events a second."""
SPACING_MILLISECONDS: Final = 864
"""A day of tickets."""
TICKS: Final = 9
SERIES: Final = 50_000
SCRAPES: Final = 30


def tick_figures() -> Iterator[Figure]:
    """Yield what a tick takes with many open cases, quiet and busy, and what the page of it takes."""
    desk = _Desk()
    view = LiveView(desk.configuration)
    partitions = [PartitionStatus("tickets", n, state=LIVE, is_assigned=True) for n in range(PARTITIONS)]
    ledgers = {("tickets", number): ledger for number, ledger in enumerate(desk.ledgers.all)}
    seen: list[View] = []

    def tick() -> None:
        seen[:] = [view.at(ledgers, partitions, 0)]  # type: ignore[arg-type]  # a topic is one of six strings

    desk.let_pass(EVENTS_A_TICK)
    tick()
    scanned = _seconds(
        lambda: sum(case is not None for each in desk.ledgers.all for case in each.cases.values())
    )
    quiet = median(_after(lambda: desk.let_pass(0), tick) for _ in range(TICKS))
    busy = median(_after(lambda: desk.let_pass(EVENTS_A_TICK), tick) for _ in range(TICKS))
    yield Figure("tick", quiet * 1e3, f"only walking over all open cases: {scanned * 1e3:.0f} ms")
    yield Figure("busy tick", busy * 1e3)

    def go_on() -> None:
        desk.let_pass(EVENTS_A_TICK)
        tick()

    yield from _page_figures(go_on, seen)


def _page_figures(go_on: Callable[[], object], seen: list[View]) -> Iterator[Figure]:
    text = PrometheusText()

    def render() -> bytes:
        current = seen[0]
        return text.render([*current.windows.items(), (None, current.states)])

    page = render()
    taken = median(_after(go_on, render) for _ in range(TICKS))
    share = SERIES / text.series
    official = _official(seen[0])
    yield Figure(
        "rendering",
        taken * share * 1e3,
        f"prometheus_client: {_seconds(lambda: generate_latest(official)) * 1e3:.0f} ms",
    )
    yield Figure("serving", asyncio.run(_serving(page[: int(len(page) * share)])) * 1e3)


def _official(view: View) -> CollectorRegistry:
    """Return the first 50,000 of the same series in the official library, for comparison."""
    registry, gauges, left = CollectorRegistry(), dict[str, Gauge](), SERIES
    for label, samples in view.windows.items():
        for sample in samples[:left]:
            gauge = gauges.get(sample.name)
            if gauge is None:
                names = [*(name for name, _ in sample.labels), "window"]
                gauge = gauges[sample.name] = Gauge(sample.name, sample.name, names, registry=registry)
            gauge.labels(*(value for _, value in sample.labels), label).set(sample.value)
        left -= min(left, len(samples))
    return registry


async def _serving(page: bytes) -> float:
    """Return the seconds that a scrape of a page holds, median of many, asked and answered in one process."""
    publication = Publication(clock=monotonic, stale_after_seconds=3_600)
    publication.update(page, lambda: b"{}", [])
    server = await serve(publication, build_info(), HttpSettings(port=0))
    taken = []
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            for _ in range(SCRAPES):
                began = monotonic()
                async with session.get(f"http://127.0.0.1:{server.port}/metrics") as response:
                    await response.read()
                taken.append(monotonic() - began)
    finally:
        await server.close()
    return median(taken)


class _Desk:
    """A site with many open tickets in many queues."""

    def __init__(self) -> None:
        names = [f"queue-{number}" for number in range(QUEUES)]
        settings = configuration_from_mapping(
            {
                "clock": {"mode": "event"},
                "sla": {
                    name: {"clock": "business", "normal": "8h"}
                    for name in ("first_response", "next_response", "resolution")
                },
                "queues": [{"name": name, "channels": ["email"], "hours": "office"} for name in names],
                "calendars": {"office": {"time_zone": "UTC", "weekly": {"mon": ["08:00-18:00"]}}},
            }
        )
        self.configuration = settings.engine()
        self.ledgers = Ledgers("tickets", self.configuration)
        self._random = Random(1)
        self._moment = self._number = 0
        for start in range(0, OPEN_CASES, BATCH):
            self.ledgers.take(self._created(number, names) for number in range(start, start + BATCH))
        settle_collector()

    def let_pass(self, events: int) -> None:
        """Fold messages of any of the open tickets; a quarter of a second goes by."""
        self._moment += TICK_MILLISECONDS
        self.ledgers.take(self._message() for _ in range(events))

    def _created(self, number: int, names: list[str]) -> CallEvent:
        self._moment += SPACING_MILLISECONDS
        queue = self._random.choice(names)
        return self._event(number, "ticket.created", f'{{"author":"customer","queue":"{queue}"}}')

    def _message(self) -> CallEvent:
        author = self._random.choice(("customer", "agent"))
        ticket = self._random.randrange(OPEN_CASES)
        return self._event(ticket, "ticket.message", f'{{"author":"{author}"}}')

    def _event(self, ticket: int, kind: str, data: str) -> CallEvent:
        self._number += 1
        time = START + timedelta(milliseconds=self._moment)
        name = f"ticket-{ticket:029d}"
        value = (
            f'{{"specversion":"1.0","id":"{self._number:036d}","source":"/desk","type":"{kind}",'
            f'"subject":"{name}","time":"{iso(time)}","data":{data}}}'
        )
        return CallEvent(self._moment, name.encode(), value.encode())


def _seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def _after(prepare: Callable[[], object], work: Callable[[], object]) -> float:
    prepare()
    return _seconds(work)
