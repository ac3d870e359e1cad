"""`supportpulse topics`: create the topics, or check those that are there."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from kafka import KafkaConsumer
from rich.console import Console
from rich.table import Table

from streams.commands.options import ConfigurationFile, Format, OutputFormat, print_json, settings_from
from streams.durations import format_duration, parse_duration
from streams.errors import UsageError
from streams.kafka_access import admin_client, log_reader
from streams.log_reading import newest, partitions_of
from streams.settings_models import Sections
from streams.topic_check import (
    KeySample,
    TopicFacts,
    TopicFinding,
    create_topics,
    finding_of,
    partitions_of_role,
    read_facts,
    sample_of,
    topic_names,
    wanted_topics,
)

SAMPLE = 200

application = typer.Typer(add_completion=False, no_args_is_help=True)


@application.callback()
def topics() -> None:
    """Create the topics of the configuration, or check those that are there."""


@application.command()
def create(
    partitions: Annotated[int, typer.Option(min=1, help="Of each source topic.")] = 8,
    replicas: Annotated[int, typer.Option(min=1, help="Copies of each partition.")] = 1,
    retention: Annotated[str, typer.Option(help="How long records are kept, or forever.")] = "30d",
    config: ConfigurationFile = None,
) -> None:
    """Create the source topics, those for dead letters and, where enabled, SLA events; what exists stays.

    The number of partitions cannot be changed later without a new state: choose it for the largest fleet of
    workers.

    Example: supportpulse topics create --partitions 8 --replicas 3 --retention forever
    """
    settings = settings_from(config)
    kafka = settings.kafka
    wanted = wanted_topics(
        settings, partitions=partitions, replicas=replicas, retention=retention_of(retention)
    )
    with admin_client(kafka) as admin:
        outcome = create_topics(admin, wanted)
    for name, result in outcome.items():
        typer.echo(f"{name:<24} {result}")
    if set(outcome.values()) - {"created", "exists"}:
        raise typer.Exit(1)


@application.command()
def check(config: ConfigurationFile = None, output: Format = OutputFormat.TABLE) -> None:
    """Check that every topic exists, keeps its records, and has each case in the partition of its key.

    Looks at the newest 200 records of each partition. Ends with 1 when there is a problem.

    Example: supportpulse topics check --format json
    """
    findings = findings_of(settings_from(config))
    if output is OutputFormat.JSON:
        print_json(findings)
    else:
        _print_findings(findings)
    if any(finding.problems for finding in findings):
        raise typer.Exit(1)


def findings_of(sections: Sections) -> list[TopicFinding]:
    """Look at every topic of a configuration.

    Raises:
        KafkaProblem: no broker answers, or one refuses to say.
    """
    kafka, names = sections.kafka, topic_names(sections)
    with admin_client(kafka) as admin:
        facts = read_facts(admin, names.values())
    with log_reader(kafka) as consumer:
        return [
            finding_of(
                topic, facts[name], _sample(consumer, facts[name]), partitions_of_role(topic, names, facts)
            )
            for topic, name in names.items()
        ]


def retention_of(text: str) -> int:
    """Return a retention in milliseconds, -1 for `forever`.

    Raises:
        UsageError: it is neither.
    """
    if text == "forever":
        return -1
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--retention: {error}; write it as 30d, or forever") from error


def _sample(consumer: KafkaConsumer, facts: TopicFacts) -> KeySample:
    if not facts.partitions:
        return KeySample()
    records = (
        (record.partition, record.key)
        for partition in partitions_of(consumer, facts.name)
        for record in newest(consumer, partition, SAMPLE)
    )
    return sample_of(records, facts.partitions)


def _print_findings(findings: list[TopicFinding]) -> None:
    table = Table("topic", "partitions", "replicas", "kept", "records looked at", "problems", box=None)
    for finding in findings:
        facts = finding.facts
        kept = "forever" if facts.retention < 0 else format_duration(facts.retention)
        shown = (str(facts.partitions), str(facts.replicas), kept) if facts.partitions else ("-", "-", "-")
        table.add_row(facts.name, *shown, str(finding.sample.records), "; ".join(finding.problems) or "none")
    # A pipe has no width of its own; there nothing may be wrapped or cut.
    Console(width=None if sys.stdout.isatty() else 240).print(table)
