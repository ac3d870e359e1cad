"""`supportpulse simulate`: a plausible support centre, to Kafka in real time or to a file."""

from __future__ import annotations

import gzip
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, cast

import typer

from streams.bulk_producer import BulkProducer, Delivery
from streams.commands.options import ConfigurationFile, settings_from
from streams.commands.replay import report_delivery
from streams.durations import parse_duration
from streams.errors import UsageError
from streams.event_time import TimeFault, milliseconds_of
from streams.kafka_access import client_options, one_line_errors
from streams.pacing import Pacer
from streams.progress import CountedProgress
from streams.recordings import STANDARD_INPUT
from streams.settings_models import KafkaSection
from streams.simulation.centre import simulate
from streams.simulation.plan import DAY, EXAMPLE_START, Disturbance, SimulationPlan

STANDARD_OUTPUT = STANDARD_INPUT
DISTURBED = Disturbance(duplicates=0.02, disorder=3_000, late=0.005)

_COUNT_EVERY = 1_000


def command(  # noqa: PLR0913  # one parameter for each option of the interface
    *,
    seed: Annotated[int, typer.Option(help="The same seed and start give the same events.")] = 1,
    rate: Annotated[float, typer.Option(help="Contacts in the busiest hour of a weekday.")] = 600.0,
    start: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Event time it begins at, with offset.", show_default=False),
    ] = None,
    duration: Annotated[
        str | None, typer.Option(help="How much event time, such as 8h or 7d.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="NDJSON instead of Kafka; .gz is packed, - is standard output.",
            show_default=False,
        ),
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="To Kafka as fast as possible, not in real time.")
    ] = False,
    disturbed: Annotated[
        bool, typer.Option("--disturbed", help="Deliver some events twice, late or out of order.")
    ] = False,
    config: ConfigurationFile = None,
) -> None:
    """Send the events of a simulated support centre to Kafka, or write them to a file.

    To Kafka in real time it begins now and does not end; with --fast it is the last day. A file holds Monday,
    2 March 2026, unless --start and --duration say otherwise, and the same seed gives the same bytes.

    Example: supportpulse simulate --seed 7 --rate 2000 --duration 8h --output monday.ndjson.gz
    """
    if not 0 < rate <= 1_000_000:  # noqa: PLR2004 (a slip beyond)
        raise UsageError(f"--rate {rate:g}: give contacts per hour, above 0 and at most 1000000")
    begin, length = period(start, duration, is_file=output is not None, is_fast=fast)
    disturbance = DISTURBED if disturbed else Disturbance()
    plan = SimulationPlan(seed=seed, start=begin, duration=length, rate=rate, disturbance=disturbance)
    if output is not None:
        write(plan, output)
        return
    kafka = settings_from(config).kafka
    with one_line_errors(kafka), CountedProgress("simulate", size=length) as progress:
        delivery = send(plan, kafka, Pacer(None if fast else 1.0), progress)
    report_delivery(delivery, progress)


def period(
    start: str | None, duration: str | None, *, is_file: bool, is_fast: bool
) -> tuple[int, int | None]:
    """Return start and duration in milliseconds, None for a run without end, from what was stated.

    Raises:
        UsageError: one of them cannot be read.
    """
    try:
        length = None if duration is None else parse_duration(duration)
    except ValueError as error:
        raise UsageError(f"--duration: {error}; write a number and ms, s, m, h or d, such as 8h") from error
    if length is None and (is_file or is_fast):
        length = DAY
    if start is not None:
        moment = milliseconds_of(start)
        if isinstance(moment, TimeFault):
            raise UsageError(f"--start {start}: {moment.value}; write it as 2026-03-02T08:00:00Z")
        return moment, length
    if is_file:
        return EXAMPLE_START, length
    now = int(time.time() * 1000)
    # Events from the future would be refused, so what is sent at once lies behind us.
    return (now - (length or 0) if is_fast else now), length


def send(plan: SimulationPlan, kafka: KafkaSection, pacer: Pacer, progress: CountedProgress) -> Delivery:
    """Send the events of a plan until it ends or the user interrupts, and return what became of them.

    Raises:
        KafkaProblem: a topic does not exist. KafkaError: no broker answers.
    """
    position = 0
    with BulkProducer(
        client_options(kafka), progress=lambda count: progress.add(count, position)
    ) as producer:
        try:
            for event in simulate(plan):
                pacer.wait_until(event.due, before_waiting=producer.push)
                producer.send(kafka.topics.name_of(event.topic), event.key, event.value)
                position = event.due - plan.start
        except KeyboardInterrupt:
            typer.echo("interrupted: sending what is on its way", err=True)
        return producer.flush()


def write(plan: SimulationPlan, output: Path) -> None:
    """Write the events of a plan as lines.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        with _opened(output) as file, CountedProgress("simulate", size=plan.duration) as progress:
            for number, event in enumerate(simulate(plan), start=1):
                file.write(event.value + b"\n")
                if number % _COUNT_EVERY == 0:
                    progress.add(_COUNT_EVERY, event.due - plan.start)
    except BrokenPipeError:
        # Whoever read the output has seen enough; without this, Python complains again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror}; name a file that can be written") from error


@contextmanager
def _opened(output: Path) -> Iterator[IO[bytes]]:
    if output == STANDARD_OUTPUT:
        yield sys.stdout.buffer
    elif output.suffix == ".gz":
        with output.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
            yield cast("IO[bytes]", packed)
    else:
        with output.open("wb") as plain:
            yield plain
