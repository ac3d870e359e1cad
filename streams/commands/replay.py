"""`supportpulse replay`: recorded events into Kafka, at any speed, as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streams.bulk_producer import BulkProducer, Delivery
from streams.commands.options import ConfigurationFile, settings_from
from streams.errors import UsageError
from streams.kafka_access import KafkaProblem, client_options, one_line_errors
from streams.pacing import Pacer
from streams.progress import CountedProgress
from streams.recordings import Recordings, Router
from streams.settings_models import KafkaSection


def command(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="NDJSON, .gz too; - is standard input.", show_default=False),
    ],
    speed: Annotated[
        str, typer.Option(metavar="N|max", help="Times real time, or as fast as possible.")
    ] = "1",
    config: ConfigurationFile = None,
) -> None:
    """Send recorded events to Kafka, each keyed by its subject.

    Lines go out as they are, broken ones too: the processor refuses them with a reason. The record's
    timestamp is the time of sending. The first event leaves at once, the others at their distance from it
    divided by N.

    Example: supportpulse replay recorded.ndjson.gz --speed max
    """
    pacer = Pacer(speed_of(speed))
    recordings = Recordings(files)
    kafka = settings_from(config).kafka
    with one_line_errors(kafka), CountedProgress("replay", size=recordings.size) as progress:
        delivery = replay(recordings, kafka, pacer, progress)
    report_delivery(delivery, progress)


def replay(recordings: Recordings, kafka: KafkaSection, pacer: Pacer, progress: CountedProgress) -> Delivery:
    """Send every line and return what became of them.

    Raises:
        KafkaProblem: a topic does not exist. KafkaError: no broker answers. Unreadable: a file is broken.
    """

    def acknowledged(count: int) -> None:
        progress.add(count, recordings.position)

    router = Router()
    with BulkProducer(client_options(kafka), progress=acknowledged) as producer:
        for line in recordings.lines():
            topic, key, time = router.route(line)
            pacer.wait_until(time, before_waiting=producer.push)
            producer.send(kafka.topics.name_of(topic), key, line)
        return producer.flush()


def speed_of(text: str) -> float | None:
    """Return how many times real time a text means, None for as fast as possible.

    Raises:
        UsageError: it is neither a number above 0 nor `max`.
    """
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise UsageError(f"--speed {text}: give a number above 0 (times real time) or max")
    return speed


def report_delivery(delivery: Delivery, progress: CountedProgress) -> None:
    """Print what was sent.

    Raises:
        KafkaProblem: the brokers did not take everything.
    """
    typer.echo(
        f"{delivery.acknowledged:,} records sent in {progress.seconds:.1f} s, {progress.rate:,.0f} per second"
    )
    if delivery.failed:
        raise KafkaProblem(f"{delivery.failed:,} records were not taken: {'; '.join(delivery.errors)}")
