"""The stream over a real socket: greeting, views, history, heartbeat, its end, slow readers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from exporters.board import stream as module
from exporters.board import table as table_module
from exporters.board.history import History
from exporters.board.shown import COLUMNS
from exporters.board.stream import HEARTBEAT_SECONDS, BoardStream
from exporters.board.table import BoardTable
from exporters.publication import Publication
from tests.building import at, call
from tests.building_views import view_at

CALLS = [call("offered", "10:00:00", queue="sales")]
WAIT_SECONDS = 10


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        """Begin at 0."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Bench:
    """A stream that is served, and turned by hand."""

    def __init__(self) -> None:
        """Prepare a publication without a view."""
        self.clock = Clock()
        self.publication = Publication(clock=self.clock, stale_after_seconds=5)
        table = BoardTable()
        self.stream = BoardStream(self.publication, "r1", table, History(table), clock=self.clock)
        self.address = ""

    def publish(self, clock: str) -> None:
        """Publish the view of a moment and let the stream take it."""
        self.publication.update(b"", lambda: b"", [], view_at(clock, CALLS))
        self.stream.turn()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Serve the stream of five minutes."""
        return await self.stream.follow(request, "5m")

    async def until(self, readers: int) -> None:
        """Wait until so many readers are there."""
        async with asyncio.timeout(WAIT_SECONDS):
            while self.stream.readers != readers:  # noqa: ASYNC110  # nobody needs an event for it
                await asyncio.sleep(0)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Give a served stream."""
    found = Bench()
    application = web.Application()
    application.router.add_get("/", found.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield found
    found.stream.close()
    await runner.cleanup()


@contextlib.asynccontextmanager
async def reading(bench: Bench) -> AsyncIterator[aiohttp.ClientResponse]:
    """Give the answer of a reader."""
    async with aiohttp.ClientSession() as session, session.get(bench.address) as answer:
        yield answer


async def event(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """Return the next event: its fields, `data` decoded; a comment has the key ""."""
    found: dict[str, Any] = {}
    async with asyncio.timeout(WAIT_SECONDS):
        while (line := (await answer.content.readline()).decode().rstrip("\n")) != "":
            field, _, value = line.partition(": ")
            found[field] = json.loads(value) if field == "data" else value
    return found


async def test_it_begins_with_what_is_known(bench: Bench) -> None:
    """Greeting with columns and age, the hour so far, the newest view with its moment as id."""
    bench.publish("10:00:05")
    bench.clock.now += 2
    async with reading(bench) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        greeting = await event(answer)
        assert (greeting["event"], greeting["retry"]) == ("greeting", "1000")
        assert greeting["data"] == {"columns": list(COLUMNS), "revision": "r1", "age": 2.0}
        assert (await event(answer))["event"] == "history"
        view = await event(answer)
        assert (view["event"], view["id"], view["data"]["now"]) == (
            "view",
            str(at("10:00:05")),
            at("10:00:05"),
        )


async def test_a_new_view_comes_at_once_and_the_same_one_not_again(bench: Bench) -> None:
    """Two turns without anything new between two views."""
    async with reading(bench) as answer:
        assert (await event(answer))["data"]["age"] is None
        bench.publish("10:00:05")
        assert (await event(answer))["event"] == "history"
        assert (await event(answer))["data"]["now"] == at("10:00:05")
        bench.stream.turn()
        bench.stream.turn()
        bench.publish("10:00:06")
        assert (await event(answer))["data"]["now"] == at("10:00:06")


async def test_all_readers_share_one_rendering(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three readers, one document a view."""
    rendered: list[int] = []
    original = table_module.document
    monkeypatch.setattr(
        table_module, "document", lambda view, *rest: (rendered.append(view.now), original(view, *rest))[1]
    )
    async with reading(bench) as one, reading(bench) as two, reading(bench) as three:
        await bench.until(3)
        bench.publish("10:00:05")
        for answer in (one, two, three):
            while (await event(answer)).get("event") != "view":
                pass
    assert rendered == [at("10:00:05")]


async def test_silence_is_broken_by_a_heartbeat(bench: Bench) -> None:
    """A comment, so that a proxy and the browser know that somebody is there."""
    bench.publish("10:00:05")
    async with reading(bench) as answer:
        for _ in range(3):
            await event(answer)
        await asyncio.sleep(0)
        bench.clock.now += HEARTBEAT_SECONDS
        bench.stream.turn()
        assert await event(answer) == {"": "heartbeat"}


async def test_it_ends_when_the_server_stops(bench: Bench) -> None:
    """The answer is whole; who comes later is refused."""
    async with reading(bench) as answer:
        await bench.until(1)
        bench.stream.close()
        async with asyncio.timeout(WAIT_SECONDS):
            assert b"greeting" in await answer.read()
    await bench.until(0)
    async with reading(bench) as answer:
        assert answer.status == 503


async def test_readers_are_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than allowed is told where else the numbers are."""
    monkeypatch.setattr(module, "MOST_READERS", 1)
    async with reading(bench):
        await bench.until(1)
        async with reading(bench) as refused:
            assert refused.status == 503
            assert "/api/v1/live" in await refused.text()


@contextlib.asynccontextmanager
async def slow_reader(bench: Bench) -> AsyncIterator[socket.socket]:
    """Give the socket of somebody who asks and then takes nothing."""
    host, _, port = bench.address.removeprefix("http://").rstrip("/").partition(":")
    loop = asyncio.get_running_loop()
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        found.settimeout(0)
        await loop.sock_connect(found, (host, int(port)))
        await loop.sock_sendall(found, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await bench.until(1)
        yield found


def make_large(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let views have so many bytes more, as those of a large site have."""
    original = table_module.document
    monkeypatch.setattr(table_module, "document", lambda *told: original(*told) + b" " * size)


async def test_who_is_slow_misses_views_and_gets_the_newest(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 100 views of a megabyte a reader that slept gets few, and the last one; nothing is queued for it."""
    make_large(monkeypatch, 1_000_000)
    views = [view_at(f"10:{second // 60:02}:{second % 60:02}") for second in range(100)]
    newest, received = f"id: {views[-1].now}".encode(), bytearray()
    async with slow_reader(bench) as reader, asyncio.timeout(WAIT_SECONDS):
        for view in views:
            bench.publication.update(b"", lambda: b"", [], view)
            bench.stream.turn()
            await asyncio.sleep(0)
        while newest not in received:
            received += await asyncio.get_running_loop().sock_recv(reader, 1_000_000)
            # It is given the newest at the first turn after it has taken what was on its way.
            bench.stream._wake()
    assert received.count(b"event: view") < 20


async def test_who_takes_nothing_for_a_minute_is_cut_off(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A television that was switched off does not hold a place for ever."""
    make_large(monkeypatch, 50_000)
    async with slow_reader(bench), asyncio.timeout(WAIT_SECONDS):
        for second in range(200):
            bench.publication.update(b"", lambda: b"", [], view_at(f"10:{second // 60:02}:{second % 60:02}"))
            bench.stream.turn()
            await asyncio.sleep(0)
        bench.clock.now += module.SLOW_SECONDS + 1
        while bench.stream.readers:
            bench.stream._wake()
            await asyncio.sleep(0)


async def test_a_reader_that_goes_is_forgotten(bench: Bench) -> None:
    """At the next view at the latest."""
    async with reading(bench):
        await bench.until(1)
    second = 0
    async with asyncio.timeout(WAIT_SECONDS):
        while bench.stream.readers:
            bench.publish(f"10:00:{second % 60:02}")
            second += 1
            await asyncio.sleep(0)
