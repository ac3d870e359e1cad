"""Where the board is: `/` the page, `/api/v1/stream` its numbers as they change.

Guarantee: both are only readings of the publication; a window that the site does not have is 400, with the
ones it has.
Worked: GET /api/v1/stream?window=15m is the stream of the quarter of an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web
from msgspec import json

from exporters.board.page import BoardSite, board_page
from exporters.board.stream import BoardStream
from exporters.publication import Publication


class BoardRoutes:
    """The handlers of the board."""

    def __init__(self, publication: Publication, site: BoardSite) -> None:
        self._site = site
        self._page = board_page(site)
        self._stream = BoardStream(publication, self._page.revision)

    def add_to(self, application: web.Application) -> None:
        """Add the paths, and what keeps the stream going while the application runs."""
        application.router.add_get("/", self.page)
        # A stream has no end, so a HEAD for it would wait for ever.
        application.router.add_get("/api/v1/stream", self.stream, allow_head=False)
        application.cleanup_ctx.append(self._keep_going)
        application.on_shutdown.append(self._stop)

    async def page(self, request: web.Request) -> web.Response:
        """Answer with the page."""
        is_compressed = "gzip" in request.headers.get("Accept-Encoding", "")
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": self._page.policy,
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept-Encoding",
        }
        if not is_compressed:
            return web.Response(body=self._page.plain, headers=headers)
        return web.Response(body=self._page.compressed, headers={**headers, "Content-Encoding": "gzip"})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer with the stream of the window that is asked for."""
        window = request.query.get("window", self._site.window)
        if window not in self._site.windows:
            told = {"error": f"no window {window}: ask for one of {', '.join(self._site.windows)}"}
            return web.Response(body=json.encode(told), status=400, content_type="application/json")
        return await self._stream.follow(request, window)

    async def _keep_going(self, _: web.Application) -> AsyncIterator[None]:
        turning = asyncio.create_task(self._stream.run())
        yield
        turning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await turning

    async def _stop(self, _: web.Application) -> None:
        """Open streams would keep the server from stopping for a minute."""
        self._stream.close()
