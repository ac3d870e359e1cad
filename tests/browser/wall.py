"""A board as it is served, with views that a test chooses.

with Wall() as wall:
    wall.show(view)          published now
    wall.keep_showing(view)  published again and again, as a worker does
    wall.stop(); wall.start()  at the same address
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from msgspec.structs import replace

from exporters.board.page import BoardSite
from exporters.http_server import NO_ANSWERS, Answers, HttpServer, HttpSettings, serve
from exporters.live_json import LiveJson, View
from exporters.pipeline_status import Build
from exporters.publication import Publication
from testbed.processes import free_port

BUILD = Build("0.1.0", "3.11")
SHOW_SECONDS = 0.25
WAIT_SECONDS = 30


class Wall:
    """A server in a thread."""

    def __init__(self, site: BoardSite | None = None, answers: Answers = NO_ANSWERS) -> None:
        """Prepare; answers: to questions about numbers, by path."""
        self._settings = HttpSettings(port=free_port(), site=site or BoardSite("Berlin", "UTC"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wall", daemon=True)
        self._publication = Publication(clock=time.monotonic, stale_after_seconds=3_600)
        self._live = LiveJson()
        self._answers = answers
        self._server: HttpServer | None = None
        self._showing: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the board is."""
        return f"http://127.0.0.1:{self._settings.port}/"

    def show(self, view: View) -> None:
        """Publish a view once, and no other one any more."""
        self.run(self._show(view, once=True))

    def keep_showing(self, view: View) -> None:
        """Publish it again and again, each time as a new one."""
        self.run(self._show(view, once=False))

    def start(self) -> None:
        """Listen, also again."""
        self._server = self.run(serve(self._publication, BUILD, self._settings, self._answers))

    def stop(self) -> None:
        """Listen no longer and end open streams."""
        if self._server is not None:
            self.run(self._server.close())
            self._server = None

    def __enter__(self) -> Self:
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._end_showing())
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _show(self, view: View, *, once: bool) -> None:
        await self._end_showing()
        self._publish(view)
        if not once:
            self._showing = asyncio.create_task(self._go_on(view))

    async def _go_on(self, view: View) -> None:
        while True:
            await asyncio.sleep(SHOW_SECONDS)
            self._publish(replace(view))

    async def _end_showing(self) -> None:
        if self._showing is not None:
            self._showing.cancel()
            await asyncio.gather(self._showing, return_exceptions=True)
            self._showing = None

    def _publish(self, view: View) -> None:
        self._publication.update(b"", lambda: self._live.render(view), [], view)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something on the loop of the server and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_SECONDS)
