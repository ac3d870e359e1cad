"""`python -m benchmarks`: the drain beside the reference; `… core`: the core without Kafka."""

from __future__ import annotations

import argparse
import signal
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import Progress

from benchmarks import machine
from benchmarks.core import measure_core
from benchmarks.drain import fill, measure_round
from benchmarks.results import Result
from benchmarks.tables import show
from testbed.kafka import KafkaBroker

EVENTS = 1_000_000
REFERENCE_EVENTS = 60_000
CORE_EVENTS = 300_000
WIDTH = 110


def main() -> None:
    """Measure events per CPU second. Run it on an otherwise idle machine, or take several runs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("what", nargs="?", choices=["drain", "core"], default="drain")
    parser.add_argument("--events", type=int, help=f"default {EVENTS:,}; core {CORE_EVENTS:,}")
    parser.add_argument(
        "--runs", type=int, default=1, help="rounds, worker and reference in turn; medians are shown"
    )
    parser.add_argument(
        "--reference-events",
        type=int,
        default=REFERENCE_EVENTS,
        help="events of the reference, 0: without it",
    )
    parser.add_argument(
        "--profile", action="store_true", help="print the top of cProfile; figures are then not kept"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that broker and worker are ended, too
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    if options.what == "core":
        measure_core(console, options.events or CORE_EVENTS, runs=options.runs, is_profiled=options.profile)
        return
    _drain(console, options)


def _drain(console: Console, options: argparse.Namespace) -> None:
    events = options.events or EVENTS
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with KafkaBroker() as broker:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(f"filling {events:,} events", total=events)
            fill(broker, events, lambda count: progress.advance(task, count))
        rounds = []
        for number in range(options.runs):
            with console.status(f"round {number + 1} of {options.runs}"):
                rounds.append(
                    measure_round(
                        broker,
                        number,
                        events=events,
                        reference_events=min(options.reference_events, events),
                        is_profiled=options.profile,
                    )
                )
    result = Result(at=started, machine=machine.description(), events=events, rounds=rounds)
    show(console, result)
    if not options.profile:
        console.print(f"kept in benchmarks/results/{result.write('drain').name}")


if __name__ == "__main__":
    main()
