"""`verify` without servers: its help, its errors as one line."""

import pytest

from streams.command_line import run


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """And says that the exit code tells."""
    assert run(["verify", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "Example: supportpulse verify" in printed
    assert "--format" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--address", "http://127.0.0.1:1"], 1, "is a worker or exporter running there?"),
        (["--address", "nowhere"], 2, "write the address as http://127.0.0.1:9464"),
        (["--format", "xml"], 2, "xml"),
    ],
)
def test_what_goes_wrong_is_one_line(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 a problem, 2 wrong usage."""
    assert run(["verify", *arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
