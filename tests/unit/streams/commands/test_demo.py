"""`supportpulse demo`: the whole program from packages alone, with numbers that move."""

import re
import socket

import pytest

from streams.command_line import run
from streams.commands.demo import window_of, with_free_port
from streams.settings import configuration_from_mapping


@pytest.mark.slow
def test_the_demo_shows_moving_numbers_and_ends_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    """Addresses first, then lines with numbers of calls, and no noise on standard error."""
    assert run(["demo", "--seconds", "20"]) == 0
    captured = capfd.readouterr()
    assert captured.err == ""
    assert re.search(r"metrics +http://127\.0\.0\.1:\d+/metrics", captured.out)
    lines = re.findall(
        r"in progress (\d+); last 5m: (\d+) requests, service level of calls (\d+) %", captured.out
    )
    assert len(lines) >= 2
    assert len(set(lines)) >= 2
    assert all(int(requests) > 20 for _, requests, _ in lines)
    assert captured.out.endswith("The demo is over.\n")


def test_a_taken_port_is_replaced() -> None:
    """Two demos side by side; a free port stays as configured."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = configuration_from_mapping({"http": {"port": port}})
        assert with_free_port(settings).http.port == 0
    assert with_free_port(settings).http.port == port


@pytest.mark.parametrize(
    ("lengths", "window"),
    [(["5m", "1h", "today"], "5m"), (["today", "1h", "15m"], "15m"), (["today"], "today")],
)
def test_the_window_shown_is_five_minutes_or_the_shortest(lengths: list[str], window: str) -> None:
    """`today` only when there is nothing else."""
    assert window_of(configuration_from_mapping({"windows": {"lengths": lengths}})) == window
