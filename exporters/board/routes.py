"""Where the board is: a page each at its path, `/api/v1/stream` its numbers as they change.

Guarantee: all are only readings of the publication; a page or window that there is not is 400, with the ones
that there are.
Worked: GET /api/v1/stream?window=15m is the stream of the quarter of an hour; with page=quality and window=7d
it is that of the week's surveys.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from msgspec import json

from exporters.board.history import History
from exporters.board.page import FLOOR, PAGES, BoardPage, BoardSite, PageKind, board_page
from exporters.board.sheets import SheetTable
from exporters.board.stream import BoardStream
from exporters.board.table import BoardTable
from exporters.publication import Publication


class BoardRoutes:
    """The handlers of the board."""

    def __init__(self, publication: Publication, site: BoardSite) -> None:
        self._site = site
        self._pages = {kind: board_page(site, kind) for kind in PAGES}
        self._streams = {
            kind.name: _stream_of(kind, site, publication, page.revision)
            for kind, page in self._pages.items()
        }

    def add_to(self, application: web.Application) -> None:
        """Add the paths, and what keeps the streams going while the application runs."""
        for kind, page in self._pages.items():
            application.router.add_get(kind.path, _handler(page))
        # A stream has no end, so a HEAD for it would wait for ever.
        application.router.add_get("/api/v1/stream", self.stream, allow_head=False)
        application.cleanup_ctx.append(self._keep_going)
        application.on_shutdown.append(self._stop)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer with the stream of the page and window that are asked for."""
        name = request.query.get("page", FLOOR.name)
        kind = next((each for each in PAGES if each.name == name), None)
        if kind is None:
            return _refused(f"no page {name}: ask for one of {', '.join(each.name for each in PAGES)}")
        window, windows = request.query.get("window", self._site.window_of(kind)), self._site.windows_of(kind)
        if window not in windows:
            return _refused(f"no window {window}: ask for one of {', '.join(windows)}")
        return await self._streams[name].follow(request, window)

    async def _keep_going(self, _: web.Application) -> AsyncIterator[None]:
        turning = [asyncio.create_task(stream.run()) for stream in self._streams.values()]
        yield
        for task in turning:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _stop(self, _: web.Application) -> None:
        """Open streams would keep the server from stopping for a minute."""
        for stream in self._streams.values():
            stream.close()


def _stream_of(kind: PageKind, site: BoardSite, publication: Publication, revision: str) -> BoardStream:
    if kind.sheet is not None:
        return BoardStream(publication, revision, SheetTable(kind.sheet, site.windows_of(kind)))
    table = BoardTable()
    return BoardStream(publication, revision, table, History(table))


def _handler(page: BoardPage) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.Response:
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": page.policy,
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept-Encoding",
        }
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=page.plain, headers=headers)
        return web.Response(body=page.compressed, headers={**headers, "Content-Encoding": "gzip"})

    return handler


def _refused(why: str) -> web.Response:
    return web.Response(body=json.encode({"error": why}), status=400, content_type="application/json")
