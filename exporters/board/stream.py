"""Server-sent events for the board: one rendering a tick and window, shared by everybody who looks.

Guarantee: a reader gets the newest view or none: who has not taken the last one yet gets no further one until
it has, so nothing is queued for it. Every connection begins with a greeting (columns, revision of the page,
age of the view) and the history; it ends when the server stops, and the browser comes back by itself.

Worked: `event: view`, `id: 1772445600000` (the moment of the view in ms), `data: {"now":…,"rows":…}`; after
ten seconds without a new view `: heartbeat`.
Cost: 200 boards of a site with twelve queues take 1.2 % of a core (the test of `routes` measures it), 18 kB a
second each; without any, one look at the publication every half second.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, Protocol

from aiohttp import web
from msgspec import json

from exporters.board.history import History
from exporters.live_json import View
from exporters.publication import Publication

TURN_SECONDS: Final = 0.5
"""With ticks of a quarter of a second what is shown is younger than a second."""

HEARTBEAT_SECONDS: Final = 10.0
RETRY_MS: Final = 1_000
MOST_READERS: Final = 1_000
"""Streams of one process; a further one is refused with 503 and asks for /api/v1/live instead."""

SLOW_SECONDS: Final = 60.0
"""A reader that has taken nothing for so long is cut off; a living one comes back by itself."""

HEARTBEAT: Final = b": heartbeat\n\n"
_HEADERS: Final = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
"""The second keeps nginx from collecting events before it hands them on."""


class Table(Protocol):
    """What a page's numbers are put into. `document` is called at most once a tick and window."""

    @property
    def columns(self) -> Sequence[str]:
        """Name the columns of every row, in their order."""

    def document(self, view: View, window: str) -> bytes:
        """Return what the page reads of a view."""


class BoardStream:
    """Renders what is published and hands it to every reader."""

    def __init__(
        self,
        publication: Publication,
        revision: str,
        table: Table,
        history: History | None = None,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Prepare; revision: of the page; history: where the page draws lines; clock: monotonic seconds."""
        self.readers = 0
        self._publication = publication
        self._revision = revision
        self._clock = clock
        self._table = table
        self._history = history
        self._history_minute: int | None = None
        self._view: View | None = None
        self._turn = 0
        self._turned_at = clock()
        self._next = asyncio.Event()
        self._views: dict[str, bytes] = {}
        self._histories: dict[str, bytes] = {}
        self._is_closed = False

    async def run(self) -> None:
        """Look for new views until cancelled; readers end with it."""
        try:
            while True:
                self.turn()
                await asyncio.sleep(TURN_SECONDS)
        finally:
            self.close()

    def turn(self) -> None:
        """Take the published view where it is a new one, and wake the readers; else see to the heartbeat."""
        view = self._publication.view
        if view is not None and view is not self._view:
            self._view = view
            self._views.clear()
            if self._history is not None:
                self._history.note(view)
                if self._history.newest != self._history_minute:
                    self._history_minute = self._history.newest
                    self._histories.clear()
            self._turn += 1
        elif self._clock() - self._turned_at < HEARTBEAT_SECONDS:
            return
        self._turned_at = self._clock()
        self._wake()

    def close(self) -> None:
        """End all streams; readers that come later get none."""
        self._is_closed = True
        self._wake()

    async def follow(self, request: web.Request, window: str) -> web.StreamResponse:
        """Answer with the stream of a window until the reader goes or the server stops."""
        if self._is_closed or self.readers >= MOST_READERS:
            raise web.HTTPServiceUnavailable(text="too many streams: read /api/v1/live instead")
        response = web.StreamResponse(headers=_HEADERS)
        self.readers += 1
        try:
            await response.prepare(request)
            await response.write(self._greeting())
            await self._hand_over(request, response, window)
        except ConnectionError:
            # The reader has gone: there is nobody left to be told.
            return response
        finally:
            self.readers -= 1
        return response

    async def _hand_over(self, request: web.Request, response: web.StreamResponse, window: str) -> None:
        shown, minute, taken_at, is_woken = 0, None, self._clock(), False
        while not self._is_closed:
            coming = self._next
            if _is_waiting(request):
                # What it has not taken yet is enough for it: the next thing it gets is the newest.
                if self._clock() - taken_at > SLOW_SECONDS:
                    _cut_off(request)
                    return
            else:
                taken_at = self._clock()
                if self._history_minute != minute:
                    minute = self._history_minute
                    await response.write(self._history_event(window))
                if self._turn != shown:
                    shown = self._turn
                    await response.write(self._view_event(window))
                elif is_woken:
                    await response.write(HEARTBEAT)
            await coming.wait()
            is_woken = True

    def _wake(self) -> None:
        waiting, self._next = self._next, asyncio.Event()
        waiting.set()

    def _greeting(self) -> bytes:
        age = None if self._view is None else round(self._clock() - self._turned_at, 3)
        told = json.encode({"columns": self._table.columns, "revision": self._revision, "age": age})
        return b"retry: %d\nevent: greeting\ndata: %b\n\n" % (RETRY_MS, told)

    def _view_event(self, window: str) -> bytes:
        event = self._views.get(window)
        if event is None:
            view = self._view
            assert view is not None, "turns are counted from the first view on"
            told = self._table.document(view, window)
            event = self._views[window] = b"event: view\nid: %d\ndata: %b\n\n" % (view.now, told)
        return event

    def _history_event(self, window: str) -> bytes:
        event = self._histories.get(window)
        if event is None:
            assert self._history is not None, "without one there is no minute"
            told = self._history.document(window)
            event = self._histories[window] = b"event: history\ndata: %b\n\n" % told
        return event


def _is_waiting(request: web.Request) -> bool:
    """Tell whether bytes for the reader are still on this side."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the reader has gone")
    return transport.get_write_buffer_size() > 0


def _cut_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
