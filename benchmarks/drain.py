"""A million call events from a real Kafka through one worker on one core, beside an ordinary Faust agent.

Guarantee: both read the same topic of the same broker, one after the other, on the same core, alternating
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
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks import machine
from benchmarks.call_log import call_events
from benchmarks.faust_reference import TABLES
from benchmarks.results import Report, Round
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


def fill(broker: KafkaBroker, events: int, progress: Progress) -> None:
    """Create the topics and write the call log, partitioned by murmur2 of the call, acks=all."""
    topics = TopicsSection()
    for name in topics.model_dump().values():
        broker.create_topic(name, partitions=PARTITIONS, settings={"retention.ms": "-1"})
    options = client_options(KafkaSection(bootstrap=broker.bootstrap))
    with BulkProducer(options, progress=progress) as producer:
        for event in call_events(events):
            producer.send(topics.calls, event.key, event.value)
        delivery = producer.flush()
    if delivery.acknowledged != events:
        raise ServerFailed(f"{delivery.failed} events were not taken: {'; '.join(delivery.errors)}")


def measure_round(
    broker: KafkaBroker, number: int, *, events: int, reference_events: int, is_profiled: bool
) -> Round:
    """Drain once, then let the reference count its part; 0 reference events leave it out."""
    load, pace = machine.load(), machine.pace()
    group = f"round-{number}-{int(time.time())}"
    worker, whole_cpu = _measured(
        broker, "drain_worker", group, events, *(["--profile"] if is_profiled else [])
    )
    reference = None
    if reference_events:
        for table in TABLES:  # Faust makes them too, and its agent fails where it is faster than the broker
            name = f"{group}-reference-{table}-changelog"
            broker.create_topic(name, partitions=PARTITIONS, settings={"cleanup.policy": "compact"})
        reference, _ = _measured(
            broker, "faust_reference", f"{group}-reference", reference_events, "--partitions", str(PARTITIONS)
        )
    return Round(
        worker=worker,
        reference=reference,
        load=(load, machine.load()),
        pace=pace,
        whole_cpu=whole_cpu,
        source_bytes=_bytes_on_disk(broker, TopicsSection().calls),
        changelog_bytes=_bytes_on_disk(broker, f"{group}-calls-changelog"),
    )


def _measured(
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


def _bytes_on_disk(broker: KafkaBroker, topic: str) -> int:
    """Return what the broker has written of a topic; a deleted head stays until its segment is full."""
    return sum(file.stat().st_size for file in (broker.directory / "data").glob(f"{topic}-[0-9]*/*.log"))
