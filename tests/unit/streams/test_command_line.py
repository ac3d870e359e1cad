"""How commands are found and how they end."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer

from streams import command_line
from streams.command_line import COMMANDS, run
from streams.errors import ConfigurationError, Problem, SupportPulseError, UsageError


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give a command `report` that raises what a test sets as `error`, or ends with its code."""
    module = ModuleType("streams.commands.report")

    def command(
        rest: Annotated[list[str] | None, typer.Argument()] = None,
        number: Annotated[int, typer.Option("--number")] = 0,
    ) -> None:
        """Fail."""
        module.seen = (rest, number)  # type: ignore[attr-defined]  # what a test looks at
        error = getattr(module, "error", None)
        if error is not None:
            raise error

    module.command = command  # type: ignore[attr-defined]  # modules take anything
    monkeypatch.setitem(sys.modules, "streams.commands.report", module)
    return module


def test_help_lists_every_command_without_importing_any(capsys: pytest.CaptureFixture[str]) -> None:
    """Each has one line."""
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


def test_help_starts_without_the_libraries_of_commands() -> None:
    """Neither settings nor Kafka nor Faust are imported for it: that is what keeps it fast."""
    code = (
        "import sys; from streams.command_line import run; run(['--help']); "
        "heavy = {'pydantic', 'faust', 'kafka', 'aiokafka', 'msgspec', 'holidays', 'structlog'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Groups have it for each of their commands, and `--debug` is everywhere."""
    assert importlib.util.find_spec(f"streams.commands.{name.replace('-', '_')}") is not None
    loaded = command_line.load_command(name)
    for inner in getattr(loaded, "commands", {"": loaded}):
        assert run([name, *([inner] if inner else []), "--help"]) == 0
        shown = capsys.readouterr().out
        assert "Example" in shown
        assert f"supportpulse {name}" in shown
        assert "--debug" in shown
        assert "--config" in shown


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            SupportPulseError("no broker answers; start Kafka"),
            1,
            "supportpulse: no broker answers; start Kafka\n",
        ),
        (UsageError("two files; name one"), 2, "supportpulse: two files; name one\n"),
        (
            ConfigurationError([Problem("a", "b", "c"), Problem("d", "e", "f")]),
            2,
            "supportpulse: a: b; c\nsupportpulse: d: e; f\n",
        ),
        (
            RuntimeError("wild\nthings"),
            1,
            "supportpulse: RuntimeError: wild things (call again with --debug for more)\n",
        ),
        (typer.Exit(1), 1, ""),
        (typer.Exit(0), 0, ""),
        (typer.Abort(), 1, "supportpulse: aborted\n"),
    ],
)
def test_error_is_one_line_and_an_exit_code(
    failing: ModuleType, capsys: pytest.CaptureFixture[str], error: Exception, code: int, said: str
) -> None:
    """Nothing on standard output, no traceback."""
    failing.error = error  # type: ignore[attr-defined]  # read by the command
    assert run(["report"]) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", said)


def test_debug_shows_the_traceback(failing: ModuleType) -> None:
    """The exception is let through, wherever the option stands."""
    failing.error = RuntimeError("wild")  # type: ignore[attr-defined]  # read by the command
    for arguments in (["report", "--debug"], ["--debug", "report"]):
        with pytest.raises(RuntimeError, match="wild"):
            run(arguments)


def test_debug_after_the_marker_is_an_argument(failing: ModuleType) -> None:
    """What stands behind `--` is never an option: the command gets it, and errors stay one line."""
    failing.error = RuntimeError("wild")  # type: ignore[attr-defined]  # read by the command
    assert run(["report", "--number", "3", "--", "--debug"]) == 1
    assert failing.seen == (["--debug"], 3)


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reprot"], "No such command 'reprot'. Did you mean 'report'? (see `supportpulse --help`)"),
        (["--bogus"], "No such option: --bogus (see `supportpulse --help`)"),
        (["report", "--bogus"], "No such option: --bogus (see `supportpulse report --help`)"),
    ],
)
def test_wrong_usage_is_one_line_that_points_to_help(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """Exit code 2."""
    assert run(arguments) == 2
    assert capsys.readouterr().err == f"supportpulse: {said}\n"


@pytest.mark.usefixtures("failing")
def test_wrong_value_names_its_option(capsys: pytest.CaptureFixture[str]) -> None:
    """On one line too."""
    assert run(["report", "--number", "many"]) == 2
    shown = capsys.readouterr().err
    assert "--number" in shown
    assert shown.count("\n") == 1


def test_nothing_typed_shows_the_help_as_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """People see what there is; scripts see that they called it wrongly."""
    assert run([]) == 2
    assert "Commands" in capsys.readouterr().out


def test_main_ends_the_process_with_the_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A missing file is wrong configuration."""
    monkeypatch.setattr(
        sys, "argv", ["supportpulse", "check-config", "--config", str(tmp_path / "none.toml")]
    )
    with pytest.raises(SystemExit) as raised:
        command_line.main()
    assert raised.value.code == 2
