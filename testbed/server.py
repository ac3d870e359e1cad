"""One server of the testbed with its directory and port: start it, end it in three ways, and start it again.

Guarantee: `start` returns when the server answers its own protocol; after `stop` or `kill`, `start` brings it
back at the same port with the same directory; `close`, also by leaving the context, leaves nothing behind.
"""

import shutil
import signal
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from testbed.processes import LOOPBACK, ServerProcess, free_port


class Server(ABC):
    """What Kafka, Prometheus and Redis have in common."""

    start_seconds = 30.0
    stop_seconds = 30.0

    def __init__(self, name: str, directory: Path | None = None, *, port: int = 0) -> None:
        """Choose where the server lives; nothing is started yet.

        Args:
            name: what messages call the server.
            directory: keeps data and log; without one a temporary directory that `close` removes.
            port: TCP port on the loopback interface; 0 chooses a free one.
        """
        self._is_temporary = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="supportpulse-testbed-"))
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self._process = ServerProcess(name, self.directory / "server.log")

    @property
    def address(self) -> str:
        """Where the server listens, as host:port."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def log_file(self) -> Path:
        """The file with the server's own log."""
        return self._process.log_file

    @property
    def is_running(self) -> bool:
        """Whether the server's process lives."""
        return self._process.is_running

    @abstractmethod
    def answers(self) -> bool:
        """Say whether the server answers its protocol; called every 50 ms while it starts, may not raise."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Write what the server reads at start and return its command line; called before every start."""

    def start(self) -> Self:
        """Start the server, also again after `stop` or `kill`, and wait until it answers.

        Raises:
            ServerFailed: it ended or did not answer in time; the message holds the end of its log.
        """
        self._process.spawn(self._command())
        self._process.wait_until_ready(self.answers, seconds=self.start_seconds)
        return self

    def stop(self) -> None:
        """End the server in good order (SIGTERM); its directory stays."""
        self.resume()  # a paused process would not see the signal
        self._process.terminate(seconds=self.stop_seconds)

    def kill(self) -> None:
        """End the server without warning (SIGKILL); its directory stays."""
        self._process.kill()

    def pause(self) -> None:
        """Freeze the server (SIGSTOP): connections stay open and nothing answers."""
        self._process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on (SIGCONT)."""
        self._process.signal(signal.SIGCONT)

    def wait(self) -> int:
        """Wait for the server to end by itself and return its exit code."""
        return self._process.wait()

    def close(self) -> None:
        """Stop the server and remove its directory when that was a temporary one."""
        self.stop()
        if self._is_temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        """Start the server, unless it runs."""
        return self if self.is_running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the server."""
        self.close()
