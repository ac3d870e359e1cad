"""`supportpulse generate`: the files that are made from the program itself, written or checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exporters.alerts.pages import RUNBOOK_FOLDER, alert_pages
from exporters.alerts.rule_file import FILE as RULE_FILE
from exporters.alerts.rule_file import rule_file
from exporters.reference import FILE as METRICS_FILE
from exporters.reference import metric_reference
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
    """Write the metric and configuration references and the schemas; with a configuration its alerts, too.

    Alert rules of Prometheus are made for the windows, queues and promises of a site, runbooks beside them.

    Example: supportpulse generate --config site.toml --directory site/docs --rules site/rules
    """
    places = {directory: generated_files()}
    if config is not None:
        configuration = settings_from(config).engine()
        places[directory] |= alert_pages(configuration)
        places[rules] = {RULE_FILE: rule_file(configuration)}
    differences: dict[str, Difference] = {}
    for folder, files in places.items():
        found = differing(folder, files)
        if not check:
            write(folder, files, found)
        differences |= {str(folder / name): state for name, state in found.items()}
    if output is OutputFormat.JSON:
        listed = [{"file": name, "state": state.value} for name, state in differences.items()]
        typer.echo(json.dumps({"checked": check, "files": listed}))
    else:
        for name, state in differences.items():
            typer.echo(f"{name}: {state if check else _done(state)}")
        if not differences:
            typer.echo("Everything is up to date.")
    if check and differences:
        raise typer.Exit(1)


def generated_files() -> dict[str, str]:
    """Return the content of every generated file by its name below the documentation folder."""
    schemas = {f"{SCHEMAS}/{name}": text for name, text in event_schemas().items()}
    return {METRICS_FILE: metric_reference(), CONFIGURATION_FILE: configuration_reference(), **schemas}


def differing(directory: Path, files: Mapping[str, str]) -> dict[str, Difference]:
    """Return what is missing, outdated or there without being generated, sorted by name."""
    found: dict[str, Difference] = {}
    for name, text in files.items():
        path = directory / name
        if not path.exists():
            found[name] = Difference.MISSING
        elif path.read_bytes() != text.encode():
            found[name] = Difference.OUTDATED
    for folder, ending in ((SCHEMAS, ".json"), (RUNBOOK_FOLDER, ".md")):
        # Where none is made, as without a configuration, what is there is somebody's.
        if any(name.startswith(f"{folder}/") for name in files):
            for path in (directory / folder).glob(f"*{ending}"):
                name = f"{folder}/{path.name}"
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


def _done(state: Difference) -> str:
    return "removed" if state is Difference.SUPERFLUOUS else "written"
