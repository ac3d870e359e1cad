"""The workers of a run: who runs, what each has folded, how often each guard had work, over all lives.

Guarantee: counts of guards are sums over process lives of what each life showed last on /metrics; what a
killed process counted in its last second is lost, so they are lower bounds.
Worked: a worker that showed fence 2 and is killed, and its next life that shows fence 1, make 3.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos.spool import Place
from chaos.worker import CLOCK_VARIABLE
from testbed.project_files import PROJECT
from testbed.support_site import SupportSite
from testbed.worker_process import WorkerProcess

AHEAD = 0.05
"""A fault counts only while at least this share of the worker's records is still to be folded."""


class WorkerEnded(Exception):
    """A worker stopped although nobody stopped it: its log says why, and that is a fault of the program."""


class ChaosWorker(WorkerProcess):
    """`supportpulse run` whose wall clock can be moved."""

    def __init__(self, site: SupportSite, name: str, *, is_static: bool) -> None:
        super().__init__(site, instance=name if is_static else None, directory=site.directory / name)
        self.name = name
        self.is_static = is_static
        self.is_paused = False
        self.clock_file = self.directory / "clock"

    def launch(self) -> None:
        """Start the process without waiting for it; its clock is right again."""
        self.clock_file.write_text("0", encoding="utf-8")
        self.is_paused = False
        environment = {"PYTHONPATH": str(PROJECT), CLOCK_VARIABLE: str(self.clock_file)}
        _, *arguments = self._command()
        self._process.spawn([sys.executable, "-m", "chaos.worker", *arguments], environment)

    def move_clock(self, seconds: float) -> None:
        """Let the wall clock of the process be wrong by so much."""
        self.clock_file.write_text(f"{seconds:.0f}", encoding="utf-8")

    def freeze(self) -> None:
        """Stop it (SIGSTOP)."""
        self.is_paused = True
        self.pause()

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self.resume()
        self.is_paused = False

    def end_by(self, number: signal.Signals) -> None:
        """Send a signal that ends it and wait for the end."""
        self._process.signal(number)
        self._process.wait()


@dataclass(slots=True)
class Life:
    """What one life of a worker has shown so far."""

    worker: ChaosWorker
    applied: dict[Place, int] = field(default_factory=dict)
    folded: int = 0
    """Records folded since the last fault."""
    guards: dict[str, int] = field(default_factory=dict)
    lag: int = 0


class Fleet:
    """All workers of a run."""

    def __init__(self, site: SupportSite, totals: Mapping[Place, int]) -> None:
        self.site = site
        self.lives: dict[str, Life] = {}
        self.processes = 0
        self._totals = totals
        self._past: Counter[str] = Counter()
        self._named = 0

    @property
    def running(self) -> list[Life]:
        """The lives that run and are not paused, in the order of their names."""
        return [
            life
            for _, life in sorted(self.lives.items())
            if life.worker.is_running and not life.worker.is_paused
        ]

    @property
    def guards(self) -> Counter[str]:
        """How often each guard had work, over all lives."""
        return sum((Counter(life.guards) for life in self.lives.values()), Counter(self._past))

    def add(self) -> ChaosWorker:
        """Start one more worker; every second one is a static member of the group."""
        self._named += 1
        worker = ChaosWorker(self.site, f"w{self._named}", is_static=self._named % 2 == 1)
        self._start(worker)
        return worker

    def restart(self, worker: ChaosWorker) -> None:
        """Start the next life of a worker that has ended."""
        self._keep(worker)
        self._start(worker)

    def forget(self, worker: ChaosWorker) -> None:
        """Take a worker that has ended out of the fleet."""
        self._keep(worker)
        del self.lives[worker.name]
        worker.close()

    def observe(self) -> None:
        """Look at every worker that answers."""
        for life in self.running:
            self._look_at(life)

    def check(self) -> None:
        """Raise WorkerEnded where a worker has ended by itself."""
        for life in self.lives.values():
            if not life.worker.is_running:
                raise WorkerEnded(f"{life.worker.name} ended by itself: {life.worker.log_file}")

    def forget_work(self) -> None:
        """Begin to count anew what each worker folds: a fault has happened."""
        for life in self.lives.values():
            life.folded = 0

    def is_far_from_its_end(self, life: Life) -> bool:
        """Say whether at least 5 % of the records of a worker are still to be folded."""
        total = sum(self._totals.get(place, 0) for place in life.applied)
        left = sum(self._totals.get(place, 0) - applied for place, applied in life.applied.items())
        return total > 0 and left >= AHEAD * total

    def close(self) -> None:
        """End everything."""
        for life in self.lives.values():
            life.worker.thaw()
            life.worker.kill()
            life.worker.close()

    def _start(self, worker: ChaosWorker) -> None:
        worker.launch()
        self.processes += 1
        self.lives[worker.name] = Life(worker)

    def _keep(self, worker: ChaosWorker) -> None:
        self._past.update(self.lives[worker.name].guards)
        self.lives[worker.name].guards = {}

    def _look_at(self, life: Life) -> None:
        try:
            partitions: list[dict[str, Any]] = life.worker.live().get("partitions", [])
            guards = guards_of(life.worker.page())
        except (OSError, json.JSONDecodeError):
            return
        seen = {
            (each["topic"], each["partition"]): each
            for each in partitions
            if each["state"] == "live" and each["applied"] is not None
        }
        for place, each in seen.items():
            if place in life.applied:
                life.folded += max(0, each["applied"] - life.applied[place])
        life.applied = {place: each["applied"] for place, each in seen.items()}
        life.lag = sum(each["lag"] or 0 for each in seen.values())
        life.guards |= guards


def guards_of(page: str) -> dict[str, int]:
    """Return the values of support_guards_total on a page of /metrics."""
    found = {}
    for line in page.splitlines():
        if line.startswith('support_guards_total{guard="'):
            name, _, value = line.removeprefix('support_guards_total{guard="').partition('"} ')
            found[name] = int(float(value))
    return found


def wait(seconds: float) -> None:
    """Let time pass: a pace of the run, not a wait for somebody."""
    time.sleep(seconds)
