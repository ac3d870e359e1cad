"""The other reference: a loop by hand over librdkafka's consumer, as fast as Python goes and nothing kept.

It decodes every event with msgspec, looks its call up in a dictionary and counts what the Faust reference
counts. Nothing is durable, nothing is visible, no event may come late or twice, and a restart begins again:
what is left when everything is taken away that the program is for.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from confluent_kafka import Consumer

from benchmarks.machine import stay_on_one_core
from benchmarks.results import Report
from benchmarks.usage import Usage

BUCKET_SECONDS: Final = 10
THRESHOLD_SECONDS: Final = 20
FETCHED: Final = 5_000
TOPIC: Final = "support.calls"


class _Event(msgspec.Struct):
    type: str
    subject: str
    time: str
    data: dict[str, Any]


class PlainCounts:
    """Sums by queue and bucket, and the calls under way."""

    def __init__(self) -> None:
        self.sums: defaultdict[tuple[str, str, int], float] = defaultdict(float)
        self.calls: dict[str, tuple[str, float, float, float]] = {}

    def take(self, event: _Event) -> None:
        """Count one event."""
        moment = datetime.fromisoformat(event.time).timestamp()
        if event.type == "call.offered":
            queue = event.data["queue"]
            self.sums["requests", queue, int(moment // BUCKET_SECONDS)] += 1
            self.calls[event.subject] = (queue, moment, 0.0, 0.0)
        elif (known := self.calls.get(event.subject)) is not None:
            self._go_on(event, moment, known)

    def _go_on(self, event: _Event, moment: float, known: tuple[str, float, float, float]) -> None:
        queue, since, talk, hold = known
        kind, call, bucket, sums = event.type, event.subject, int(moment // BUCKET_SECONDS), self.sums
        if kind == "call.answered":
            sums["answered", queue, bucket] += 1
            sums["wait", queue, bucket] += moment - since
            if moment - since <= THRESHOLD_SECONDS:
                sums["in_time", queue, bucket] += 1
            self.calls[call] = (queue, moment, 0.0, 0.0)
        elif kind == "call.abandoned":
            sums["abandoned", queue, bucket] += 1
            del self.calls[call]
        elif kind == "call.unhold":
            self.calls[call] = (queue, moment, talk, hold + moment - since)
        elif kind in {"call.hold", "call.ended"}:
            self.calls[call] = (queue, moment, talk + moment - since, hold)
        elif kind == "call.wrapup_ended":
            sums["handled", queue, bucket] += 1
            sums["talk", queue, bucket] += talk
            sums["hold", queue, bucket] += hold
            sums["wrapup", queue, bucket] += moment - since
            del self.calls[call]


def run(bootstrap: str, group: str, events: int) -> Report:
    """Count the first `events` that come and return what it took."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([TOPIC])
    counts, decode = PlainCounts(), msgspec.json.Decoder(_Event).decode
    before, taken = Usage.now(), 0
    try:
        while taken < events:
            messages = consumer.consume(FETCHED, timeout=1.0)
            if not taken:
                before = Usage.now()
            for message in messages:
                value = message.value()
                if message.error() is None and value is not None:
                    counts.take(decode(value))
                    taken += 1
        used = Usage.now().since(before)
    finally:
        consumer.close()
    return Report(events=taken, used=used)


def main() -> None:
    """Count a part of a topic and leave the report."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--core", type=int, required=True)
    parser.add_argument("--report", type=Path, required=True)
    options = parser.parse_args()
    stay_on_one_core(options.core)
    run(options.bootstrap, options.group, options.events).write(options.report)


if __name__ == "__main__":
    main()
