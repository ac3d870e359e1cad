"""How results look on a terminal: one table of the two processes, one of where the worker's time went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.drain_worker import COLLECTOR, FETCH
from benchmarks.results import Report, Result, Round

WANTED = 60_000
"""Events per CPU second that this version must reach."""


def show(console: Console, result: Result) -> None:
    """Print a result of the drain."""
    rounds = result.rounds
    console.print(_comparison(result))
    console.print(_parts(rounds[-1].worker))
    last = rounds[-1]
    counts = ", ".join(f"{number:,} {name}" for name, number in last.worker.counts.items())
    console.print(
        f"changelog / source bytes: {last.changelog_bytes / last.source_bytes:.2f} "
        f"({last.changelog_bytes / 1e6:.0f} / {last.source_bytes / 1e6:.0f} MB); {counts}"
    )
    loads = ", ".join(f"{before:.1f} → {after:.1f}" for before, after in (each.load for each in rounds))
    console.print(f"machine: {result.machine}; load average by round: {loads}")
    paces = ", ".join(f"{each.pace:.0f} ms" for each in rounds)
    console.print(f"a fixed piece of Python took {paces} of CPU before each round: compare it between runs")
    reached = middle(each.worker.per_cpu_second for each in rounds)
    verdict = "[green]reached[/]" if reached >= WANTED else "[red]missed[/]"
    console.print(f"at least {WANTED:,} events per CPU second: {verdict} ({reached:,.0f})")


def middle(values: Iterable[float]) -> float:
    """Return the median."""
    return median(list(values))


def _comparison(result: Result) -> Table:
    rounds = result.rounds
    title = f"{result.events:,} call events, one core" + (
        f", median of {len(rounds)} rounds" if len(rounds) > 1 else ""
    )
    table = Table(title=title, title_justify="left")
    for heading in ("", "events", "events / CPU s", "µs / event", "events / s", "CPU s", "wall s"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    table.add_row("supportpulse", *_figures([each.worker for each in rounds]))
    references = [each.reference for each in rounds if each.reference is not None]
    if references:
        table.add_row("ordinary Faust agent", *_figures(references))
        table.add_row("ratio", "", f"{middle(ratios(rounds)):.1f} ×", style="bold")
    return table


def ratios(rounds: Sequence[Round]) -> list[float]:
    """Return the ratio of every round that has one."""
    return [each.ratio for each in rounds if each.ratio is not None]


def _figures(reports: Sequence[Report]) -> list[str]:
    rate = middle(each.per_cpu_second for each in reports)
    return [
        f"{reports[0].events:,}",
        f"{rate:,.0f}",
        f"{1e6 / rate:.1f}",
        f"{middle(each.events / each.used.wall for each in reports):,.0f}",
        f"{middle(each.used.cpu for each in reports):.1f}",
        f"{middle(each.used.wall for each in reports):.1f}",
    ]


def _parts(report: Report) -> Table:
    """Return the shares; what is not timed is the rest of its thread."""
    table = Table(title="where the worker's CPU time went (last round)", title_justify="left")
    for heading in ("part", "µs / event", "share", "calls"):
        table.add_column(heading, justify="left" if heading == "part" else "right")
    cpu, taken = report.used.cpu, report.taken
    rows = dict(taken.seconds)
    loop = report.used.threads.get("MainThread", cpu)
    inside = sum(used for part, used in rows.items() if part not in (FETCH, COLLECTOR))
    rows["event loop, rest (Faust, sending)"] = loop - inside
    rows["consumer, rest (aiokafka, sockets)"] = cpu - loop - rows.get(FETCH, 0.0)
    for part, used in sorted(rows.items(), key=lambda row: -row[1]):
        calls = taken.calls.get(part)
        table.add_row(
            part,
            f"{used / report.events * 1e6:.2f}",
            f"{used / cpu:.1%}",
            "" if calls is None else f"{calls:,}",
        )
    return table
