"""A server of the testbed owns its directory for as long as it is open."""

import sys
from pathlib import Path

import pytest

from testbed.processes import ServerFailed, accepts_connections
from testbed.server import Server

LISTEN = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        server.accept()[0].close()
"""


class Listener(Server):
    """The smallest server: it accepts connections, or ends at once when its program is broken."""

    program = LISTEN

    def answers(self) -> bool:
        """Say whether it accepts connections."""
        return accepts_connections(self.port)

    def _command(self) -> list[str]:
        return [sys.executable, "-c", self.program, str(self.port)]


def test_a_temporary_directory_goes_with_the_server() -> None:
    """Inside the context it runs, afterwards neither process nor directory is left."""
    with Listener("listener") as server:
        assert server.is_running
        assert server.answers()
        assert server.log_file.parent == server.directory
    assert not server.is_running
    assert not server.directory.exists()


def test_a_directory_of_the_callers_stays(tmp_path: Path) -> None:
    """Data and log can be looked at after the server has gone."""
    with Listener("listener", tmp_path / "data") as server:
        pass
    assert server.log_file.is_file()


def test_a_server_can_be_started_before_its_context(tmp_path: Path) -> None:
    """Entering the context of a running server does not start a second one."""
    server = Listener("listener", tmp_path).start()
    with server as entered:
        assert entered is server
    assert not server.is_running


def test_a_paused_server_can_be_stopped(tmp_path: Path) -> None:
    """Stopping lets it go on first, else it would not see the signal."""
    server = Listener("listener", tmp_path).start()
    server.pause()
    server.stop_seconds = 20
    server.stop()
    assert server.wait() == -15


def test_a_broken_server_is_reported_and_leaves_no_process(tmp_path: Path) -> None:
    """The error holds the end of the log."""
    server = Listener("listener", tmp_path)
    server.program = "raise SystemExit('out of ports')"
    with pytest.raises(ServerFailed, match="out of ports"):
        server.start()
    assert not server.is_running
