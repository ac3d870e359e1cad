"""`supportpulse run` as a process of its own: start it, read its pages, and end it in every way there is.

Guarantee: `start` returns when /livez answers, whether Kafka is there or not; `wait_until_caught_up` returns
when the live view stands for every record that the site's source topics held at that moment.

    with WorkerProcess(site, instance="one") as worker:
        worker.wait_until_caught_up()
        worker.live()["windows"]["1h"]
"""

import http
import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from testbed.series import STATE, Table, Tables, all_of_page, differences, of_live, of_page
from testbed.server import Server
from testbed.support_site import SupportSite

REQUEST_SECONDS = 10
CAUGHT_UP_SECONDS = 90.0
POLL_SECONDS = 0.2
"""Asking for the whole view takes the worker some milliseconds; it should mostly work."""
PAGE_SECONDS = 20.0
SHOWN_DIFFERENCES = 12

Place = tuple[str, int]


class WorkerProcess(Server):
    """One worker of a site; also a context manager that starts and closes it."""

    start_seconds = 60.0
    command = "run"

    def __init__(
        self, site: SupportSite, *, instance: str | None = None, directory: Path | None = None
    ) -> None:
        """Choose the worker.

        instance: makes it a static member that gets its partitions back at once; directory: keeps its log.
        """
        super().__init__(f"supportpulse {self.command} ({instance})", directory)
        self.site = site
        self._instance = instance

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://{self.address}"

    def answers(self) -> bool:
        """Say whether /livez answers."""
        try:
            return self.get("/livez")[0] == http.HTTPStatus.OK
        except OSError:
            return False

    def get(self, path: str, *, method: str = "GET") -> tuple[int, str, Mapping[str, str]]:
        """Return status, body and headers of a page.

        Raises:
            OSError: nobody answers.
        """
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as response:
                return response.status, response.read().decode(), dict(response.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def live(self) -> dict[str, Any]:
        """Return /api/v1/live; empty while there is nothing to show."""
        status, body, _ = self.get("/api/v1/live")
        return dict(json.loads(body)) if status == http.HTTPStatus.OK else {}

    def page(self) -> str:
        """Return the text of /metrics; empty while there is nothing to show."""
        status, body, _ = self.get("/metrics")
        return body if status == http.HTTPStatus.OK else ""

    def series(self) -> Table:
        """Return every series of /metrics."""
        return all_of_page(self.page())

    def reasons_not_ready(self) -> list[str]:
        """Return what /readyz states; empty when it is ready. Its status must say the same."""
        status, body, _ = self.get("/readyz")
        reasons = list(json.loads(body)["reasons"])
        assert status == (http.HTTPStatus.SERVICE_UNAVAILABLE if reasons else http.HTTPStatus.OK)
        return reasons

    def applied(self) -> dict[Place, int]:
        """Return the next offset to fold of every source partition that is live here."""
        return applied_of(self.live())

    def wait_until_caught_up(self, *, seconds: float = CAUGHT_UP_SECONDS) -> dict[str, Any]:
        """Wait until the live view is complete and has everything in the source topics; return it.

        Raises:
            TimeoutError: it did not get there in time; the message holds the end of its log.
        """
        ends = self.site.end_offsets()
        self.wait_for(
            lambda: self.applied() == ends, seconds=seconds, what=f"catching up with {sum(ends.values())}"
        )
        document = self.live()
        assert document["complete"]
        return document

    def wait_for(self, claim: Callable[[], bool], *, what: str, seconds: float = CAUGHT_UP_SECONDS) -> None:
        """Poll a claim about this worker until it holds.

        Raises:
            TimeoutError: it did not hold in time; the message holds the end of the worker's log.
        """
        deadline = time.monotonic() + seconds
        while not claim():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {seconds:g} s\n{self._process.log_tail()}")
            time.sleep(POLL_SECONDS)

    def check(self, expected: Tables, *, document: Mapping[str, Any]) -> None:
        """Assert that a live view, and /metrics within seconds, are what is expected, series by series."""
        found = differences(of_live(document), expected)
        assert found == [], f"{len(found)} series of the live view differ: {found[:SHOWN_DIFFERENCES]}"
        deadline = time.monotonic() + PAGE_SECONDS
        while (found := differences(of_page(self.page()), expected)) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)  # the page is rendered once a second
        assert found == [], f"{len(found)} series of /metrics differ: {found[:SHOWN_DIFFERENCES]}"
        assert len(expected[STATE]) > 1

    def interrupt(self) -> None:
        """Send SIGINT, as a person at the keyboard does."""
        self._process.signal(signal.SIGINT)

    def terminate(self) -> None:
        """Send SIGTERM without waiting, as an orchestrator does."""
        self._process.signal(signal.SIGTERM)

    def exit_code(self, *, seconds: float) -> int:
        """Wait for its end and return its exit code.

        Raises:
            TimeoutError: it still runs after the given seconds.
        """
        self.wait_for(lambda: not self.is_running, seconds=seconds, what="its end")
        return self.wait()

    def log_entries(self) -> list[dict[str, Any]]:
        """Return everything it logged, one JSON object a line."""
        return [json.loads(line) for line in self.log_file.read_text(encoding="utf-8").splitlines()]

    def _command(self) -> list[str]:
        instance = [] if self._instance is None else ["--instance", self._instance]
        file = self.site.write_configuration(self.port)
        return [*self.site.command_line()[:1], self.command, "--config", str(file), *instance]


def applied_of(document: Mapping[str, Any]) -> dict[Place, int]:
    """Return the next offset to fold of every partition that a live view calls live."""
    return {
        (each["topic"], each["partition"]): each["applied"]
        for each in document.get("partitions", ())
        if each["state"] == "live" and each["applied"] is not None
    }
