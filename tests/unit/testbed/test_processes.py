"""A server process is awaited by what it answers, ends when told, and explains itself when it fails."""

import signal
import socket
import sys
from pathlib import Path

import pytest

from testbed.processes import (
    LOOPBACK,
    PORT_FIRST,
    PORT_LAST,
    ServerFailed,
    ServerProcess,
    accepts_connections,
    free_port,
    wait_until,
)

LISTENER = """
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN if sys.argv[2] == "stubborn" else lambda *_: sys.exit(0))
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        server.accept()[0].close()
"""


def listener(folder: Path, port: int, *, manner: str = "polite") -> ServerProcess:
    """Start a process that accepts connections."""
    process = ServerProcess("listener", folder / "listener.log")
    process.spawn([sys.executable, "-c", LISTENER, str(port), manner])
    process.wait_until_ready(lambda: accepts_connections(port), seconds=20)
    return process


def test_a_free_port_can_be_bound_and_is_not_ephemeral() -> None:
    """The port lies below the range of outgoing connections and nobody has it."""
    port = free_port()
    assert PORT_FIRST <= port <= PORT_LAST
    with socket.create_server((LOOPBACK, port)):
        assert accepts_connections(port)
    assert not accepts_connections(port)


def test_a_server_runs_until_it_is_terminated(tmp_path: Path) -> None:
    """After termination the process is gone and its port is free."""
    port = free_port()
    process = listener(tmp_path, port)
    assert process.is_running
    assert process.process_id > 0
    process.terminate(seconds=20)
    assert not process.is_running
    assert not accepts_connections(port)
    assert process.wait() == 0


def test_a_server_that_ignores_termination_is_killed(tmp_path: Path) -> None:
    """The time it is given ends, then it ends."""
    process = listener(tmp_path, free_port(), manner="stubborn")
    process.terminate(seconds=0.2)
    assert process.wait() == -signal.SIGKILL


def test_kill_ends_at_once_and_twice_is_harmless(tmp_path: Path) -> None:
    """The second kill and a later termination find nothing to do."""
    process = listener(tmp_path, free_port())
    process.kill()
    process.kill()
    process.terminate(seconds=1)
    assert process.wait() == -signal.SIGKILL


def test_a_server_that_ends_while_starting_shows_its_log(tmp_path: Path) -> None:
    """The error holds what the server printed last."""
    process = ServerProcess("failing", tmp_path / "failing.log")
    process.spawn([sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"])
    with pytest.raises(ServerFailed, match=r"failing ended while starting\n(.*\n)*the disk is full"):
        process.wait_until_ready(lambda: False, seconds=20)


def test_a_server_that_never_answers_is_killed_and_reported(tmp_path: Path) -> None:
    """The deadline ends the wait and the process."""
    process = ServerProcess("silent", tmp_path / "silent.log")
    process.spawn([sys.executable, "-c", "import signal; signal.pause()"])
    with pytest.raises(ServerFailed, match=r"start of silent did not happen within 0\.2 s"):
        process.wait_until_ready(lambda: False, seconds=0.2)
    assert not process.is_running


def test_waiting_names_what_was_awaited() -> None:
    """A claim that holds returns at once; one that never holds raises with its name."""
    wait_until(lambda: True, seconds=0, what="nothing")
    with pytest.raises(TimeoutError, match=r"the miracle did not happen within 0\.1 s"):
        wait_until(lambda: False, seconds=0.1, what="the miracle")
