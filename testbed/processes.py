"""Start, watch and end one server process of the testbed.

Guarantee: a server that was started is ended by `terminate` or `kill`, and by the kernel when the thread that
started it disappears (`setpriv --pdeathsig`, where util-linux is installed). Readiness is polled with a
deadline, never slept for; a server that dies while it is awaited is reported with the end of its log.
Ports come from below the kernel's ephemeral range: a port from inside it can be taken by an outgoing
connection while the server is down, and a client that reconnects to it can even meet itself.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
PORT_FIRST = 15_000
PORT_LAST = 29_999  # Linux hands out 32768-60999 to outgoing connections
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 25


class ServerFailed(Exception):
    """A server ended by itself or was not ready in time; the message holds the end of its log."""


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on, outside the ephemeral range.

    Raises:
        ServerFailed: no free port was found in 200 attempts.
    """
    chooser = random.SystemRandom()  # a test's fixed seed must not give two processes the same ports
    for _ in range(200):
        port = chooser.randint(PORT_FIRST, PORT_LAST)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((LOOPBACK, port))
                return port
    raise ServerFailed(f"no free port between {PORT_FIRST} and {PORT_LAST}")


def accepts_connections(port: int) -> bool:
    """Say whether something on the loopback interface accepts TCP connections at the port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(claim: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Poll a claim every 50 ms until it holds.

    Raises:
        TimeoutError: it did not hold within the given seconds; the message names what was awaited.
    """
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(POLL_SECONDS)


class ServerProcess:
    """One operating-system process with its output in a file."""

    def __init__(self, name: str, log_file: Path) -> None:
        """Name the server for messages, and the file its output is appended to."""
        self.name = name
        self.log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The operating system's process id; valid only while the server runs."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    def spawn(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start the command in a session of its own, with additions to the environment."""
        assert not self.is_running, f"{self.name} runs already"
        guard = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*guard, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # an interrupt from the keyboard is for the tests, not for it
            )

    def wait_until_ready(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Poll until the server answers.

        Raises:
            ServerFailed: it ended before, or did not answer within the given seconds (it is then killed).
        """
        try:
            wait_until(
                lambda: not self.is_running or is_ready(), seconds=seconds, what=f"start of {self.name}"
            )
        except TimeoutError as error:
            self.kill()
            raise ServerFailed(f"{error}\n{self.log_tail()}") from error
        if not self.is_running:
            raise ServerFailed(f"{self.name} ended while starting\n{self.log_tail()}")

    def terminate(self, *, seconds: float) -> None:
        """Ask the process to end (SIGTERM) and wait; kill it when the given seconds are over."""
        if self._process is None:
            return
        self.signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process at once (SIGKILL) and wait until the kernel has removed it."""
        if self._process is None:
            return
        self.signal(signal.SIGKILL)
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when the process has ended already."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for the process to end by itself and return its exit code."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.wait()

    def log_tail(self) -> str:
        """Return the last lines of the output file, headed by its path."""
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([f"end of {self.log_file}:", *lines[-LOG_TAIL_LINES:]])
