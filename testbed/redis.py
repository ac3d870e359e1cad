"""A real Redis server without persistence on a free loopback port.

with RedisServer() as server:
    client = redis.Redis.from_url(server.url)
"""

from pathlib import Path

import redis

from testbed.processes import LOOPBACK, accepts_connections
from testbed.server import Server


class RedisServer(Server):
    """One Redis server; also a context manager that starts and closes it. It is empty after every start."""

    def __init__(self, directory: Path | None = None, *, port: int = 0) -> None:
        """Choose directory and port (0: a free one); nothing is started yet."""
        super().__init__("Redis", directory, port=port)

    @property
    def url(self) -> str:
        """The URL of database 0."""
        return f"redis://{self.address}/0"

    def answers(self) -> bool:
        """Say whether the server answers PING."""
        if not accepts_connections(self.port):
            return False  # redis-py would retry a refused connection for seconds
        try:
            with redis.Redis(host=LOOPBACK, port=self.port, socket_timeout=1) as client:
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
        }
        return ["redis-server", *(word for option in options.items() for word in option)]
