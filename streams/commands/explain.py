"""`supportpulse explain`: the cases and values behind a number."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from aggregators.contributions import Place
from aggregators.events import Event
from aggregators.state_explanation import EXPLAINED_STATES
from streams.commands.options import ConfigurationFile, Format, OutputFormat, print_json, settings_from
from streams.commands.report import Refusals
from streams.event_files import lines_of
from streams.explaining import (
    SHOWN,
    answer_document,
    explained_from,
    metric_question,
    standings_from,
    state_document,
    state_question,
    window_ending_at,
)
from streams.live_document import address_of, live_explanation
from streams.report import read_events
from streams.report_tables import duration_text


def command(  # noqa: PLR0913  # one parameter for each option of the interface
    metric: Annotated[str, typer.Argument(help="answer_seconds, or support_window_answer_seconds.")],
    files: Annotated[
        list[str] | None, typer.Argument(help="NDJSON of events; without any, the running program is asked.")
    ] = None,
    *,
    queue: Annotated[str | None, typer.Option(help="Only this queue.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    window: Annotated[str, typer.Option(help="today, a length such as 30m, or FROM..TO.")] = "today",
    stat: Annotated[str, typer.Option(help="Of a duration: mean, p50, p90, p95 or max.")] = "mean",
    limit: Annotated[int, typer.Option(min=1, help="Cases shown from files.")] = SHOWN,
    address: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Worker or exporter; by default the [http] of the configuration."),
    ] = None,
    config: ConfigurationFile = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """Show what stands behind a number: how often what happened, and the cases that are worth a look.

    Of a count the latest cases, of a duration the longest, of a quantile those around its rank; of the state
    those that have been so longest, of promises those due first. A length as window ends with the newest
    event of the files, and the state is that of its moment; live, bounds are rounded outward to the rows
    there are. An exporter asks all workers and names those that do not answer.

    Example: supportpulse explain answer_seconds monday.ndjson.gz --queue sales --window 30m --stat p90
    """
    settings = settings_from(config)
    if files:
        engine, place = settings.engine(), Place(channel, queue)

        def document_of(events: Sequence[Event], newest: int) -> dict[str, Any]:
            if metric in EXPLAINED_STATES:
                of_state = state_question(metric, place, newest)
                return state_document(of_state, standings_from(of_state, events, engine, limit))
            window_asked = window_ending_at(window, newest, engine, is_exact=True)
            question = metric_question(metric, place, *window_asked)
            return answer_document(question, explained_from(question, events, engine, stat, limit))

        document = _from_files(files, document_of)
    else:
        asked = {"metric": metric, "queue": queue, "channel": channel, "window": window, "stat": stat}
        stated = {name: value for name, value in asked.items() if value is not None}
        document = live_explanation(address or address_of(settings.http), settings.http.secret(), stated)
    if output is OutputFormat.JSON:
        print_json(document)
    else:
        print_explanation(document, Console(width=None if sys.stdout.isatty() else 160))


def _from_files(
    files: list[str], document_of: Callable[[Sequence[Event], int], dict[str, Any]]
) -> dict[str, Any]:
    """Return the answer of event files; document_of: gives it by events and the moment of the newest."""
    events, _ = read_events(lines_of(files), Refusals(limit=None).tell)
    return document_of(events, max((event.time for event in events), default=0))


def print_explanation(document: dict[str, Any], console: Console) -> None:
    """Print an answer for people."""
    where = [document[name] for name in ("channel", "queue") if document[name] is not None]
    console.print(f"{document['metric']} of {' '.join(where) or 'everything'}", style="bold", highlight=False)
    moments = dict.fromkeys((document["from"], document["to"]))  # of the state both are the same
    console.print(f"{' to '.join(moments)}: {document['definition']}", highlight=False)
    for each in document["behind"]:
        seconds = each["seconds"]
        together = "" if seconds is None else f", together {duration_text(seconds)}"
        console.print(f"  {each['times']:,} × {each['measure']}{together}", highlight=False)
    for each in document["missing"]:
        console.print(f"  without {each['partition']}: {each['reason']}", highlight=False)
    if not document["total"]:
        console.print("  nothing is there", highlight=False)
        return
    columns = ("case", "time", "channel", "queue", "measure", "value")
    table = Table(*columns, title=f"{document['shown']:,} of {document['total']:,}", title_justify="left")
    for each in document["cases"]:
        table.add_row(*(str(each[name]) for name in columns))
    console.print(table)
