"""`supportpulse verify`: the live view against a recount of the topics, number by number."""

from __future__ import annotations

import os
from typing import Annotated

import msgspec
import typer

from streams.commands.options import ConfigurationFile, Format, OutputFormat, print_json, settings_from
from streams.event_time import iso
from streams.live_document import address_of, live_document
from streams.settings import stated_configuration
from streams.verification import Verdict, line_of, verify

_SHOWN = 20
"""Lines of each list; --format json has all of them."""


def command(
    address: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Worker or exporter; by default the [http] of the configuration.",
            show_default=False,
        ),
    ] = None,
    config: ConfigurationFile = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """Recount the source topics up to what the live view has applied, and compare every number.

    The configuration must be that of the running program. Events may go on arriving: the view's own offsets
    and its own moment count. The recount shares no code with the engine. Exit code 1 and a list when
    anything differs. What began before the earliest event that Kafka still has is listed as not covered.

    Example: supportpulse verify --address http://127.0.0.1:9464 --config supportpulse.toml
    """
    settings = settings_from(config)
    document = live_document(address or address_of(settings.http), settings.http.secret())
    verdict = verify(document, stated_configuration(config, os.environ), settings.kafka)
    if output is OutputFormat.JSON:
        print_json(document_of(verdict))
    else:
        _print(verdict)
    if verdict.differences:
        raise typer.Exit(1)


def document_of(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as plain data."""
    plain: dict[str, object] = msgspec.to_builtins(verdict)
    plain["not_covered"] = [entry._asdict() for entry in verdict.not_covered]
    return plain


def _print(verdict: Verdict) -> None:
    refused = ", ".join(f"{count:,} {reason}" for reason, count in sorted(verdict.refused.items()))
    typer.echo(
        f"view of {iso(verdict.now)}, windows until {iso(verdict.window_end)}: {verdict.records:,} records "
        f"and {verdict.cases:,} cases recounted{f', refused {refused}' if refused else ''}"
    )
    for entry in verdict.not_covered[:_SHOWN]:
        typer.echo(f"not covered: {entry.kind} {entry.name}: {entry.reason}")
    _print_rest(len(verdict.not_covered), "not covered")
    for difference in verdict.differences[:_SHOWN]:
        typer.echo(f"differs: {line_of(difference)}")
    _print_rest(len(verdict.differences), "different")
    typer.echo(f"{verdict.compared:,} numbers compared, {len(verdict.differences):,} differ")


def _print_rest(count: int, what: str) -> None:
    if count > _SHOWN:
        typer.echo(f"and {count - _SHOWN:,} more {what}: --format json lists all")
