"""The live view as a command reads it: complete, or refused with the reason."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from streams.errors import UsageError
from streams.live_document import LiveViewMissing, address_of, live_document, read_document
from streams.settings_models import HttpSection

LIVE = {"topic": "calls", "partition": 0, "state": "live", "applied": 7, "lag": 0}
COMPLETE: dict[str, Any] = {
    "now": 1_000,
    "window_end": 10_000,
    "watermark": 900,
    "complete": True,
    "partitions": [LIVE],
    "windows": {"5m": []},
    "states": [],
}


class Pages(BaseHTTPRequestHandler):
    """Serves the live view to those who have the token."""

    def do_GET(self) -> None:
        """Answer one request."""
        is_known = self.headers.get("Authorization") == "Bearer secret" and self.path == "/api/v1/live"
        self.send_response(200 if is_known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(COMPLETE).encode() if is_known else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Give the address of a server with one view."""
    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_complete_view_is_read_with_its_offsets(address: str) -> None:
    """With or without the path, and with the token."""
    for written in (address, f"{address}/", f"{address}/api/v1/live"):
        document = live_document(written, "secret")
        assert document.applied == {("calls", 0): 7}
        assert (document.now, document.window_end) == (1_000, 10_000)


def test_who_does_not_answer_well_is_named(address: str) -> None:
    """Without the token, at a closed port, and with an address that is none."""
    with pytest.raises(LiveViewMissing, match="answers 401"):
        live_document(address, None)
    with pytest.raises(LiveViewMissing, match="is a worker or exporter running"):
        live_document("http://127.0.0.1:1", None)
    with pytest.raises(UsageError, match="write the address as"):
        live_document("localhost:9464", None)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"partitions": [LIVE, {**LIVE, "partition": 1, "state": "unowned"}]}, "calls/1 is unowned"),
        ({"partitions": [{**LIVE, "applied": None}]}, "calls/0 is live"),
        ({"complete": False, "partitions": []}, "no partition is there yet"),
        ({"partitions": None}, "gives no live view"),
    ],
)
def test_a_view_that_is_not_complete_is_refused(changed: dict[str, Any], reason: str) -> None:
    """No number of it is there to be compared."""
    with pytest.raises(LiveViewMissing, match=reason):
        read_document({**COMPLETE, **changed}, "here")


def test_the_address_is_that_of_the_configuration() -> None:
    """Who listens everywhere is asked on this machine."""
    assert address_of(HttpSection(port=9464)) == "http://127.0.0.1:9464"
    assert address_of(HttpSection(host="0.0.0.0", port=80, open=True)) == "http://127.0.0.1:80"
