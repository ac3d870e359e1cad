"""What every command spells alike: `--config`, `--format`, and how the configuration is loaded."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

if TYPE_CHECKING:
    from streams.settings import Settings

CONFIGURATION_VARIABLE: Final = "SUPPORTPULSE_CONFIG"
"""Names the file where `--config` does not."""

ConfigurationFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar=CONFIGURATION_VARIABLE,
        show_default=False,
        help="TOML or JSON; without it, defaults and SUPPORTPULSE_… variables.",
    ),
]


class OutputFormat(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"


def print_json(document: object) -> None:
    """Print plain data or structs as JSON that people can read."""
    typer.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


Format = Annotated[OutputFormat, typer.Option("--format", help="How the result is printed.")]


def settings_from(file: Path | None) -> Settings:
    """Return the configuration of a file, or the defaults, with this process's environment over it.

    Raises ConfigurationError with every problem there is.
    """
    # Imported when a command runs: reading the models takes 0.3 s, and `--help` needs none of them.
    from streams.settings import load_settings  # noqa: PLC0415

    return load_settings(file, os.environ)
