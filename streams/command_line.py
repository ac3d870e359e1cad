"""The command `supportpulse`: what it is called with, and how it ends.

Guarantee: exit code 0 ok, 1 a problem was found, 2 wrong usage or configuration; whatever goes wrong is one
line on standard error for each problem, and a traceback only with `--debug`.
A command's module is imported when it is called, so that `--help` and a mistyped name answer in 0.3 s.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

PROGRAM: Final = "supportpulse"
DEBUG: Final = "--debug"

COMMANDS: Final[dict[str, str]] = {
    "run": "Process the source topics; serve metrics and the live view.",
    "exporter": "The merged view of a fleet, from Redis.",
    "demo": "Everything in one process on simulated events; works offline.",
    "simulate": "Events of a plausible support centre, to Kafka or a file.",
    "replay": "Send recorded events to Kafka, at any speed.",
    "report": "Compute the metrics of files, without Kafka.",
    "explain": "The cases and values behind a number, live or from files.",
    "verify": "Recount the topics and compare the live view, number by number.",
    "topics": "Create the topics, or check them.",
    "dead-letters": "List, show or replay refused records.",
    "check-config": "Check the configuration; every problem at once.",
    "doctor": "Check the configuration with everything that it connects to.",
    "generate": "Metric reference, schemas and AsyncAPI from the catalogue.",
}
"""Name → one line for `--help`; the module is `streams.commands.<name with _>`."""


class LazyGroup(TyperGroup):
    """The commands by name and summary; the one that is called is imported."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  # handed through to Typer as it is
        super().__init__(**attributes)
        for name, summary in COMMANDS.items():
            self.add_command(TyperCommand(name, help=summary))

    # Typer's classes for contexts and commands are private since it carries its own copy of click.
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Return the real command in place of its summary."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else load_command(name), rest


def load_command(name: str) -> Any:  # noqa: ANN401  # Typer's type of commands is private
    """Import the module of a command and return it as Typer runs it, with `--debug` among its options.

    Raises KeyError for a name that is not listed.
    """
    assert name in COMMANDS
    module = import_module(f"streams.commands.{name.replace('-', '_')}")
    application = getattr(module, "application", None)
    if application is None:
        application = typer.Typer(add_completion=False)
        application.command(name)(module.command)
    loaded = get_command(application)
    _add_debug(loaded)
    return loaded


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; what goes wrong is printed on standard error.

    arguments: as typed, without the program's name.
    """
    if not arguments:
        run(["--help"])
        return 2
    before, marker, rest = _split(list(arguments))
    is_debugging = DEBUG in before
    try:
        result = get_command(_application)(
            args=[*(argument for argument in before if argument != DEBUG), *marker, *rest],
            prog_name=PROGRAM,
            standalone_mode=False,
        )
    except Exception as error:  # the last line of defence: no traceback reaches an operator unasked
        if is_debugging:
            raise
        return _explain(error)
    return result if isinstance(result, int) else 0


def main() -> None:
    """Run the command that this process was called with, and end it."""
    sys.exit(run(sys.argv[1:]))


def _explain(error: Exception) -> int:
    """Print what went wrong and return the exit code for it."""
    # Imported only here: a good call needs neither.
    from streams.errors import SupportPulseError  # noqa: PLC0415

    if isinstance(error, SupportPulseError):
        for line in str(error).splitlines():
            typer.echo(f"{PROGRAM}: {line}", err=True)
        return error.exit_code
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        path = PROGRAM if context is None else context.command_path
        message = " ".join(error.format_message().split()).replace("Value error, ", "").rstrip(".")
        typer.echo(f"{PROGRAM}: {message} (see `{path} --help`)", err=True)
        return error.exit_code
    if isinstance(error, typer.Abort):
        typer.echo(f"{PROGRAM}: aborted", err=True)
        return 1
    detail = " ".join(str(error).split())
    typer.echo(f"{PROGRAM}: {type(error).__name__}: {detail} (call again with {DEBUG} for more)", err=True)
    return 1


def _split(arguments: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the arguments before `--`, that marker, and those after it, which are never options."""
    place = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:place], arguments[place : place + 1], arguments[place + 1 :]


def _add_debug(command: Any) -> None:  # noqa: ANN401  # Typer's type of commands is private
    """Show `--debug` in the help of a command and of those below it; `run` has taken it out by then."""
    if isinstance(command, TyperGroup):
        for inner in command.commands.values():
            _add_debug(inner)
    else:
        command.params.append(_debug_option())


def _debug_option() -> Any:  # noqa: ANN401  # Typer's type of options is private
    carrier = typer.Typer(add_completion=False)

    @carrier.command()
    def carry(
        *,
        debug: Annotated[
            bool,
            typer.Option(DEBUG, help="Show the traceback of an error.", show_default=False),
        ] = False,
    ) -> None:
        """Carry the option; it is never called."""

    option = get_command(carrier).params[0]
    option.expose_value = False
    return option


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        # Imported only here: reading metadata needs a mail parser, 40 ms that `--help` does not have to wait.
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


_application = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: supportpulse demo",
)


@_application.callback()
def _root(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda value: _print_version(is_asked=value),
            is_eager=True,
            help="Print the version.",
            show_default=False,
        ),
    ] = False,
) -> None:
    """Exact support-centre metrics from Kafka events, out to Prometheus."""
