"""`supportpulse demo`: the whole program from packages alone, with numbers that move."""

import re
import signal
import sys
from pathlib import Path

import pytest

from streams.command_line import run
from streams.commands.demo import window_of
from streams.settings import configuration_from_mapping
from testbed.processes import ServerProcess

LINE = re.compile(r"in progress (\d+); last 5m: (\d+) requests, service level of calls (\d+) %")


@pytest.mark.slow
def test_the_demo_shows_moving_numbers_and_ends_when_asked(tmp_path: Path) -> None:
    """Addresses first, then lines with numbers of calls, and no noise; an interrupt ends it in good order."""
    demo = ServerProcess("supportpulse demo", tmp_path / "demo.log")
    demo.spawn([str(Path(sys.executable).with_name("supportpulse")), "demo", "--seconds", "100"])
    try:
        demo.wait_until_ready(lambda: len(set(lines_of(demo))) > 1, seconds=90)  # its log tells why not
        demo.signal(signal.SIGINT)
        assert demo.wait() == 0
    finally:
        demo.kill()
    text = demo.log_file.read_text(encoding="utf-8")
    assert re.search(r"^live numbers +http.+\nmetrics +http://127\.0\.0\.1:\d+/metrics\n", text)
    assert all(int(requests) > 20 for _, requests, _ in lines_of(demo))
    assert "Traceback" not in text
    assert text.endswith("The demo is over.\n")


def lines_of(demo: ServerProcess) -> list[tuple[str, ...]]:
    """Return the numbers of every line so far that has some."""
    return LINE.findall(demo.log_file.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_demo_ends_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    """After the seconds asked for, without noise on standard error."""
    assert run(["demo", "--seconds", "2"]) == 0
    captured = capfd.readouterr()
    assert captured.err == ""
    assert captured.out.endswith("The demo is over.\n")


@pytest.mark.parametrize(
    ("lengths", "window"),
    [(["5m", "1h", "today"], "5m"), (["today", "1h", "15m"], "15m"), (["today"], "today")],
)
def test_the_window_shown_is_five_minutes_or_the_shortest(lengths: list[str], window: str) -> None:
    """`today` only when there is nothing else."""
    assert window_of(configuration_from_mapping({"windows": {"lengths": lengths}})) == window
