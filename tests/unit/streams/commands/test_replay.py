"""`supportpulse replay`: what it is called with, and what it says."""

from pathlib import Path

import pytest

from streams.bulk_producer import Delivery
from streams.command_line import run
from streams.commands.replay import report_delivery, speed_of
from streams.errors import UsageError
from streams.kafka_access import KafkaProblem
from streams.progress import CountedProgress


@pytest.mark.parametrize(("text", "speed"), [("max", None), ("1", 1.0), ("0.5", 0.5), ("3600", 3600.0)])
def test_a_speed_is_a_number_or_max(text: str, speed: float | None) -> None:
    """Times real time."""
    assert speed_of(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "inf", "nan", ""])
def test_another_speed_is_wrong_usage(text: str) -> None:
    """Neither standing still nor infinity."""
    with pytest.raises(UsageError, match="--speed"):
        speed_of(text)


def test_a_missing_file_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 2, before Kafka is asked."""
    assert run(["replay", str(tmp_path / "missing"), "--speed", "max"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_was_not_taken_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    """The count of what was sent is printed, and the first errors are named."""
    with CountedProgress("replay", size=None, clock=lambda: 0.0) as progress:
        progress.add(5)
    with pytest.raises(KafkaProblem, match="2 records were not taken: too large; gone"):
        report_delivery(Delivery(acknowledged=3, failed=2, errors=["too large", "gone"]), progress)
    assert capsys.readouterr().out.startswith("3 records sent")
