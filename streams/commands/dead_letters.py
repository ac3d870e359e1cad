"""`supportpulse dead-letters`: list, show and send back the records that were refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Annotated

import typer
from kafka import KafkaProducer

from streams.commands.options import ConfigurationFile, Format, OutputFormat, settings_from
from streams.errors import SupportPulseError, UsageError
from streams.kafka_access import client_options, log_reader, one_line_errors
from streams.letter_box import Letter, letters_of
from streams.settings_models import KafkaSection

Reasons = Annotated[
    list[str] | None,
    typer.Option("--reason", help="Only those refused for this; repeatable.", show_default=False),
]
Limit = Annotated[int, typer.Option(min=1, help="At most so many, the newest.")]

application = typer.Typer(add_completion=False, no_args_is_help=True)


class NoSuchLetter(SupportPulseError):
    """Nothing lies at that place. `dead-letters list` shows what there is."""


@application.callback()
def dead_letters() -> None:
    """List, show and send back the records that were refused."""


@application.command("list")
def list_letters(
    reason: Reasons = None,
    limit: Limit = 50,
    config: ConfigurationFile = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """List refused records: where they lie, where they came from and why they were refused.

    Example: supportpulse dead-letters list --reason invalid_json --limit 20
    """
    kafka = settings_from(config).kafka
    letters = list(chosen(kafka, reason))
    if output is OutputFormat.JSON:
        typer.echo(
            json.dumps([letter.summary() for letter in letters[-limit:]], indent=2, ensure_ascii=False)
        )
        return
    for letter in letters[-limit:]:
        typer.echo(f"{letter.place:<8} {letter.origin:<28} {letter.reason:<20} {letter.detail}")
    counts = Counter(letter.reason for letter in letters)
    typer.echo(
        f"{len(letters):,} dead letters"
        + "".join(f", {count:,} {name}" for name, count in sorted(counts.items()))
    )


@application.command()
def show(
    place: Annotated[str, typer.Argument(metavar="PARTITION:OFFSET", help="As `list` shows it.")],
    config: ConfigurationFile = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """Show one refused record whole.

    Example: supportpulse dead-letters show 0:17
    """
    kafka = settings_from(config).kafka
    wanted = place_of(place)
    for letter in chosen(kafka, None):
        if (letter.partition, letter.offset) == wanted:
            _print_letter(letter, output)
            return
    raise NoSuchLetter(f"no dead letter at {place}: `supportpulse dead-letters list` shows what there is")


@application.command()
def replay(
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PARTITION:OFFSET…]", help="As `list` shows them.", show_default=False),
    ] = None,
    reason: Reasons = None,
    config: ConfigurationFile = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every letter there is.")] = False,
) -> None:
    """Send refused records back to where they came from, unchanged: after a mended producer or processor.

    What is refused again becomes a new dead letter. The old ones stay until their topic's retention ends.

    Example: supportpulse dead-letters replay --reason key_mismatch
    """
    if not (places or reason or everything):
        raise UsageError("name letters as PARTITION:OFFSET, or --reason, or --all")
    wanted = {place_of(place) for place in places or ()}
    kafka = settings_from(config).kafka
    letters = [
        letter
        for letter in chosen(kafka, reason)
        if everything or reason or (letter.partition, letter.offset) in wanted
    ]
    if missing := wanted - {(letter.partition, letter.offset) for letter in letters}:
        names = ", ".join(f"{partition}:{offset}" for partition, offset in sorted(missing))
        raise NoSuchLetter(f"no dead letter at {names}: `supportpulse dead-letters list` shows what there is")
    kept_out = send_back(kafka, letters)
    typer.echo(f"{len(letters) - kept_out:,} records sent back")
    if kept_out:
        typer.echo(
            f"{kept_out:,} hold no record or do not say where it came from",
            err=True,
        )
        raise typer.Exit(1)


def chosen(kafka: KafkaSection, reasons: list[str] | None) -> Iterator[Letter]:
    """Yield the dead letters of some reasons, or all, oldest first within a partition.

    Raises:
        KafkaProblem: no broker answers, or the topic does not exist.
    """
    with log_reader(kafka) as consumer:
        for letter in letters_of(consumer, kafka.topics.dead_letters):
            if not reasons or letter.reason in reasons:
                yield letter


def send_back(kafka: KafkaSection, letters: list[Letter]) -> int:
    """Send letters to where they came from; return how many have no record to send.

    Raises:
        KafkaProblem: the brokers do not take one.
    """
    whole = [letter for letter in letters if letter.is_whole]
    with one_line_errors(kafka):
        producer = KafkaProducer(**client_options(kafka), max_request_size=16 * 1024 * 1024)
        try:
            # To the very partition it came from: a wrong key must not lead the record somewhere else.
            futures = [
                producer.send(
                    letter.topic,
                    value=letter.value,
                    key=letter.key,
                    headers=letter.source_headers,
                    partition=letter.source_partition,
                )
                for letter in whole
            ]
            for future in futures:
                future.get(timeout=60)
        finally:
            producer.close()
    return len(letters) - len(whole)


def place_of(text: str) -> tuple[int, int]:
    """Return partition and offset of `PARTITION:OFFSET`.

    Raises:
        UsageError: it is not written so.
    """
    partition, colon, offset = text.partition(":")
    if not (colon and partition.isdecimal() and offset.isdecimal()):
        raise UsageError(f"{text}: write it as PARTITION:OFFSET, for instance 0:17")
    return int(partition), int(offset)


def _print_letter(letter: Letter, output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        typer.echo(json.dumps(letter.document(), indent=2, ensure_ascii=False))
        return
    for name, value in letter.document().items():
        typer.echo(f"{name:<10} {'none' if value is None else value}")
