"""The reference: an ordinary Faust agent that handles one event at a time and keeps ordinary tables.

It does a part of the work only: per queue and bucket of 10 s the requests, answered and abandoned calls,
those answered in time, the sums of waits, talk, hold and wrap-up, and how many calls were handled. There is
no percentile, no window longer than its bucket, no state now, no correction of late or doubled events, no
position in the state, and nothing is made visible. Faust is tuned as far as it goes: uvloop, its Cython
parts, no waiting for an empty stream, a linger of 50 ms that lets changelog records go in batches, bytes as
values and msgspec for the JSON.

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
THRESHOLD_SECONDS: Final = 20
TABLES: Final = (
    "requests", "answered", "in_time", "abandoned", "handled",
    "wait_sum", "talk_sum", "hold_sum", "wrapup_sum", "calls",
)  # fmt: skip


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


class CallTables:
    """The tables, and what each event does to them."""

    def __init__(self, app: faust.App) -> None:
        self.requests, self.answered, self.in_time, self.abandoned, self.handled = (
            app.Table(name, default=int) for name in TABLES[:5]
        )
        self.wait_sum, self.talk_sum, self.hold_sum, self.wrapup_sum = (
            app.Table(name, default=float) for name in TABLES[5:9]
        )
        self.calls: Any = app.Table(TABLES[9], default=None)
        """Call → its queue, when its present phase began, seconds of talk and of hold so far."""

    def take(self, event: dict[str, Any]) -> None:
        """Count one event."""
        kind, call = event["type"], event["subject"]
        moment = datetime.fromisoformat(event["time"]).timestamp()
        if kind == "call.offered":
            queue = event["data"]["queue"]
            self.requests[f"{queue}/{int(moment // BUCKET_SECONDS)}"] += 1
            self.calls[call] = (queue, moment, 0.0, 0.0)
        elif (known := self.calls.get(call)) is not None:
            self._go_on(kind, call, moment, known)

    def _go_on(self, kind: str, call: str, moment: float, known: tuple[str, float, float, float]) -> None:
        queue, since, talk, hold = known
        row = f"{queue}/{int(moment // BUCKET_SECONDS)}"
        if kind == "call.answered":
            self.answered[row] += 1
            self.wait_sum[row] += moment - since
            if moment - since <= THRESHOLD_SECONDS:
                self.in_time[row] += 1
            self.calls[call] = (queue, moment, 0.0, 0.0)
        elif kind == "call.abandoned":
            self.abandoned[row] += 1
            del self.calls[call]
        elif kind == "call.unhold":
            self.calls[call] = (queue, moment, talk, hold + moment - since)
        elif kind in {"call.hold", "call.ended"}:
            self.calls[call] = (queue, moment, talk + moment - since, hold)
        elif kind == "call.wrapup_ended":
            self.handled[row] += 1
            self.talk_sum[row] += talk
            self.hold_sum[row] += hold
            self.wrapup_sum[row] += moment - since
            del self.calls[call]


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
        cython_optimizations=True,
        stream_buffer_maxsize=16_384,
        broker_max_poll_records=2_000,
        web_enabled=False,
        autodiscover=False,
    )
    calls = app.topic("support.calls", key_type=bytes, value_type=bytes, value_serializer="raw")
    tables = CallTables(app)
    decode = msgspec.json.Decoder().decode

    @app.agent(calls)
    async def count(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            with counting.event():
                tables.take(decode(value))

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
