"""A real Alertmanager server, and a receiver that keeps what it is told.

with Receiver() as receiver, AlertmanagerServer(file, receivers=receiver.url) as alertmanager:
    PrometheusServer([worker], rule_files=[rules], alertmanagers=[alertmanager.address])
    receiver.wait_for("CallsBlocked", status="firing")
"""

import http
import json
import threading
import urllib.request
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from testbed.processes import LOOPBACK, free_port, wait_until
from testbed.server import Server

REQUEST_SECONDS = 5
QUICKLY = {"group_wait": "1s", "group_interval": "1s"}


class Receiver:
    """A webhook receiver in a thread; `told` has every alert of every notification, with its path."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Mapping[str, Any]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's name
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.told += [(self.path, alert) for alert in body["alerts"]]
                self.send_response(http.HTTPStatus.OK)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def alerts(self, name: str, *, status: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return what was told of an alert, by the path of the receiver."""
        return [
            (path, alert)
            for path, alert in self.told
            if alert["labels"]["alertname"] == name and alert["status"] == status
        ]

    def wait_for(self, name: str, *, status: str, seconds: float) -> tuple[str, Mapping[str, Any]]:
        """Return the first notification of an alert, once it has come.

        Raises:
            TimeoutError: none came in time.
        """
        wait_until(lambda: bool(self.alerts(name, status=status)), seconds=seconds, what=f"{name} {status}")
        return self.alerts(name, status=status)[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class AlertmanagerServer(Server):
    """One Alertmanager server; also a context manager that starts and closes it."""

    def __init__(self, file: Path, *, receivers: str, directory: Path | None = None) -> None:
        """Choose the configuration; nothing is started yet.

        Args:
            file: the configuration as it is, but for the addresses of its receivers and the time it waits.
            receivers: base URL that its webhooks get, their paths stay.
            directory: as of `Server`.
        """
        super().__init__("Alertmanager", directory)
        self._file = file
        self._receivers = receivers

    def answers(self) -> bool:
        """Say whether the server reports itself ready."""
        try:
            with urllib.request.urlopen(
                f"http://{self.address}/-/ready", timeout=REQUEST_SECONDS
            ) as response:
                return bool(response.status == http.HTTPStatus.OK)
        except OSError:
            return False

    def _command(self) -> list[str]:
        configuration = yaml.safe_load(self._file.read_text(encoding="utf-8"))
        configuration["route"] |= QUICKLY
        for receiver in configuration["receivers"]:
            for webhook in receiver["webhook_configs"]:
                webhook["url"] = f"{self._receivers}/{webhook['url'].rpartition('/')[2]}"
        file = self.directory / "alertmanager.yml"
        file.write_text(json.dumps(configuration), encoding="utf-8")  # every JSON document is YAML
        return [
            "prometheus-alertmanager",
            f"--config.file={file}",
            f"--storage.path={self.directory / 'data'}",
            f"--web.listen-address={self.address}",
            f"--cluster.listen-address={LOOPBACK}:{free_port()}",
        ]
