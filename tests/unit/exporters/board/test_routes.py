"""Where the board is: the page and its stream through the real server."""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
import sys
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from msgspec.structs import replace

from exporters.board.page import BoardSite
from exporters.http_server import HttpServer, HttpSettings, serve
from exporters.pipeline_status import Build
from exporters.publication import Publication
from tests.building import call
from tests.building_views import view_at

WAIT_SECONDS = 10


@pytest.fixture
def publication() -> Publication:
    """Give a publication with a view of an empty centre."""
    found = Publication(clock=lambda: 0.0, stale_after_seconds=5)
    found.update(b"", lambda: b"{}", [], view_at("10:00:05"))
    return found


@pytest.fixture
async def server(publication: Publication) -> AsyncIterator[HttpServer]:
    """Give a server on a free loopback port."""
    settings = HttpSettings(port=0, site=BoardSite("Berlin", windows=("5m", "1h")))
    started = await serve(publication, Build("0.1.0", "3.11"), settings)
    yield started
    await started.close()


@pytest.fixture
async def client(server: HttpServer) -> AsyncIterator[aiohttp.ClientSession]:
    """Give a client that shows bodies as they were sent."""
    base = f"http://127.0.0.1:{server.port}"
    async with aiohttp.ClientSession(base, auto_decompress=False) as session:
        yield session


async def test_the_page_has_its_policy_and_is_compressed_where_that_is_taken(
    client: aiohttp.ClientSession,
) -> None:
    """The same page, plain and small."""
    async with client.get("/", headers={"Accept-Encoding": "identity"}) as answer:
        plain = await answer.read()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "script-src 'sha256-" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with client.get("/", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(await answer.read()) == plain


async def test_the_stream_is_that_of_the_window(client: aiohttp.ClientSession) -> None:
    """Without one it is the page's own."""
    for query, window in (("", "5m"), ("?window=1h", "1h")):
        async with asyncio.timeout(WAIT_SECONDS), client.get(f"/api/v1/stream{query}") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            while (line := await answer.content.readline()) != b"event: view\n":
                assert line
            await answer.content.readline()
            told = json.loads((await answer.content.readline()).removeprefix(b"data: "))
            assert told["window"] == window


async def test_a_window_that_there_is_not_is_refused(client: aiohttp.ClientSession) -> None:
    """With the ones that there are."""
    async with client.get("/api/v1/stream?window=2h") as answer:
        assert answer.status == 400
        assert await answer.json() == {"error": "no window 2h: ask for one of 5m, 1h"}


async def test_every_page_has_its_path_and_its_stream(client: aiohttp.ClientSession) -> None:
    """Surveys by days, customers by periods; of another page there is nothing."""
    for path, page, window in (("/quality", "quality", "7d"), ("/customers", "customers", "last_month")):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert "script-src 'sha256-" in answer.headers["Content-Security-Policy"]
        query = f"page={page}&window={window}"
        async with asyncio.timeout(WAIT_SECONDS), client.get(f"/api/v1/stream?{query}") as answer:
            while (line := await answer.content.readline()) != b"event: view\n":
                assert line
            await answer.content.readline()
            told = json.loads((await answer.content.readline()).removeprefix(b"data: "))
            assert (told["window"], told["rows"]) == (window, [])
    async with client.get("/api/v1/stream?page=quality&window=1h") as answer:
        assert answer.status == 400
        assert await answer.json() == {"error": "no window 1h: ask for one of 1d, 7d, 30d, 90d"}
    async with client.get("/api/v1/stream?page=sales") as answer:
        assert await answer.json() == {"error": "no page sales: ask for one of floor, quality, customers"}


async def test_a_stream_has_no_head(client: aiohttp.ClientSession) -> None:
    """It would never be answered."""
    async with client.head("/api/v1/stream") as answer:
        assert answer.status == 405


async def test_the_server_stops_in_spite_of_open_streams(publication: Publication) -> None:
    """At once, and the reader's answer is whole."""
    server = await serve(publication, Build("0.1.0", "3.11"), HttpSettings(port=0))
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{server.port}/api/v1/stream") as answer,
    ):
        await answer.content.readline()
        async with asyncio.timeout(WAIT_SECONDS):
            await server.close()
            await answer.read()


READERS = """
import selectors, socket, sys
chosen = selectors.DefaultSelector()
for _ in range(int(sys.argv[2])):
    reader = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    reader.sendall(b"GET /api/v1/stream HTTP/1.1\\r\\nHost: board\\r\\n\\r\\n")
    chosen.register(reader, selectors.EVENT_READ)
print("connected", flush=True)
while all(key.fileobj.recv(1 << 20) for key, _ in chosen.select()):
    pass
"""
BOARDS, MEASURED_SECONDS = 200, 4.0


def processor_seconds() -> float:
    """Return the processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def test_two_hundred_boards_cost_less_than_a_twentieth_of_a_core(
    server: HttpServer, publication: Publication
) -> None:
    """With twelve queues, four ticks a second, and readers in a process of their own: about 1.2 %."""
    calls = [call("offered", "10:00:00", queue=f"q{number}", case=f"c{number}") for number in range(12)]
    view = view_at("10:00:05", calls)
    readers = await asyncio.create_subprocess_exec(
        sys.executable, "-c", READERS, str(server.port), str(BOARDS), stdout=asyncio.subprocess.PIPE
    )
    assert readers.stdout is not None
    assert await readers.stdout.readline() == b"connected\n"
    began, used = time.monotonic(), processor_seconds()
    while (passed := time.monotonic() - began) < MEASURED_SECONDS:
        publication.update(b"", lambda: b"", [], replace(view, now=view.now + int(passed * 1000)))
        await asyncio.sleep(0.25)
    share = (processor_seconds() - used) / (time.monotonic() - began)
    readers.terminate()
    await readers.wait()
    assert share < 0.05
