"""How fast a worker shows what comes, starts again with much state, and takes over from one that was killed.

Guarantee: real Kafka, real workers (`supportpulse run`); every time is wall time. The broker stamps records
when it appends them; an event counts as visible with the first answer of /api/v1/live that states its offset
as applied, so that the time between two questions is part of what is measured.

Worked: appended at 12:00:00.100, an answer that came at 12:00:00.290 states it: 190 ms.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from kafka import KafkaConsumer
from msgspec import json

from benchmarks.call_log import call_events
from benchmarks.drain import CALLS, PARTITIONS, bytes_on_disk, measured, send
from benchmarks.limits import Figure
from streams.bulk_producer import BulkProducer
from streams.kafka_access import client_options
from streams.log_reading import partitions_of
from streams.settings_models import KafkaSection
from testbed.kafka import KafkaBroker
from testbed.support_site import SupportSite
from testbed.worker_process import Place, WorkerProcess, applied_of

RATE: Final = 2_000
LATENCY_SECONDS: Final = 30
WARM_SECONDS: Final = 5
"""Left out at the beginning."""
STEP_SECONDS: Final = 0.05
QUESTION_SECONDS: Final = 0.03
TRACKED: Final = 1_000_000
EVENTS_A_CALL: Final = 5.6
SHARE_BEFORE_KILL: Final = 0.1
TAKEOVER_SECONDS: Final = 120.0

Answer = tuple[float, dict[Place, int]]
"""When the live view was answered (wall clock in seconds), and what it had applied."""


def latency_figures(directory: Path) -> Iterator[Figure]:
    """Yield how long it takes from the broker's append until an event is visible, and the changelog."""
    with KafkaBroker(settings={"log.message.timestamp.type": "LogAppendTime"}) as broker:
        site = _site(broker, "bench-latency", directory)
        with WorkerProcess(site, instance="one") as worker:
            worker.wait_until_caught_up()
            answers, stopping = list[Answer](), threading.Event()
            asking = threading.Thread(target=_ask, args=(worker, answers, stopping))
            asking.start()
            _send_evenly(site)
            worker.wait_until_caught_up()
            stopping.set()
            asking.join()
        waits = sorted(_waits(site, answers))
        source = bytes_on_disk(broker, site.topics["calls"])
        changelog = bytes_on_disk(broker, f"{site.name}-calls-changelog")
    for name, share in (("latency p50", 0.5), ("latency p99", 0.99)):
        yield Figure(name, waits[int(share * (len(waits) - 1))] * 1e3, f"{len(waits):,} events")
    yield Figure("changelog at 2,000 events/s", changelog / source)


def life_figures(directory: Path) -> Iterator[Figure]:
    """Yield a restart with a million tracked calls, and how soon one worker takes over from a killed one."""
    events = int(TRACKED * EVENTS_A_CALL)
    with KafkaBroker() as broker:
        site = _site(broker, "bench-life", directory)
        # Twelve calls a second, so that a million of them lie within the retention of three days.
        send(broker.bootstrap, site.topics["calls"], call_events(events, calls_a_second=12.0))
        names = {str(topic): name for topic, name in site.topics.items()}
        names["dead_letters"] = site.dead_letters
        settings = json.encode({**CALLS.settings, "kafka": {"topics": names}}).decode()
        drained, _ = measured(broker, "drain_worker", site.name, events, "--settings", settings)
        again, _ = measured(
            broker,
            "restart_worker",
            site.name,
            events,
            "--settings",
            settings,
            "--began",
            f"{time.monotonic()}",
        )
        yield Figure(
            "restart", again.used.wall, f"{again.counts['cases']:,} calls, {again.used.cpu:.1f} s of CPU"
        )
        yield Figure("hold in recovery", again.hold * 1e3)
        yield Figure(
            "back",
            _takeover(site, directory, events),
            f"session of 10 s; drained in {drained.used.wall:.0f} s",
        )


def _site(broker: KafkaBroker, name: str, directory: Path) -> SupportSite:
    site = SupportSite(broker.bootstrap, name, directory, partitions=PARTITIONS, configuration=CALLS.settings)
    site.create_topics(in_use="calls")
    return site


def _ask(worker: WorkerProcess, answers: list[Answer], stopping: threading.Event) -> None:
    """Ask for the live view again and again, and note when which offsets were visible."""
    while not stopping.wait(QUESTION_SECONDS):
        document = worker.live()
        answers.append((time.time(), applied_of(document)))


def _send_evenly(site: SupportSite) -> None:
    events = call_events(RATE * LATENCY_SECONDS, calls_a_second=RATE / EVENTS_A_CALL)
    began, steps = time.monotonic(), 0
    with BulkProducer(client_options(KafkaSection(bootstrap=site.bootstrap))) as producer:
        while step := list(islice(events, int(RATE * STEP_SECONDS))):
            for event in step:
                producer.send(site.topics["calls"], event.key, event.value)
            producer.push()
            steps += 1
            time.sleep(max(0.0, began + steps * STEP_SECONDS - time.monotonic()))
        producer.flush()


def _waits(site: SupportSite, answers: list[Answer]) -> Iterator[float]:
    """Yield for every event after the first seconds how long it took until an answer had it."""
    consumer = KafkaConsumer(bootstrap_servers=site.bootstrap, enable_auto_commit=False)
    try:
        places = partitions_of(consumer, site.topics["calls"])
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(places)
        seen = {
            place.partition: [applied.get(("calls", place.partition), 0) for _, applied in answers]
            for place in places
        }
        while any(consumer.position(place) < ends[place] for place in places):
            for place, records in consumer.poll(timeout_ms=1_000).items():
                for record in records:
                    appended = record.timestamp / 1000
                    answer = bisect_right(seen[place.partition], record.offset)
                    if appended > answers[0][0] + WARM_SECONDS and answer < len(answers):
                        yield max(0.0, answers[answer][0] - appended)
    finally:
        consumer.close()


def _takeover(site: SupportSite, directory: Path, events: int) -> float:
    """Kill one of two workers in a drain; return the seconds until the other folds in every partition."""
    other = SupportSite(
        site.bootstrap, "bench-takeover", directory, partitions=PARTITIONS, configuration=CALLS.settings
    )
    other.topics, other.dead_letters = site.topics, site.dead_letters
    with WorkerProcess(other) as first, WorkerProcess(other) as second:
        first.wait_for(
            lambda: _applied(first) + _applied(second) > SHARE_BEFORE_KILL * events and _applied(first) > 0,
            what="both at work",
            seconds=TAKEOVER_SECONDS,
        )
        lost = applied_of(first.live())
        first.kill()
        began = time.monotonic()
        second.wait_for(
            lambda: _goes_on(lost, applied_of(second.live())), what="taking over", seconds=TAKEOVER_SECONDS
        )
        return time.monotonic() - began


def _applied(worker: WorkerProcess) -> int:
    return sum(worker.applied().values())


def _goes_on(lost: dict[Place, int], now: dict[Place, int]) -> bool:
    """Say whether everything that one worker had is beyond where that one had got."""
    return all(
        now.get(place, -1) > applied or (applied == 0 and place in now) for place, applied in lost.items()
    )
