"""How results look on a terminal: every figure beside its limit; of a drain, who took how long for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.drain_worker import COLLECTOR, FETCH
from benchmarks.results import Report, Result, Round

WHOLE = 100
"""From here on a number has three digits before its point."""
VERDICTS = {"aim": "[green]aim reached[/]", "must": "[green]reached[/]", "missed": "[red]missed[/]"}


def show(console: Console, result: Result) -> None:
    """Print every figure beside what it must be and aims at."""
    table = Table(title="what the program promises", title_justify="left")
    for heading in ("what", "measured", "must", "aim", "", "reference"):
        table.add_column(heading, justify="left" if heading in ("what", "", "reference") else "right")
    for figure in result.figures:
        limit = figure.limit
        table.add_row(
            limit.what,
            f"{_number(figure.value)} {limit.unit}",
            _number(limit.must) if limit.must else "",
            _number(limit.aim),
            VERDICTS[figure.verdict],
            figure.reference,
        )
    console.print(table)
    console.print(f"machine: {result.machine}; a fixed piece of Python takes {result.pace:.0f} ms of CPU")


def _number(value: float) -> str:
    """Return at least three significant digits."""
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.3g}"


def show_drain(console: Console, topic: str, rounds: Sequence[Round]) -> None:
    """Print the rounds of a drain, and where the worker's time went."""
    console.print(_comparison(topic, rounds))
    last = rounds[-1]
    console.print(_parts(last.worker))
    counts = ", ".join(f"{number:,} {name}" for name, number in last.worker.counts.items())
    console.print(
        f"{last.changelog_bytes / 1e6:.0f} MB of changelog for {last.source_bytes / 1e6:.0f}; {counts}"
    )
    loads = ", ".join(f"{before:.1f} → {after:.1f}" for before, after in (each.load for each in rounds))
    paces = ", ".join(f"{each.pace:.0f} ms" for each in rounds)
    console.print(f"load average by round: {loads}; a fixed piece of Python: {paces}")


def middle(values: Iterable[float]) -> float:
    """Return the median."""
    return median(list(values))


def _comparison(topic: str, rounds: Sequence[Round]) -> Table:
    title = f"{rounds[0].worker.events:,} events of {topic}, one core" + (
        f", median of {len(rounds)} rounds" if len(rounds) > 1 else ""
    )
    table = Table(title=title, title_justify="left")
    for heading in ("", "events", "events / CPU s", "µs / event", "events / s", "CPU s", "wall s"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    for name, reports in (
        ("supportpulse", [each.worker for each in rounds]),
        ("ordinary Faust agent", [each.reference for each in rounds]),
        ("loop without durability", [each.plain for each in rounds]),
    ):
        known = [report for report in reports if report is not None]
        if known:
            table.add_row(name, *_figures(known))
    return table


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
