"""Options that commands share."""

from pathlib import Path

import pytest

from streams.commands.options import settings_from
from streams.errors import ConfigurationError


def test_settings_come_from_file_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This is the one place where the process's environment is read."""
    file = tmp_path / "a.toml"
    file.write_text('[kafka]\nbootstrap = "a:1"\ngroup = "g"\n')
    monkeypatch.setenv("SUPPORTPULSE_KAFKA__BOOTSTRAP", "b:2")
    settings = settings_from(file)
    assert (settings.kafka.bootstrap, settings.kafka.group) == ("b:2", "g")


def test_wrong_variable_is_a_problem_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped variable must not pass unseen."""
    monkeypatch.setenv("SUPPORTPULSE_KAFKA__BOOTSTRAPS", "b:2")
    with pytest.raises(ConfigurationError, match="SUPPORTPULSE_KAFKA__BOOTSTRAPS"):
        settings_from(None)
