"""`supportpulse report`: the same engine over files, without Kafka."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from exporters.prometheus_text import PrometheusText
from streams.commands.options import ConfigurationFile, settings_from
from streams.event_files import Line, lines_of
from streams.event_time import iso
from streams.report import Report, as_document, moment_from, read_events, report_on, window_from
from streams.report_tables import print_report

_SHOWN_REFUSED = 20
"""Refused lines named one by one; the rest are counted, so that a wrong file does not flood a terminal."""


class ReportFormat(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    JSON = "json"
    PROMETHEUS = "prometheus"


def command(
    files: Annotated[list[str], typer.Argument(help="NDJSON of events, .gz too; - is standard input.")],
    config: ConfigurationFile = None,
    window: Annotated[list[str] | None, typer.Option(help="FROM..TO, repeatable.")] = None,
    at: Annotated[list[str] | None, typer.Option(help="A moment whose state is shown, repeatable.")] = None,
    output: Annotated[ReportFormat, typer.Option("--format", help="How it is printed.")] = ReportFormat.TABLE,
) -> None:
    """Compute the metrics of event files: any window, the state at any moment.

    The order of lines and files does not matter. Refused lines are named on standard error and do not stop
    it; --format json names all of them. Without --window and --at: the whole log, and the state at its end.

    Example: supportpulse report january.ndjson.gz --window 1999-01-05..1999-01-06 --at 1999-01-05T11:00:00Z
    """
    settings = settings_from(config)
    engine = settings.engine()
    zone = engine.time_zone
    windows = [window_from(text, zone) for text in window or ()]
    moments = [moment_from(text, zone) for text in at or ()]
    refusals = Refusals(limit=_SHOWN_REFUSED if output is ReportFormat.TABLE else None)
    events, refused = read_events(lines_of(files), refusals.tell)
    report = report_on(events, engine, windows, moments, refused)
    refusals.close(report)
    if output is ReportFormat.JSON:
        sys.stdout.buffer.write(msgspec.json.encode(as_document(report)) + b"\n")
    elif output is ReportFormat.PROMETHEUS:
        sys.stdout.buffer.write(_as_prometheus(report))
    else:
        print_report(report, Console(width=None if sys.stdout.isatty() else 160), zone)


class Refusals:
    """Names refused lines on standard error, up to a limit, and counts them at the end."""

    def __init__(self, *, limit: int | None) -> None:
        self._limit = limit
        self._told = 0

    def tell(self, line: Line, reason: str) -> None:
        """Name one refused line."""
        self._told += 1
        if self._limit is None or self._told <= self._limit:
            typer.echo(f"{line.file}:{line.number}: refused, {reason}", err=True)

    def close(self, report: Report) -> None:
        """Count what was refused, by reason; nothing when nothing was."""
        if report.refused:
            counts = ", ".join(f"{count} {reason}" for reason, count in sorted(report.refused.items()))
            total = sum(report.refused.values())
            typer.echo(f"{total} of {total + report.events} lines refused: {counts}", err=True)


def _as_prometheus(report: Report) -> bytes:
    """Return the families of all windows (label window = FROM..TO) and of the last state (without one)."""
    groups = [(f"{iso(window.start)}..{iso(window.end)}", window.samples) for window in report.windows]
    states = [(None, state.samples) for state in report.states[-1:]]
    return PrometheusText().render([*groups, *states])
