"""The measured process: the service of `supportpulse run`, until everything is applied and durable.

Guarantee: CPU is read from before the first fold (at most 20 ms before) until the moment at which every
partition's durable position is the end of the log; reading configuration, importing and stopping lie outside.
Nothing of the program is replaced: functions that are called once per batch, checkpoint or tick are timed
where they stand.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import json

from aggregators.ledger import PartitionLedger
from benchmarks.machine import stay_on_one_core
from benchmarks.results import Report
from benchmarks.usage import LoopWatch, Shares, Taken, Usage
from streams import aiokafka_private
from streams.decoder import Decoder
from streams.partition import SourcePartition
from streams.service import Service, run_service
from streams.settings import Settings, configuration_from_mapping
from streams.turns import Turns
from testbed.processes import free_port

FIRST_POLL_SECONDS: Final = 0.02
POLL_SECONDS: Final = 0.1
"""A poll takes 0.2 ms with six topics of eight partitions."""
PROFILED_LINES: Final = 45

FETCH, DECODE, FOLD, DRAFT, TICK, NOTE, COLLECTOR = (
    "hand over fetched records",
    "decode",
    "fold",
    "draft checkpoints",
    "ticks and pages",
    "note sources and keys",
    "garbage collector, inside the others",
)


class Drain:
    """Watches a service from its first event to the last durable one."""

    def __init__(self, events: int, shares: Shares, profile: cProfile.Profile | None) -> None:
        self._events = events
        self._shares = shares
        self._profile = profile
        self.report: Report | None = None

    async def watch(self, service: Service) -> None:
        """Return when everything is durable; the service then stops."""
        holds = LoopWatch()
        holds.start()
        before, taken = self._now()
        while not self._applied(service):
            before, taken = self._now()
            await asyncio.sleep(FIRST_POLL_SECONDS)
        if self._profile is not None:
            self._profile.enable()
        while self._durable(service) < self._events:  # noqa: ASYNC110  # nobody tells when it is durable
            await asyncio.sleep(POLL_SECONDS)
        if self._profile is not None:
            self._profile.disable()
        after, taken_after = self._now()
        holds.stop()
        statistics = service.processor.statistics
        self.report = Report(
            events=self._events,
            used=after.since(before),
            taken=taken_after.since(taken),
            hold=holds.longest,
            counts={
                "batches": statistics.batches,
                "checkpoints": statistics.checkpoints,
                "checkpoint bytes": statistics.checkpoint_bytes,
                "refused": statistics.dead_letters.total(),
                "failures": statistics.partition_failures + statistics.app_failures,
            },
        )

    def _now(self) -> tuple[Usage, Taken]:
        return Usage.now(), self._shares.taken()

    @staticmethod
    def _applied(service: Service) -> int:
        return sum(status.applied or 0 for status in service.processor.partitions)

    @staticmethod
    def _durable(service: Service) -> int:
        return sum(status.durable or 0 for status in service.processor.partitions)


def watched_parts() -> Shares:
    """Return the shares of the parts of the program, counted from now on."""
    shares = Shares()
    shares.watch(aiokafka_private, "_take_fetched", FETCH)
    shares.watch(Decoder, "decode_turn", DECODE)
    shares.watch(SourcePartition, "_note", NOTE)
    shares.watch(PartitionLedger, "fold", FOLD)
    shares.watch(PartitionLedger, "draft_checkpoint", DRAFT)
    shares.watch(Turns, "turn", TICK)
    shares.watch_collector(COLLECTOR)
    return shares


def worker_settings(options: argparse.Namespace) -> Settings:
    """Return the settings of a measured worker."""
    sections = json.decode(options.settings)
    kafka = {**sections.pop("kafka", {}), "bootstrap": options.bootstrap, "group": options.group}
    return configuration_from_mapping({**sections, "kafka": kafka, "http": {"port": free_port()}})


def new_parser(description: str | None) -> argparse.ArgumentParser:
    """Return the options that every measured worker takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--core", type=int, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--settings", default="{}", help="JSON of the other sections")
    return parser


def main() -> None:
    """Drain a topic and leave the report."""
    parser = new_parser(main.__doc__)
    parser.add_argument(
        "--profile", action="store_true", help="print where the event loop's thread spent its time"
    )
    options = parser.parse_args()
    stay_on_one_core(options.core)
    settings = worker_settings(options)
    profile = cProfile.Profile() if options.profile else None
    drain = Drain(options.events, watched_parts(), profile)
    with suppress(KeyboardInterrupt):
        run_service(Service(settings), beside=drain.watch)
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(PROFILED_LINES)
    if drain.report is not None:
        drain.report.write(options.report)


if __name__ == "__main__":
    main()
