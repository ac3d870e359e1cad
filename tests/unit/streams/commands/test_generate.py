"""`supportpulse generate`: files written, differences named, the project's own documentation up to date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exporters.alerts.rule_file import FILE as RULE_FILE
from streams.command_line import run
from testbed.project_files import PROJECT

DOCUMENTATION = PROJECT / "docs"


def generate(folder: Path, *options: str) -> int:
    """Run the command on a folder and return its exit code."""
    return run(["generate", "--directory", str(folder), *options])


def test_what_it_writes_passes_its_own_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder differs; after writing nothing does."""
    assert generate(tmp_path, "--check") == 1
    assert f"{tmp_path / 'metrics.md'}: missing" in capsys.readouterr().out
    assert not list(tmp_path.iterdir()), "a check writes nothing"
    assert generate(tmp_path) == 0
    capsys.readouterr()
    assert generate(tmp_path, "--check") == 0
    assert capsys.readouterr().out == "Everything is up to date.\n"
    assert (tmp_path / "schemas" / "call.offered.schema.json").exists()


def test_every_kind_of_difference_is_named_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file changed by hand, one deleted, one left over from an event type that is gone."""
    generate(tmp_path)
    (tmp_path / "metrics.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "schemas" / "call.offered.schema.json").unlink()
    (tmp_path / "schemas" / "call.gone.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "written-by-people.md").write_text("stays", encoding="utf-8")
    capsys.readouterr()
    assert generate(tmp_path, "--check", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "checked": True,
        "files": [
            {"file": f"{tmp_path}/metrics.md", "state": "outdated"},
            {"file": f"{tmp_path}/schemas/call.gone.schema.json", "state": "superfluous"},
            {"file": f"{tmp_path}/schemas/call.offered.schema.json", "state": "missing"},
        ],
    }
    assert generate(tmp_path) == 0
    assert generate(tmp_path, "--check") == 0
    assert not (tmp_path / "schemas" / "call.gone.schema.json").exists()
    assert (tmp_path / "written-by-people.md").read_text(encoding="utf-8") == "stays"


def test_named_configuration_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong one ends it before anything is written; a right one adds its alerts."""
    file = tmp_path / "a.toml"
    file.write_text("[sight]\n", encoding="utf-8")
    folder = tmp_path / "docs"
    options = ("--config", str(file), "--rules", str(tmp_path / "rules"))
    assert generate(folder, *options) == 2
    assert "sight: unknown key" in capsys.readouterr().err
    assert not folder.exists()
    file.write_text('[windows]\nlengths = ["20m"]\n', encoding="utf-8")
    assert generate(folder, *options) == 0
    assert generate(folder, "--check") == 0
    assert 'window="20m"' in (tmp_path / "rules" / RULE_FILE).read_text(encoding="utf-8")
    assert (folder / "runbooks" / "CallsBlocked.md").exists()
    (folder / "runbooks" / "Gone.md").write_text("", encoding="utf-8")
    assert generate(folder, *options, "--check") == 1


def test_the_projects_documentation_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever changes the catalogue, the configuration or an event runs `supportpulse generate`."""
    site = PROJECT / "deploy" / "supportpulse.example.toml"
    options = ("--config", str(site), "--rules", str(PROJECT / "deploy" / "prometheus" / "rules"))
    assert generate(DOCUMENTATION, *options, "--check") == 0, capsys.readouterr().out
