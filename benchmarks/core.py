"""The pure core without Kafka: decode, fold, checkpoint draft, moment and restoration, in µs per event.

Guarantee: the same records in the same batches as a drain would bring: 8 partitions by murmur2 of the call,
batches of one fetch (2,000 records), a checkpoint every 50,000 records of a partition or a batch, whichever
is larger; collector set as in service. Process time of this process on one core.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import process_time
from typing import Final

from rich.console import Console
from rich.table import Table

from aggregators.checkpoint import CheckpointDraft
from aggregators.configuration import Configuration
from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration
from aggregators.rows import Rows
from aggregators.site_time import window_end
from aggregators.totals import Totals
from benchmarks import machine
from benchmarks.call_log import call_events
from benchmarks.ledgers import BATCH, PARTITIONS, Record, decoded, fetched, record_of, settle_collector
from benchmarks.usage import Shares, Taken
from streams.partition import CHECKPOINT_RECORDS
from streams.partitioning import partition_of
from streams.settings import configuration_from_mapping
from streams.snapshot_slice import SnapshotSlice

PROFILED_LINES: Final = 30
_PART_OF_FOLD: Final = "  of fold: "


class Timings:
    """Process seconds by part, of one run over the log."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Add what the block takes to a part."""
        began = process_time()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + process_time() - began

    def add_parts(self, taken: Taken) -> None:
        """Add what the parts of a fold took; they are contained in it."""
        for part, seconds in taken.seconds.items():
            self.seconds[f"{_PART_OF_FOLD}{part}"] = seconds


def measure_core(console: Console, events: int, *, runs: int, is_profiled: bool) -> None:
    """Measure the core and print a table, with `is_profiled` the functions that took longest as well."""
    machine.stay_on_one_core(machine.last_core())
    configuration = configuration_from_mapping({"clock": {"mode": "event"}}).engine()
    records: list[list[Record]] = [[] for _ in range(PARTITIONS)]
    for event in call_events(events):
        partition = records[partition_of(event.key, PARTITIONS)]
        partition.append(record_of(event, len(partition)))
    settle_collector()
    before = machine.load()
    if is_profiled:
        profile = cProfile.Profile()
        profile.runcall(_fold_all, records, configuration, Timings())
        pstats.Stats(profile).sort_stats("tottime").print_stats(PROFILED_LINES)
    shares = _watched_parts()
    results = []
    for _ in range(runs):
        timings, taken = Timings(), shares.taken()
        ledgers, drafts = _fold_all(records, configuration, timings)
        timings.add_parts(shares.taken().since(taken))
        _read(ledgers, drafts, timings)
        results.append(timings.seconds)
    console.print(_table(results, events))
    console.print(f"machine: {machine.description()}; load average {before:.1f} → {machine.load():.1f}")


def _watched_parts() -> Shares:
    """Return the shares of what a fold calls once per batch or step, counted from now on."""
    shares = Shares()
    for owner, name, part in (
        (Rows, "add", "rows"),
        (Rows, "forget", "fine rows into coarse ones"),
        (Totals, "add", "totals"),
        (PartitionLedger, "refresh", "state index"),
        (PartitionLedger, "_pack_cold", "pack cold cases (with state index)"),
    ):
        shares.watch(owner, name, part)
    return shares


def _fold_all(
    records: Sequence[Sequence[Record]], configuration: Configuration, timings: Timings
) -> tuple[list[PartitionLedger], list[list[CheckpointDraft]]]:
    """Fold the whole log and return the ledgers with the drafts of their checkpoints."""
    ledgers = [PartitionLedger("calls", configuration) for _ in records]
    drafts: list[list[CheckpointDraft]] = [[] for _ in records]
    for start in range(0, max(map(len, records)), BATCH):
        for number, ledger in enumerate(ledgers):
            batch = fetched(records[number][start : start + BATCH])
            if not batch:
                continue
            with timings.of("decode"):
                events = decoded(batch, "calls")
            with timings.of("fold"):
                ledger.fold(events, start + len(batch))
            if (start + len(batch)) % CHECKPOINT_RECORDS == 0 or start + len(batch) == len(records[number]):
                with timings.of("draft checkpoint"):
                    drafts[number].append(
                        ledger.draft_checkpoint(SnapshotSlice().cases_of(len(ledger.cases)))
                    )
    return ledgers, drafts


def _read(
    ledgers: Sequence[PartitionLedger], drafts: Sequence[Sequence[CheckpointDraft]], timings: Timings
) -> None:
    """Read every ledger as a tick does, and restore it from its drafts."""
    configuration = ledgers[0].configuration
    now = max(ledger.watermark or 0 for ledger in ledgers)
    with timings.of("moment of all partitions"):
        for ledger in ledgers:
            ledger.moment(now, window_end(now, configuration.resolution))
    with timings.of("moment again"):
        for ledger in ledgers:
            ledger.moment(now, window_end(now, configuration.resolution))
    with timings.of("restore"):
        for kept in drafts:
            _restored(kept, configuration)


def _restored(drafts: Sequence[CheckpointDraft], configuration: Configuration) -> PartitionLedger:
    restoration = Restoration("calls", configuration)
    for draft in drafts:
        restoration.add(draft.chunks, draft.to_position)
    for _ in restoration.steps():
        pass
    return restoration.ledger


def _table(results: Sequence[dict[str, float]], events: int) -> Table:
    title = f"the core alone, {events:,} call events, {PARTITIONS} partitions, batches of {BATCH:,}"
    table = Table(title=title, title_justify="left")
    table.add_column("part")
    table.add_column("µs / event", justify="right")
    table.add_column("ms in all", justify="right")
    per_event = 0.0
    for part in results[0]:
        seconds = median(result[part] for result in results)
        table.add_row(part, f"{seconds / events * 1e6:.2f}", f"{seconds * 1e3:,.0f}")
        if part in ("decode", "fold", "draft checkpoint"):
            per_event += seconds / events
    table.add_section()
    table.add_row("decode + fold + draft", f"{per_event * 1e6:.2f}", f"{1 / per_event:,.0f} events / CPU s")
    return table
