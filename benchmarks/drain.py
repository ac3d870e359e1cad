"""A million events from a real Kafka through one worker on one core, beside what one would write otherwise.

Guarantee: all read the same topic of the same broker, one after the other, on the same core, alternating
when there are several rounds; each round begins with a new group, so nothing of the one before is there. The
worker has every metric on, checkpoints with acks=all, ticks and pages as in service.

Worked: 1,000,000 events of 330 bytes in 8 partitions; at 60,000 events per CPU second a round takes 17 s of
CPU.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, json

from aggregators.events import Topic
from benchmarks import machine
from benchmarks.call_log import CallEvent, call_events
from benchmarks.faust_reference import TABLES
from benchmarks.results import Report, Round
from benchmarks.ticket_log import SETTINGS, ticket_events
from streams.bulk_producer import BulkProducer
from streams.kafka_access import client_options
from streams.settings_models import KafkaSection, TopicsSection
from testbed.kafka import KafkaBroker
from testbed.processes import ServerFailed

PARTITIONS: Final = 8
LARGEST_SECONDS: Final = 900
Progress = Callable[[int], None]


class DrainFailed(Exception):
    """A measured process ended without a report; its output is in the message."""


class Load(Struct, frozen=True):
    """What is drained: events of one topic, and the worker's settings beside `kafka` and `http`."""

    topic: Topic
    events: Callable[[int], Iterator[CallEvent]]
    settings: Mapping[str, Any]


CALLS: Final = Load("calls", call_events, {"clock": {"mode": "event"}})
TICKETS: Final = Load("tickets", ticket_events, SETTINGS)


def fill(broker: KafkaBroker, load: Load, events: int, progress: Progress) -> None:
    """Create the topics and write a log, partitioned by murmur2 of the case, acks=all."""
    names = TopicsSection().model_dump()
    for name in names.values():
        broker.create_topic(name, partitions=PARTITIONS, settings={"retention.ms": "-1"})
    send(broker.bootstrap, names[load.topic], load.events(events), progress)


def send(bootstrap: str, topic: str, events: Iterator[CallEvent], progress: Progress | None = None) -> None:
    """Write events to a topic as fast as it takes them."""
    options = client_options(KafkaSection(bootstrap=bootstrap))
    with BulkProducer(options, progress=progress or _in_silence) as producer:
        for event in events:
            producer.send(topic, event.key, event.value)
        delivery = producer.flush()
    if delivery.failed:
        raise ServerFailed(f"{delivery.failed} events were not taken: {'; '.join(delivery.errors)}")


def _in_silence(_events: int) -> None:
    """Tell nobody."""


def measure_round(
    broker: KafkaBroker,
    load: Load,
    *,
    events: int,
    reference_events: int = 0,
    is_profiled: bool = False,
) -> Round:
    """Drain once, then let the references count their part; 0 reference events leave them out."""
    before, pace = machine.load(), machine.pace()
    group = f"round-{time.time_ns()}"
    settings = json.encode(load.settings).decode()
    worker, whole_cpu = measured(
        broker,
        "drain_worker",
        group,
        events,
        "--settings",
        settings,
        *(["--profile"] if is_profiled else []),
    )
    reference = plain = None
    if reference_events:
        for table in TABLES:  # Faust makes them too, and its agent fails where it is faster than the broker
            name = f"{group}-reference-{table}-changelog"
            broker.create_topic(name, partitions=PARTITIONS, settings={"cleanup.policy": "compact"})
        reference, _ = measured(
            broker, "faust_reference", f"{group}-reference", reference_events, "--partitions", str(PARTITIONS)
        )
        plain, _ = measured(broker, "plain_loop", f"{group}-plain", events)
    return Round(
        worker=worker,
        reference=reference,
        plain=plain,
        load=(before, machine.load()),
        pace=pace,
        whole_cpu=whole_cpu,
        source_bytes=bytes_on_disk(broker, TopicsSection().model_dump()[load.topic]),
        changelog_bytes=bytes_on_disk(broker, f"{group}-{load.topic}-changelog"),
    )


def measured(
    broker: KafkaBroker, module: str, group: str, events: int, *further: str
) -> tuple[Report, float]:
    """Run a measured process and return its report and the CPU seconds of its whole life."""
    with tempfile.TemporaryDirectory(prefix="supportpulse-bench-") as directory:
        report, log = Path(directory) / "report.json", Path(directory) / "log"
        command: list[str] = [sys.executable, "-m", f"benchmarks.{module}"]
        command += ["--bootstrap", broker.bootstrap, "--group", group, "--events", str(events)]
        command += ["--core", str(machine.last_core()), "--report", str(report), *further]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            used = _wait(process)
        text = log.read_text(encoding="utf-8", errors="replace")
        if not report.exists():
            raise DrainFailed(f"{module} ended with {process.returncode}:\n{text[-4000:]}")
        if "--profile" in further:
            print(text)
        return Report.read(report), used.ru_utime + used.ru_stime


def _wait(process: subprocess.Popen[bytes]) -> Any:  # noqa: ANN401  # the kernel's rusage
    """Wait for a process and return what it used; ends it after a quarter of an hour or with this process."""
    deadline = time.monotonic() + LARGEST_SECONDS
    try:
        while time.monotonic() < deadline:
            identity, status, used = os.wait4(process.pid, os.WNOHANG)
            if identity:
                process.returncode = os.waitstatus_to_exitcode(status)
                return used
            time.sleep(0.1)
    except BaseException:
        process.kill()
        raise
    process.kill()
    raise DrainFailed(f"not done after {LARGEST_SECONDS} s")


def bytes_on_disk(broker: KafkaBroker, topic: str) -> int:
    """Return what the broker has written of a topic; a deleted head stays until its segment is full."""
    return sum(file.stat().st_size for file in (broker.directory / "data").glob(f"{topic}-[0-9]*/*.log"))
