"""`supportpulse check-config`, from the command line inwards."""

import json
import os
from pathlib import Path

import pytest

from aggregators.catalogue import estimated_series
from streams.command_line import run
from streams.settings import load_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the configuration of the person who runs the tests out of them."""
    for variable in os.environ:
        if variable.startswith("SUPPORTPULSE_"):
            monkeypatch.delenv(variable)


def test_right_configuration_is_summed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What it resolves to, the estimated number of series, notes, exit code 0."""
    file = tmp_path / "a.toml"
    file.write_text('[site]\nname = "Berlin"\n[windows]\nlengths = ["7d"]\n[sla.resolution]\nurgent = "2h"\n')
    assert run(["check-config", "--config", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "Berlin, UTC" in shown
    assert "urgent 2h (calendar)" in shown
    assert f"estimated series  {estimated_series(load_settings(file).engine())}" in shown
    assert "note: windows.lengths: 7d is longer than the horizon" in shown


def test_wrong_configuration_names_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line each on standard error, exit code 2."""
    file = tmp_path / "a.toml"
    file.write_text('[site]\nnam = 1\n[http]\nhost = "0.0.0.0"\n')
    assert run(["check-config", "--config", str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line.split(": ")[1] for line in shown.err.splitlines()] == ["site.nam", "http.host"]


def test_json_has_problems_or_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs: the same either way, with the same exit codes."""
    file = tmp_path / "a.json"
    file.write_text('{"clock": {"mode": "sun"}}')
    assert run(["check-config", "--config", str(file), "--format", "json"]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem == {
        "path": "clock.mode",
        "message": "'sun' is not known",
        "remedy": "choose one of 'wall' or 'event'",
    }
    file.write_text("{}")
    assert run(["check-config", "--config", str(file), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["problems"] == []
    assert shown["estimated_series"] > 0
    assert shown["fingerprint"] == load_settings(file).engine().fingerprint


def test_environment_names_the_file_and_overrides_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a container, where nothing is typed."""
    file = tmp_path / "a.toml"
    file.write_text('[site]\nname = "Berlin"\n')
    monkeypatch.setenv("SUPPORTPULSE_CONFIG", str(file))
    monkeypatch.setenv("SUPPORTPULSE_SITE__TIME_ZONE", "Europe/Berlin")
    assert run(["check-config"]) == 0
    assert "Berlin, Europe/Berlin" in capsys.readouterr().out


def test_output_never_shows_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither as text nor as JSON."""
    file = tmp_path / "a.toml"
    file.write_text('[http]\ntoken = "hunter2"\n[redis]\nurl = "redis://:hunter2@r"\n')
    for form in ("table", "json"):
        assert run(["check-config", "--config", str(file), "--format", form]) == 0
        assert "hunter2" not in capsys.readouterr().out
