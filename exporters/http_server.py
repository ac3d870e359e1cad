"""The HTTP side: pages of the last tick, health, version. Read-only, loopback unless told otherwise.

Guarantee: handlers only read a `Publication` and never wait for Kafka, Redis or the processor, so /livez
answers as long as the event loop turns; only questions about numbers take what their answers take. Every
method but GET and HEAD is refused with 405. With a token, everything but /livez and /readyz asks for
`Authorization: Bearer <token>`; a browser sends it as a password.

Worked: GET /readyz while a partition is recovering: 503 {"ready":false,"reasons":["calls/0 is recovering"]}.
Cost: serving rendered bytes takes about 0.3 ms; compressing happens in a thread, once a tick.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct, json
from msgspec.structs import replace

from exporters.board.page import BoardSite
from exporters.board.routes import BoardRoutes
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
    "Content-Security-Policy": "default-src 'none'",
}
Answer = Callable[[Mapping[str, str]], Awaitable[bytes]]
"""Answers questions: query parameters in, a JSON document out; raises `QuestionRefused`."""

Answers = Mapping[str, Answer]
"""By the path that they are asked at, such as EXPLAIN_PATH."""

EXPLAIN_PATH: Final = "/api/v1/explain"
PAST_PATH: Final = "/api/v1/past"
NO_ANSWERS: Final[Answers] = {}


class QuestionRefused(Exception):
    """A question that cannot be answered; the message says what to ask instead."""


class HttpSettings(Struct, frozen=True):
    """Where to listen, and for whom.

    host, port (0: any free one); token: what readers need, None for none; site: what the board shows.
    """

    host: str = "127.0.0.1"
    port: int = 9464
    token: str | None = None
    site: BoardSite = BoardSite()


class HttpServer:
    """One listening server; `port` is the one it got."""

    def __init__(self, runner: web.AppRunner, port: int) -> None:
        self._runner = runner
        self.port = port

    async def close(self) -> None:
        """Stop listening and end open connections."""
        await self._runner.cleanup()


async def serve(
    publication: Publication, build: Build, settings: HttpSettings, answers: Answers = NO_ANSWERS
) -> HttpServer:
    """Start serving in the running event loop and return at once.

    Raises OSError where the address is taken or not this machine's.
    """
    application = new_application(publication, build, settings, answers)
    runner = web.AppRunner(application, handle_signals=False, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError:
        await runner.cleanup()
        raise
    return HttpServer(runner, runner.addresses[0][1])


def new_application(
    publication: Publication, build: Build, settings: HttpSettings, answers: Answers = NO_ANSWERS
) -> web.Application:
    """Return the application; without a token everybody may read."""
    application = web.Application(middlewares=[_guard(settings.token)])
    application.on_response_prepare.append(_add_headers)
    pages = _Pages(publication, build)
    site = replace(settings.site, has_past=PAST_PATH in answers)
    BoardRoutes(publication, site).add_to(application)
    application.router.add_get("/metrics", pages.metrics)
    application.router.add_get("/livez", pages.livez)
    application.router.add_get("/readyz", pages.readyz)
    application.router.add_get("/version", pages.version)
    application.router.add_get("/api/v1/live", pages.live)
    for path, answer in answers.items():
        application.router.add_get(path, _answering(answer))
    return application


class _Pages:
    """One handler per path."""

    def __init__(self, publication: Publication, build: Build) -> None:
        self._publication = publication
        self._build = build

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


def _answering(answer: Answer) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        try:
            told = await answer(request.query)
        except QuestionRefused as refused:
            return _json({"error": str(refused)}, status=400)
        return web.Response(body=told, content_type="application/json")

    return handler


def _guard(token: str | None) -> Middleware:
    expected = None if token is None else token.encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = _refusal(request, expected)
        # Compared with None, because aiohttp's responses are mappings: an empty one is false.
        return await handler(request) if refusal is None else refusal

    return guard


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Add what every answer has, unless it has its own; a stream sends its headers before it ends."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _refusal(request: web.Request, expected: bytes | None) -> web.Response | None:
    """Return why a request is not answered, None where it is."""
    if request.method not in READ_METHODS:
        refused = _json({"error": "this server is read-only"}, status=405)
        refused.headers["Allow"] = ", ".join(READ_METHODS)
        return refused
    if expected is None or request.path in OPEN_PATHS:
        return None
    # Compared in constant time, so that the token cannot be guessed character by character.
    if hmac.compare_digest(_presented(request.headers.get("Authorization", "")), expected):
        return None
    refused = _json({"error": "a bearer token is required"}, status=401)
    # A browser asks a person for it by the second way: any name, the token as password.
    refused.headers["WWW-Authenticate"] = 'Bearer, Basic realm="supportpulse"'
    return refused


def _presented(authorization: str) -> bytes:
    """Return the token that a header presents, as bearer or as the password of a browser; empty for none."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme == "Bearer":
        return credentials.encode()
    if scheme != "Basic":
        return b""
    try:
        return base64.b64decode(credentials, validate=True).partition(b":")[2]
    except ValueError:  # no base64: nothing is presented
        return b""


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
