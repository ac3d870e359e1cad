"""The reference: an ordinary Faust agent that handles one event at a time and keeps ordinary tables.

It does a part of the work only: counts of offered, answered and abandoned calls per queue and bucket of 10 s,
and the sum of waits. There is no service level, no handle time, no state, no correction of late or doubled
events, no position in the state, and nothing is made visible. Faust is tuned as far as it goes: uvloop, no
waiting for an empty stream, a linger that lets changelog records go in batches, bytes as values and msgspec
for the JSON.

CPU is read from before the first event (at most one) until the last one is counted; that the tables'
changelogs are flushed is not waited for.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import faust
import msgspec
import uvloop

from benchmarks.machine import stay_on_one_core
from benchmarks.results import Report
from benchmarks.usage import Usage

BUCKET_SECONDS: Final = 10
TABLES: Final = ("offered", "answered", "abandoned", "wait_sum", "waiting")


class Counting:
    """How many events were counted, and what that took."""

    def __init__(self, events: int) -> None:
        self.events = events
        self.done = asyncio.Event()
        self._count = 0
        self._before: Usage | None = None
        self.used: Usage | None = None
        self.error: BaseException | None = None

    @contextmanager
    def event(self) -> Iterator[None]:
        """Count the event of the block; one that fails ends everything, where Faust would skip it."""
        if self._before is None:
            self._before = Usage.now()
        try:
            yield
        except Exception as error:
            self.error = error
            self.done.set()
            raise
        self._count += 1
        if self._count == self.events:
            self.used = Usage.now().since(self._before)
            self.done.set()


def reference_app(bootstrap: str, name: str, counting: Counting, *, partitions: int) -> faust.App:
    """Return the app; this is what one writes by Faust's documentation."""
    app = faust.App(
        name,
        broker=f"kafka://{bootstrap}",
        store="memory://",
        topic_partitions=partitions,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_linger=0.05,
        producer_max_batch_size=256 * 1024,
        stream_wait_empty=False,
        stream_buffer_maxsize=16_384,
        broker_max_poll_records=2_000,
        web_enabled=False,
        autodiscover=False,
    )
    calls = app.topic("support.calls", key_type=bytes, value_type=bytes, value_serializer="raw")
    offered, answered, abandoned = (app.Table(name, default=int) for name in TABLES[:3])
    wait_sum = app.Table(TABLES[3], default=float)
    waiting: Any = app.Table(TABLES[4], default=None)
    decode = msgspec.json.Decoder().decode

    def take(event: dict[str, Any]) -> None:
        kind, call = event["type"], event["subject"]
        if kind not in {"call.offered", "call.answered", "call.abandoned"}:
            return
        moment = datetime.fromisoformat(event["time"]).timestamp()
        bucket = int(moment // BUCKET_SECONDS)
        if kind == "call.offered":
            queue = event["data"]["queue"]
            offered[f"{queue}/{bucket}"] += 1
            waiting[call] = (queue, moment)
        elif (offer := waiting.pop(call, None)) is not None:
            queue, since = offer
            outcome = answered if kind == "call.answered" else abandoned
            outcome[f"{queue}/{bucket}"] += 1
            wait_sum[f"{queue}/{bucket}"] += moment - since

    @app.agent(calls)
    async def count(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            with counting.event():
                take(decode(value))

    return app


async def run(bootstrap: str, name: str, events: int, partitions: int) -> Report:
    """Count the first `events` that come and return what it took."""
    counting = Counting(events)
    app = reference_app(bootstrap, name, counting, partitions=partitions)
    starting = asyncio.create_task(app.start())
    finished = asyncio.create_task(counting.done.wait())
    await asyncio.wait({starting, finished}, return_when=asyncio.FIRST_EXCEPTION)
    if not finished.done():
        await finished
    await app.stop()
    await asyncio.gather(starting, return_exceptions=True)
    if counting.used is None:
        raise RuntimeError("the reference stopped before it had counted everything") from counting.error
    return Report(events=events, used=counting.used)


def main() -> None:
    """Count a part of a topic and leave the report."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--partitions", type=int, required=True)
    parser.add_argument("--core", type=int, required=True)
    parser.add_argument("--report", type=Path, required=True)
    options = parser.parse_args()
    stay_on_one_core(options.core)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(run(options.bootstrap, options.group, options.events, options.partitions))
    report.write(options.report)


if __name__ == "__main__":
    main()
