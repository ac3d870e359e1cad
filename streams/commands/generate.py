"""`supportpulse generate`: the files that are made from the program itself, written or checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exporters.alerts.pages import RUNBOOK_FOLDER, alert_pages
from exporters.alerts.rule_file import FILE as RULE_FILE
from exporters.alerts.rule_file import rule_file
from exporters.reference import FILE as METRICS_FILE
from exporters.reference import metric_reference
from streams.asyncapi import FILE as ASYNCAPI_FILE
from streams.asyncapi import asyncapi
from streams.commands.options import ConfigurationFile, Format, OutputFormat, settings_from
from streams.schemas import event_schemas
from streams.settings_reference import reference as configuration_reference

CONFIGURATION_FILE = "configuration.md"
SCHEMAS = "schemas"

Directory = Annotated[
    Path, typer.Option("--directory", metavar="FOLDER", help="Where the documentation lies.")
]
Rules = Annotated[Path, typer.Option("--rules", metavar="FOLDER", help="Where the rules of Prometheus lie.")]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; name what differs and end with 1 if anything does.")
]


class Difference(StrEnum):
    """How a file is not what it should be."""

    MISSING = "missing"
    OUTDATED = "outdated"
    SUPERFLUOUS = "superfluous"


def command(
    *,
    check: Check = False,
    directory: Directory = Path("docs"),
    rules: Rules = Path("deploy/prometheus/rules"),
    config: ConfigurationFile = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """Write the references of metrics and configuration, schemas, AsyncAPI; with a configuration its alerts.

    Alert rules of Prometheus are made for the windows, queues and promises of a site, runbooks beside them.

    Example: supportpulse generate --config site.toml --directory site/docs --rules site/rules
    """
    files, patterns = generated_files(), [f"{SCHEMAS}/*.json"]
    places: list[tuple[Path, Mapping[str, str], Sequence[str]]] = [(directory, files, patterns)]
    if config is not None:
        configuration = settings_from(config).engine()
        files |= alert_pages(configuration)
        patterns.append(f"{RUNBOOK_FOLDER}/*.md")
        places.append((rules, {RULE_FILE: rule_file(configuration)}, ()))
    differences: dict[str, Difference] = {}
    for folder, made, only_made in places:
        found = differing(folder, made, only_made)
        if not check:
            write(folder, made, found)
        differences |= {str(folder / name): state for name, state in found.items()}
    if output is OutputFormat.JSON:
        listed = [{"file": name, "state": state.value} for name, state in differences.items()]
        typer.echo(json.dumps({"checked": check, "files": listed}))
    else:
        for name, state in differences.items():
            typer.echo(f"{name}: {state if check else done(state)}")
        if not differences:
            typer.echo("Everything is up to date.")
    if check and differences:
        raise typer.Exit(1)


def generated_files() -> dict[str, str]:
    """Return the content of every generated file by its name below the documentation folder."""
    schemas = {f"{SCHEMAS}/{name}": text for name, text in event_schemas().items()}
    return {
        METRICS_FILE: metric_reference(),
        CONFIGURATION_FILE: configuration_reference(),
        ASYNCAPI_FILE: asyncapi(),
        **schemas,
    }


def differing(directory: Path, files: Mapping[str, str], generated: Sequence[str]) -> dict[str, Difference]:
    """Return what is missing, outdated or there without being generated, sorted by name.

    generated: patterns of names below the folder that only this program writes.
    """
    found: dict[str, Difference] = {}
    for name, text in files.items():
        path = directory / name
        if not path.exists():
            found[name] = Difference.MISSING
        elif path.read_bytes() != text.encode():
            found[name] = Difference.OUTDATED
    for path in (path for pattern in generated for path in directory.glob(pattern)):
        name = path.relative_to(directory).as_posix()
        if name not in files:
            found[name] = Difference.SUPERFLUOUS
    return dict(sorted(found.items()))


def write(directory: Path, files: Mapping[str, str], differences: Mapping[str, Difference]) -> None:
    """Bring the files that differ up to date."""
    for name, state in differences.items():
        path = directory / name
        if state is Difference.SUPERFLUOUS:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name].encode())


def done(state: Difference) -> str:
    """Return what was done about a difference."""
    return "removed" if state is Difference.SUPERFLUOUS else "written"
