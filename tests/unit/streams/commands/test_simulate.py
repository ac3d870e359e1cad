"""`supportpulse simulate`: files that can be made again byte for byte, and periods that Kafka takes."""

import gzip
import json
import time
from pathlib import Path

import pytest

from streams.command_line import run
from streams.commands.simulate import period
from streams.errors import UsageError
from streams.simulation.plan import DAY, EXAMPLE_START


def test_a_file_is_the_same_every_time(tmp_path: Path) -> None:
    """Packed and plain, and another seed gives another one."""
    names = ["a.ndjson", "b.ndjson", "c.ndjson.gz", "d.ndjson.gz", "e.ndjson"]
    for name in names:
        seed = "2" if name.startswith("e") else "1"
        options = ["--seed", seed, "--duration", "1h", "--start", "2026-03-02T09:00:00Z"]
        assert run(["simulate", *options, "--output", str(tmp_path / name)]) == 0
    a, b, c, d, e = ((tmp_path / name).read_bytes() for name in names)
    assert a == b == gzip.decompress(c)
    assert c == d
    assert a != e
    events = [json.loads(line) for line in a.splitlines()]
    assert len(events) > 1_000
    assert {event["time"][:13] for event in events} == {"2026-03-02T09"}


def test_standard_output_can_be_the_file(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Only events are in it."""
    assert run(["simulate", "--duration", "1m", "--output", "-"]) == 0
    assert all(json.loads(line) for line in capfdbinary.readouterr().out.splitlines())


def test_a_disturbed_file_has_the_same_events(tmp_path: Path) -> None:
    """Some twice, some late."""
    options = ["simulate", "--duration", "9h", "--output"]
    assert run([*options, str(tmp_path / "quiet")]) == 0
    assert run([*options, str(tmp_path / "disturbed"), "--disturbed"]) == 0
    quiet, disturbed = ((tmp_path / name).read_bytes().splitlines() for name in ("quiet", "disturbed"))
    assert set(quiet) == set(disturbed)
    assert len(disturbed) > len(quiet)
    assert disturbed[: len(quiet)] != quiet


def test_a_file_holds_a_monday_unless_told_otherwise() -> None:
    """Reproducible without any option."""
    assert period(None, None, is_file=True, is_fast=False) == (EXAMPLE_START, DAY)
    assert period("1970-01-01T00:00:01Z", "2h", is_file=True, is_fast=False) == (1_000, DAY // 12)


def test_what_goes_to_kafka_at_once_lies_in_the_past() -> None:
    """Events from the future would be refused; in real time it begins now and does not end."""
    before = int(time.time() * 1000)
    fast, length = period(None, "1h", is_file=False, is_fast=True)
    live, endless = period(None, None, is_file=False, is_fast=False)
    assert before - DAY // 24 <= fast <= live - DAY // 24 + 10_000
    assert (length, endless) == (DAY // 24, None)
    assert live >= before


@pytest.mark.parametrize(
    "options",
    [
        ["--rate", "0"],
        ["--rate", "-5"],
        ["--rate", "nan"],
        ["--duration", "soon"],
        ["--start", "monday"],
        ["--output", "/no/such/folder/file"],
    ],
)
def test_wrong_usage_is_one_line(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, the option named, no traceback."""
    assert (
        run(["simulate", "--duration", "1s", *options, *([] if "--output" in options else ["--output", "-"])])
        == 2
    )
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert options[0] in error


def test_a_start_must_be_a_time() -> None:
    """With its offset."""
    with pytest.raises(UsageError, match="2026-03-02T08:00:00Z"):
        period("2026-03-02T08:00:00", None, is_file=True, is_fast=False)
