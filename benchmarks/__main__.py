"""`python -m benchmarks`: everything; with names: these parts. Each part is a process of its own.

python -m benchmarks calls --events 200000 --runs 3    # the drain beside its references
python -m benchmarks core                              # where the core's time goes, without Kafka
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import json
from rich.console import Console
from rich.progress import Progress

from benchmarks import machine, tables
from benchmarks.cases import known_figures, memory_figures
from benchmarks.core import measure_core
from benchmarks.customers import CUSTOMERS, customer_figures
from benchmarks.drain import CALLS, TICKETS, Load, fill, measure_round
from benchmarks.explaining import CALLS as EXPLAINED_CALLS
from benchmarks.explaining import explain_figures
from benchmarks.limits import Figure
from benchmarks.lives import latency_figures, life_figures
from benchmarks.results import Result, Round
from benchmarks.ticks import tick_figures
from testbed.kafka import KafkaBroker

PARTS: Final = ("calls", "tickets", "latency", "life", "ticks", "memory", "known", "customers", "explain")
EVENTS: Final = 1_100_000
REFERENCE_EVENTS: Final = 60_000
CORE_EVENTS: Final = 300_000
WIDTH: Final = 130


def main() -> int:
    """Measure what the program promises, on an otherwise idle machine; exit code 1 when it misses."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that broker and workers are ended, too
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    if options.parts == ["core"]:
        events = options.events or CORE_EVENTS
        measure_core(console, events, runs=options.runs, is_profiled=options.profile)
        return 0
    if options.figures is not None:
        options.figures.write_bytes(json.encode(list(_figures(options.parts[0], console, options))))
        return 0
    figures = [figure for part in options.parts or PARTS for figure in _apart(part)]
    result = Result(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine.description(),
        pace=machine.pace(),
        figures=figures,
    )
    tables.show(console, result)
    console.print(f"kept in benchmarks/results/{result.write().name}")
    return 1 if any(figure.verdict == "missed" for figure in figures) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "core"], help="default: all but core")
    parser.add_argument("--events", type=int, help=f"of a drain, default {EVENTS:,}; core {CORE_EVENTS:,}")
    parser.add_argument(
        "--runs", type=int, default=1, help="rounds of a drain, with the references in turn; medians"
    )
    parser.add_argument(
        "--reference-events", type=int, default=REFERENCE_EVENTS, help="of Faust, 0: no references"
    )
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help=f"default {CUSTOMERS:,}")
    parser.add_argument("--calls", type=int, default=EXPLAINED_CALLS, help="known when explaining")
    parser.add_argument("--profile", action="store_true", help="drain and core: print the top of cProfile")
    parser.add_argument("--figures", type=Path, help=argparse.SUPPRESS)
    return parser


def _apart(part: str) -> list[Figure]:
    """Measure one part in a process of its own, so that no part feels what another left in memory."""
    with tempfile.TemporaryDirectory(prefix="supportpulse-bench-") as directory:
        file = Path(directory) / "figures.json"
        arguments = [argument for argument in sys.argv[1:] if argument not in PARTS]
        command = [sys.executable, "-m", "benchmarks", part, *arguments, "--figures", str(file)]
        subprocess.run(command, check=True)
        return json.decode(file.read_bytes(), type=list[Figure])


def _figures(part: str, console: Console, options: argparse.Namespace) -> Iterator[Figure]:
    if part in ("calls", "tickets"):
        yield from _drained(CALLS if part == "calls" else TICKETS, console, options)
    elif part in ("latency", "life"):
        with tempfile.TemporaryDirectory(prefix="supportpulse-bench-") as name:
            directory = Path(name)
            yield from latency_figures(directory) if part == "latency" else life_figures(directory)
    else:
        machine.stay_on_one_core(machine.last_core())
        if part == "customers":
            yield from customer_figures(options.customers)
        elif part == "explain":
            yield from explain_figures(options.calls)
        else:
            yield from {"ticks": tick_figures, "memory": memory_figures, "known": known_figures}[part]()


def _drained(load: Load, console: Console, options: argparse.Namespace) -> Iterator[Figure]:
    events = options.events or EVENTS
    is_of_calls = load is CALLS
    references = min(options.reference_events, events) if is_of_calls else 0
    rounds: list[Round] = []
    with KafkaBroker() as broker:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(f"filling {events:,} events", total=events)
            fill(broker, load, events, lambda count: progress.advance(task, count))
        for number in range(options.runs):
            with console.status(f"round {number + 1} of {options.runs}"):
                rounds.append(
                    measure_round(
                        broker,
                        load,
                        events=events,
                        reference_events=references,
                        is_profiled=options.profile,
                    )
                )
    tables.show_drain(console, load.topic, rounds)
    rate = tables.middle(each.worker.per_cpu_second for each in rounds)
    if not is_of_calls:
        yield Figure("tickets", rate)
        return
    yield Figure("calls", rate)
    for name, reference in (
        ("calls against Faust", [each.reference for each in rounds]),
        ("calls against a loop", [each.plain for each in rounds]),
    ):
        known = [report.per_cpu_second for report in reference if report is not None]
        if known:
            yield Figure(name, rate / tables.middle(known), f"{tables.middle(known):,.0f} events / CPU s")
    yield Figure("hold in a drain", max(each.worker.hold for each in rounds) * 1e3)
    yield Figure(
        "changelog in a drain", tables.middle(each.changelog_bytes / each.source_bytes for each in rounds)
    )


if __name__ == "__main__":
    raise SystemExit(main())
