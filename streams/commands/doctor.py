"""`supportpulse doctor`: the configuration and everything it connects to, check by check."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.commands.options import ConfigurationFile, Format, OutputFormat, print_json
from streams.diagnosis.gathering import gather
from streams.diagnosis.judgement import exit_code, findings
from streams.diagnosis.verdicts import Finding, Result

_COUNTED = {"problem": "problems", "warning": "warnings", "skipped": "skipped", "ok": "ok"}
_STYLES = {Result.OK: "green", Result.WARNING: "yellow", Result.PROBLEM: "bold red", Result.SKIPPED: "dim"}


def command(
    address: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="A worker or exporter to ask, beside the [http] of the configuration; repeatable.",
            show_default=False,
        ),
    ] = None,
    config: ConfigurationFile = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """Look at an installation, running or not yet: what is well, what is wrong, and what to do about it.

    Reads only: nothing is created, written or committed. Ends with 1 when there is a problem, with 2 when the
    configuration is wrong; warnings and skipped checks leave it at 0.

    Example: supportpulse doctor --config supportpulse.toml --address http://worker-1:9464
    """
    facts = gather(config, os.environ, address or ())
    found = findings(facts)
    if output is OutputFormat.JSON:
        print_json({"at": facts.now, "counts": counts(found), "checks": found})
    elif sys.stdout.isatty():
        _print_table(found)
    else:
        _print_lines(found)
    if code := exit_code(found):
        raise typer.Exit(code)


def counts(found: Sequence[Finding]) -> dict[str, int]:
    """Return result → number of findings, of every result there is."""
    counted = Counter(each.result for each in found)
    return {result.value: counted[result] for result in Result}


def summary(found: Sequence[Finding]) -> str:
    """Return all findings in one line."""
    counted = counts(found)
    return ", ".join(f"{counted[each]} {name}" for each, name in _COUNTED.items())


def _print_table(found: Sequence[Finding]) -> None:
    table = Table("check", "result", "what is so, and what to do", box=None)
    before = ""
    for each in found:
        said = Text(each.text)
        if each.remedy:
            said.append(f"\n→ {each.remedy}", "bold")
        table.add_row(
            "" if each.check == before else each.check, Text(each.result.value, _STYLES[each.result]), said
        )
        before = each.check
    console = Console()
    console.print(table)
    console.print(summary(found), highlight=False)


def _print_lines(found: Sequence[Finding]) -> None:
    for each in found:
        remedy = f"; {each.remedy}" if each.remedy else ""
        typer.echo(f"{each.result.value:<8} {each.check:<14} {each.text}{remedy}")
    typer.echo(summary(found))
