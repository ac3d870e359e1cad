"""What one measured process reports, and what a whole run of the benchmark leaves behind as JSON.

Guarantee: a report goes through a file, so nothing that a library prints can get between its lines.

Worked: events 1,000,000, CPU 15.9 s → 62,893 events per CPU second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct, field, json

from benchmarks.limits import Figure
from benchmarks.usage import Taken, Usage

RESULTS: Final = Path(__file__).parent / "results"
"""Figures of this machine; not part of the repository."""


class Report(Struct, frozen=True, kw_only=True):
    """What a worker or the reference measured of itself.

    events: how many were processed between the two moments; used: what that took; taken: by part of the
    program; hold: longest time, in seconds, for which the event loop turned for nobody else; counts: batches,
    checkpoints and the like.
    """

    events: int
    used: Usage
    taken: Taken = field(default_factory=lambda: Taken({}, {}))
    hold: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def per_cpu_second(self) -> float:
        """Events per CPU second."""
        return self.events / self.used.cpu

    def write(self, file: Path) -> None:
        """Leave the report for the process that waits for it."""
        file.write_bytes(json.encode(self))

    @classmethod
    def read(cls, file: Path) -> Report:
        """Return the report of a process that has ended."""
        return json.decode(file.read_bytes(), type=cls)


class Round(Struct, frozen=True, kw_only=True):
    """One drain and the references beside it: an ordinary Faust agent, and a loop that keeps nothing.

    load: of the machine before and after (one minute's average); whole_cpu: CPU seconds of the worker's whole
    life with start and stop; pace: see `machine.pace`; source_bytes, changelog_bytes: what the broker keeps
    on disk of both.
    """

    worker: Report
    reference: Report | None
    plain: Report | None
    load: tuple[float, float]
    pace: float
    whole_cpu: float
    source_bytes: int
    changelog_bytes: int


class Result(Struct, frozen=True, kw_only=True):
    """A run of the benchmark; at: RFC 3339 in UTC; machine: in general terms; pace: see `machine.pace`."""

    at: str
    machine: str
    pace: float
    figures: list[Figure]

    def write(self) -> Path:
        """Keep the result; returns the file."""
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{self.at.replace(':', '')}.json"
        file.write_bytes(json.format(json.encode(self)))
        return file
