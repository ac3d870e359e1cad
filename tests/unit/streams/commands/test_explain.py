"""`supportpulse explain`, as a person types it; tests/kafka/test_explain.py asks a running worker."""

import json
from pathlib import Path

import pytest

from streams.command_line import run

EVENT = (
    '{{"specversion":"1.0","id":"{kind}","source":"/pbx","type":"call.{kind}","subject":"call-1",'
    '"time":"2026-03-02T10:00:{second:02}Z","data":{data}}}\n'
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Give the file of a call that was answered after eight seconds, and of a line that is none."""
    written = tmp_path / "calls.ndjson"
    written.write_text(
        EVENT.format(kind="offered", second=0, data='{"queue":"sales"}')
        + EVENT.format(kind="answered", second=8, data="{}")
        + "nonsense\n",
        encoding="utf-8",
    )
    return str(written)


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """And names the ways to ask."""
    assert run(["explain", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "Example: supportpulse explain" in printed
    assert "--queue" in printed


def test_files_are_explained_to_the_millisecond(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON: the sums, the case, the bounds as they were stated; the bad line is named."""
    window = "2026-03-02T10:00:00Z..2026-03-02T10:00:08.001Z"
    arguments = ["answer_seconds", file, "--queue", "sales", "--window", window, "--format", "json"]
    assert run(["explain", *arguments]) == 0
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert answer["behind"] == [{"measure": "answer_seconds", "times": 1, "seconds": 8.0}]
    assert [case["case"] for case in answer["cases"]] == ["call-1"]
    assert answer["to"] == "2026-03-02T10:00:08.001Z"
    assert f"{file}:3: refused" in printed.err


def test_a_table_names_what_stands_behind(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Half an hour until the newest event; and where nothing happened it says so."""
    assert run(["explain", "answered", file, "--window", "30m"]) == 0
    printed = capsys.readouterr().out
    assert "answered of everything" in printed
    assert "1 × answered" in printed
    assert "call-1" in printed
    assert run(["explain", "support_window_abandoned", file, "--channel", "phone", "--queue", "sales"]) == 0
    printed = capsys.readouterr().out
    assert "abandoned of phone sales" in printed
    assert "nothing is there" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["answered", "--address", "http://127.0.0.1:1"], 1, "is a worker or exporter running there?"),
        (["answered", "--address", "nowhere"], 2, "write the address as http://127.0.0.1:9464"),
        (["answered", "missing.ndjson"], 2, "missing.ndjson"),
        (["--queue", "sales"], 2, "metric"),
    ],
)
def test_what_goes_wrong_is_one_line(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 a problem, 2 wrong usage."""
    assert run(["explain", *arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_of_the_state_it_is_that_of_the_newest_event(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The call is being handled; a number that there is not has no case."""
    assert run(["explain", "support_open_cases", file]) == 0
    printed = capsys.readouterr().out
    assert "2026-03-02T10:00:08.000Z: Cases not solved" in printed
    assert "1 × in_progress" in printed
    assert "call-1" in printed
    assert run(["explain", "sla_at_risk_cases", file]) == 0
    assert "nothing is there" in capsys.readouterr().out


def test_a_metric_that_cannot_be_explained_is_refused(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says which can; a statistic that there is not is refused, too."""
    assert run(["explain", "support_queue_info", file]) == 2
    assert "ask for a window metric" in capsys.readouterr().err
    assert run(["explain", "answer_seconds", file, "--stat", "p99"]) == 2
    assert "one of mean, p50, p90, p95, max" in capsys.readouterr().err
