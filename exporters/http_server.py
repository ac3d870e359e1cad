"""The HTTP side: pages of the last tick, health, version. Read-only, loopback unless told otherwise.

Guarantee: handlers only read a `Publication` and never wait for Kafka, Redis or the processor, so /livez
answers as long as the event loop turns. Every method but GET and HEAD is refused with 405. With a token,
everything but /livez and /readyz asks for `Authorization: Bearer <token>`.

Worked: GET /readyz while a partition is recovering: 503 {"ready":false,"reasons":["calls/0 is recovering"]}.
Cost: serving rendered bytes takes about 0.3 ms; compressing happens in a thread, once a tick.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct, json

from exporters.pipeline_status import Build
from exporters.prometheus_text import CONTENT_TYPE
from exporters.publication import Page, Publication

READ_METHODS: Final = ("GET", "HEAD")
OPEN_PATHS: Final = ("/livez", "/readyz")
"""Probes of an orchestrator carry no token; what they learn is no number of the site."""

_REFUSED: Final = re.compile(r";\s*q=0(\.0*)?\s*$", re.IGNORECASE)
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
_INDEX: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>supportpulse</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:3em auto;max-width:40em;padding:0 1em}</style>
<h1>supportpulse</h1>
<ul>
<li><a href="/metrics">/metrics</a> – every number for Prometheus
<li><a href="/api/v1/live">/api/v1/live</a> – the whole view as JSON, with the offsets it stands for
<li><a href="/readyz">/readyz</a> – whether the numbers are complete, and if not, why
<li><a href="/livez">/livez</a> – whether the program runs
<li><a href="/version">/version</a> – which program this is
</ul>
</html>
"""

Explain = Callable[[Mapping[str, str]], Awaitable[bytes]]
"""Answers /api/v1/explain: query parameters in, a JSON document out; raises `QuestionRefused`."""


class QuestionRefused(Exception):
    """A question to /api/v1/explain that cannot be answered; the message says what to ask instead."""


class HttpSettings(Struct, frozen=True):
    """Where to listen: host and port (0: any free one), and the token that readers need, None for none."""

    host: str = "127.0.0.1"
    port: int = 9464
    token: str | None = None


class HttpServer:
    """One listening server; `port` is the one it got."""

    def __init__(self, runner: web.AppRunner, port: int) -> None:
        self._runner = runner
        self.port = port

    async def close(self) -> None:
        """Stop listening and end open connections."""
        await self._runner.cleanup()


async def serve(
    publication: Publication, build: Build, settings: HttpSettings, explain: Explain | None = None
) -> HttpServer:
    """Start serving in the running event loop and return at once.

    Raises OSError where the address is taken or not this machine's.
    """
    application = new_application(publication, build, settings.token, explain)
    runner = web.AppRunner(application, handle_signals=False, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError:
        await runner.cleanup()
        raise
    return HttpServer(runner, runner.addresses[0][1])


def new_application(
    publication: Publication, build: Build, token: str | None, explain: Explain | None = None
) -> web.Application:
    """Return the application; `token` is what readers must present, None lets everybody read."""
    application = web.Application(middlewares=[_guard(token)])
    pages = _Pages(publication, build, explain)
    application.router.add_get("/", pages.index)
    application.router.add_get("/metrics", pages.metrics)
    application.router.add_get("/livez", pages.livez)
    application.router.add_get("/readyz", pages.readyz)
    application.router.add_get("/version", pages.version)
    application.router.add_get("/api/v1/live", pages.live)
    if explain is not None:
        application.router.add_get("/api/v1/explain", pages.explain)
    return application


class _Pages:
    """One handler per path."""

    def __init__(self, publication: Publication, build: Build, explain: Explain | None) -> None:
        self._publication = publication
        self._build = build
        self._explain = explain

    async def index(self, _: web.Request) -> web.Response:
        return web.Response(text=_INDEX, content_type="text/html", charset="utf-8")

    async def metrics(self, request: web.Request) -> web.Response:
        return await _page(request, self._publication.metrics, CONTENT_TYPE)

    async def live(self, request: web.Request) -> web.Response:
        return await _page(request, self._publication.live, "application/json")

    async def livez(self, _: web.Request) -> web.Response:
        return _json({"alive": True})

    async def readyz(self, _: web.Request) -> web.Response:
        reasons = self._publication.reasons_not_ready()
        return _json({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    async def version(self, _: web.Request) -> web.Response:
        return _json({"name": "supportpulse", "version": self._build.version, "python": self._build.python})

    async def explain(self, request: web.Request) -> web.Response:
        assert self._explain is not None, "the route exists only with an answer"
        try:
            answer = await self._explain(request.query)
        except QuestionRefused as refused:
            return _json({"error": str(refused)}, status=400)
        return web.Response(body=answer, content_type="application/json")


def _guard(token: str | None) -> Middleware:
    expected = None if token is None else f"Bearer {token}".encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = _refusal(request, expected)
        # Compared with None, because aiohttp's responses are mappings: an empty one is false.
        response = await handler(request) if refusal is None else refusal
        response.headers.update(_HEADERS)
        return response

    return guard


def _refusal(request: web.Request, expected: bytes | None) -> web.Response | None:
    """Return why a request is not answered, None where it is."""
    if request.method not in READ_METHODS:
        refused = _json({"error": "this server is read-only"}, status=405)
        refused.headers["Allow"] = ", ".join(READ_METHODS)
        return refused
    if expected is None or request.path in OPEN_PATHS:
        return None
    # Compared in constant time, so that the token cannot be guessed character by character.
    if hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
        return None
    refused = _json({"error": "a bearer token is required"}, status=401)
    refused.headers["WWW-Authenticate"] = "Bearer"
    return refused


async def _page(request: web.Request, page: Page | None, content_type: str) -> web.Response:
    if page is None:
        return _json({"error": "no numbers yet: the program is starting"}, status=503)
    headers = {"Content-Type": content_type, "Vary": "Accept-Encoding"}
    # Rendered here, because renderers belong to the event loop's thread; only compressing may leave it.
    plain = page.plain()
    if not _accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return web.Response(body=plain, headers=headers)
    body = await asyncio.to_thread(page.compressed)
    return web.Response(body=body, headers={**headers, "Content-Encoding": "gzip"})


def _accepts_gzip(stated: str) -> bool:
    """Tell whether an Accept-Encoding header names gzip without refusing it by a quality of 0."""
    return any(
        coding.partition(";")[0].strip().lower() == "gzip" and not _REFUSED.search(coding)
        for coding in stated.split(",")
    )


def _json(document: Mapping[str, object], *, status: int = 200) -> web.Response:
    return web.Response(body=json.encode(document), status=status, content_type="application/json")
