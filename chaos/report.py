"""What a run tells: each fault as it happens, and at the end a page that says whether it was enough.

Guarantee: `problems` is empty only when everything that was asked for happened and nothing differed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from chaos.schedule import LEAST, Kind

NEEDED_GUARDS = ("fence", "late_writer", "trim", "gap", "unfinished")
SHOWN = 20


@dataclass(slots=True)
class Report:
    """The counts of one run."""

    seed: int
    asked: int
    kinds: tuple[Kind, ...]
    is_full: bool
    """Whether eight of each kind and every guard at work are demanded; a short run cannot promise that."""
    records: int = 0
    seconds: float = 0.0
    processes: int = 0
    hits: Counter[Kind] = field(default_factory=Counter)
    misses: Counter[Kind] = field(default_factory=Counter)
    behind: list[int] = field(default_factory=list)
    guards: Counter[str] = field(default_factory=Counter)
    verdicts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def problems(self) -> list[str]:
        """Return what is missing or wrong."""
        found = [
            f"{name}: {len(verdict['differences'])} numbers differ"
            for name, verdict in self.verdicts
            if verdict["differences"]
        ]
        found += [
            f"{name}: something is not covered" for name, verdict in self.verdicts if verdict["not_covered"]
        ]
        if self.hits.total() < self.asked:
            found.append(f"{self.hits.total()} faults counted, {self.asked} were asked for")
        if self.is_full:
            found += [f"only {self.hits[kind]} of: {kind}" for kind in self.kinds if self.hits[kind] < LEAST]
            found += [f"the guard {name} never had work" for name in NEEDED_GUARDS if not self.guards[name]]
        return found

    def text(self) -> str:
        """Return the page."""
        behind = sorted(self.behind) or [0]
        guards = ", ".join(f"{name} {count:,}" for name, count in sorted(self.guards.items()))
        begin = f"seed {self.seed}: {self.records:,} records, {self.hits.total()} faults that counted"
        lines = [f"{begin}, {self.processes} processes, {self.seconds / 60:.1f} minutes"]
        for kind in self.kinds:
            misses = f" (and {self.misses[kind]} times nobody was at work)" if self.misses[kind] else ""
            lines.append(f"  {self.hits[kind]:4} {kind}{misses}")
        lines += [
            f"behind at the hit: median {behind[len(behind) // 2]:,}, most {behind[-1]:,} records",
            f"guards at work: {guards}",
        ]
        for name, verdict in self.verdicts:
            lines.append(
                f"{name}: {verdict['records']:,} records recounted, {verdict['compared']:,} numbers, "
                f"{len(verdict['differences'])} differ, refused {verdict['refused']}"
            )
            details = (*verdict["differences"][:SHOWN], *verdict["not_covered"][:SHOWN])
            lines += [f"    {entry}" for entry in details]
        problems = self.problems()
        return "\n".join(
            [*lines, *(f"PROBLEM {problem}" for problem in problems), "failed" if problems else "passed"]
        )
