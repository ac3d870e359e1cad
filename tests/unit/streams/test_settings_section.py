"""What all sections have in common."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from streams.settings_section import Section, secret


class Door(Section):
    """A section with one key."""

    width: float = 1.0


def test_unknown_keys_and_numbers_that_are_none_are_refused() -> None:
    """A misspelt key is an error, and so is infinity."""
    for wrong in ({"with": 2.0}, {"width": float("inf")}):
        with pytest.raises(ValidationError):
            Door.model_validate(wrong)


def test_secret_is_the_file_before_the_text_and_none_without_either(tmp_path: Path) -> None:
    """A file that is gone is an error, not an empty secret."""
    file = tmp_path / "secret"
    file.write_text(" s \n")
    assert secret("", file) == "s"
    assert secret("t", None) == "t"
    assert secret("", None) is None
    with pytest.raises(FileNotFoundError):
        secret("", tmp_path / "none")
