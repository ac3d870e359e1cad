"""A real Redis server without persistence on a free loopback port.

with RedisServer() as server:
    client = redis.Redis.from_url(server.url)
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import redis

from testbed.certificates import Certificate
from testbed.processes import LOOPBACK, accepts_connections
from testbed.server import Server


class RedisServer(Server):
    """One Redis server; also a context manager that starts and closes it. It is empty after every start."""

    def __init__(
        self,
        directory: Path | None = None,
        *,
        port: int = 0,
        options: Mapping[str, str] | None = None,
        certificate: Certificate | None = None,
    ) -> None:
        """Choose directory and port (0: a free one); nothing is started yet.

        Args:
            directory: as of `Server`.
            port: as of `Server`.
            options: more of the server's own, such as {"--maxmemory": "2mb"}.
            certificate: makes it take TLS connections only.
        """
        super().__init__("Redis", directory, port=port)
        self._options = dict(options or {})
        self._certificate = certificate

    @property
    def url(self) -> str:
        """The URL of database 0."""
        return f"{'redis' if self._certificate is None else 'rediss'}://{self.address}/0"

    def client(self) -> "redis.Redis":
        """Return a client that may do everything; the caller closes it (it is a context manager)."""
        trust: dict[str, Any] = {}
        if self._certificate is not None:
            trust = {"ssl": True, "ssl_ca_certs": str(self._certificate.certificate_file)}
        return redis.Redis(host=LOOPBACK, port=self.port, socket_timeout=1, **trust)

    def answers(self) -> bool:
        """Say whether the server answers PING."""
        if not accepts_connections(self.port):
            return False  # redis-py would retry a refused connection for seconds
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _command(self) -> list[str]:
        options = {
            "--bind": LOOPBACK,
            "--port": str(self.port),
            "--dir": str(self.directory),
            "--save": "",
            "--appendonly": "no",
            **self._options,
        }
        if self._certificate is not None:
            options |= {
                "--port": "0",
                "--tls-port": str(self.port),
                "--tls-cert-file": str(self._certificate.certificate_file),
                "--tls-key-file": str(self._certificate.key_file),
                "--tls-auth-clients": "no",
            }
        return ["redis-server", *(word for option in options.items() for word in option)]
