"""The HTTP side over a real socket: pages, health, compression, token, read-only."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest

from exporters.http_server import EXPLAIN_PATH, HttpServer, HttpSettings, QuestionRefused, serve
from exporters.pipeline_status import Build
from exporters.publication import Publication

BUILD = Build("0.1.0", "3.11.7")
PATHS = ("/", "/metrics", "/livez", "/readyz", "/version", "/api/v1/live", "/api/v1/explain")


async def explain(question: Mapping[str, str]) -> bytes:
    """Answer with the metric that was asked for."""
    if "metric" not in question:
        raise QuestionRefused("name a metric, as in ?metric=support_window_offered")
    return json.dumps({"metric": question["metric"]}).encode()


@pytest.fixture
def publication() -> Publication:
    """Give a publication with a clock that stands still and no tick yet."""
    return Publication(clock=lambda: 0.0, stale_after_seconds=5)


@pytest.fixture
async def server(publication: Publication) -> AsyncIterator[HttpServer]:
    """Give a server on a free loopback port."""
    started = await serve(publication, BUILD, HttpSettings(port=0), {EXPLAIN_PATH: explain})
    yield started
    await started.close()


@pytest.fixture
async def client(server: HttpServer) -> AsyncIterator[aiohttp.ClientSession]:
    """Give a client of that server which asks for plain bodies and shows them as they were sent."""
    base, headers = f"http://127.0.0.1:{server.port}", {"Accept-Encoding": "identity"}
    async with aiohttp.ClientSession(base, auto_decompress=False, headers=headers) as session:
        yield session


async def test_before_the_first_tick_it_lives_but_is_not_ready(client: aiohttp.ClientSession) -> None:
    """/livez 200; /readyz 503 with the reason; pages 503, so that a scrape fails instead of being empty."""
    async with client.get("/livez") as answer:
        assert (answer.status, await answer.json()) == (200, {"alive": True})
    async with client.get("/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {"ready": False, "reasons": ["no numbers yet: the program is starting"]}
    for path in ("/metrics", "/api/v1/live"):
        async with client.get(path) as answer:
            assert answer.status == 503


async def test_a_tick_is_served_as_it_was_published(
    client: aiohttp.ClientSession, publication: Publication
) -> None:
    """The bytes, the content types, and ready once there is no reason against it."""
    publication.update(b"support_recovering 0\n", lambda: b'{"now":1}', [])
    async with client.get("/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert await answer.read() == b"support_recovering 0\n"
    async with client.get("/api/v1/live") as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert await answer.json() == {"now": 1}
    async with client.get("/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": []})


async def test_who_accepts_gzip_gets_gzip(client: aiohttp.ClientSession, publication: Publication) -> None:
    """The same page, smaller; who does not ask gets it plain."""
    page = b"support_recovering 0\n" * 1_000
    publication.update(page, lambda: b"{}", [])
    async with client.get("/metrics", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        body = await answer.read()
        assert len(body) < len(page) / 10
        assert gzip.decompress(body) == page
    async with client.get("/metrics", headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert await answer.read() == page


@pytest.mark.parametrize("refused", ["gzip;q=0", "br, gzip; q=0.0"])
async def test_who_refuses_gzip_gets_it_plain(
    client: aiohttp.ClientSession, publication: Publication, refused: str
) -> None:
    """A quality of 0 means: not this one."""
    publication.update(b"page", lambda: b"{}", [])
    async with client.get("/metrics", headers={"Accept-Encoding": refused}) as answer:
        assert await answer.read() == b"page"


async def test_the_version_is_told(client: aiohttp.ClientSession) -> None:
    """Which program and which Python."""
    async with client.get("/version") as answer:
        assert await answer.json() == {"name": "supportpulse", "version": "0.1.0", "python": "3.11.7"}


async def test_the_index_links_to_everything_else(client: aiohttp.ClientSession) -> None:
    """A person who opens the address finds the pages."""
    async with client.get("/") as answer:
        page = await answer.text()
    for path in ("/metrics", "/api/v1/live", "/readyz", "/livez", "/version"):
        assert f'href="{path}"' in page


@pytest.mark.parametrize("path", [*PATHS, "/no/such/page"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_nothing_can_be_written(client: aiohttp.ClientSession, method: str, path: str) -> None:
    """Every method but GET and HEAD is refused, wherever it goes."""
    async with client.request(method, path) as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD"


async def test_a_page_that_does_not_exist_is_404(client: aiohttp.ClientSession) -> None:
    """And not an empty page."""
    async with client.get("/no/such/page") as answer:
        assert answer.status == 404


async def test_explain_answers_or_says_what_to_ask(client: aiohttp.ClientSession) -> None:
    """A question it understands 200, another one 400 with a hint."""
    async with client.get("/api/v1/explain?metric=support_window_offered") as answer:
        assert (answer.status, await answer.json()) == (200, {"metric": "support_window_offered"})
    async with client.get("/api/v1/explain") as answer:
        assert answer.status == 400
        assert "name a metric" in (await answer.json())["error"]


async def test_without_an_answer_there_is_no_explain(publication: Publication) -> None:
    """Where nothing can explain, the path does not exist."""
    server = await serve(publication, BUILD, HttpSettings(port=0))
    try:
        address = f"http://127.0.0.1:{server.port}/api/v1/explain"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            assert answer.status == 404
    finally:
        await server.close()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        ("secret", 401),
        ("Bearer sécret", 401),
        ("Bearer secret", 200),
        ("Basic Ym9hcmQ6c2VjcmV0", 200),  # board:secret
        ("Basic Ym9hcmQ6d3Jvbmc=", 401),  # board:wrong
        ("Basic secret", 401),
        ("Basic !", 401),
    ],
)
async def test_a_token_guards_the_numbers_but_not_the_probes(
    publication: Publication, authorization: str | None, status: int
) -> None:
    """Only the exact token opens /metrics, of a browser as its password; /livez needs none."""
    publication.update(b"page", lambda: b"{}", [])
    server = await serve(publication, BUILD, HttpSettings(port=0, token="secret"))  # noqa: S106  # a test's own
    headers = {} if authorization is None else {"Authorization": authorization}
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", headers=headers) as session:
            async with session.get("/metrics") as answer:
                assert answer.status == status
                assert (await answer.read() == b"page") == (status == 200)
            async with session.get("/livez") as answer:
                assert answer.status == 200
    finally:
        await server.close()


async def test_a_port_that_is_taken_is_an_error(server: HttpServer, publication: Publication) -> None:
    """The caller learns it at once, as OSError."""
    with pytest.raises(OSError, match=str(server.port)):
        await serve(publication, BUILD, HttpSettings(port=server.port))


async def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    """The default address is this machine's own."""
    assert HttpSettings().host == "127.0.0.1"
