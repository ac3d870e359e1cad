"""The machine that is measured on: which it is, in general terms, how busy, and how to stay on one core.

Guarantee: after `stay_on_one_core` every thread of the process, also those it starts later, runs on that core
only.
"""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path


def description() -> str:
    """Return processor, cores and Python, without names of machines."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    cores = os.cpu_count()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{model}, {cores} cores, {platform.system()}, {python}"


def load() -> float:
    """Return the average number of processes that wanted a core in the last minute."""
    return os.getloadavg()[0]


def pace() -> float:
    """Return the CPU milliseconds of a fixed piece of Python: what a busy machine does to all other figures.

    The middle of nine. Two runs whose paces differ by a fifth cannot be compared closer than that.
    """
    taken = []
    for _ in range(9):
        began = time.process_time()
        sums: dict[int, int] = {}
        for number in range(300_000):
            sums[number % 1_000] = sums.get(number % 1_000, 0) + number
        taken.append((time.process_time() - began) * 1e3)
    return sorted(taken)[len(taken) // 2]


def last_core() -> int:
    """Return the core to measure on: the last one, because interrupts tend to the first."""
    return max(os.sched_getaffinity(0))


def stay_on_one_core(core: int) -> None:
    """Pin this process to a core; call it before any thread is started."""
    os.sched_setaffinity(0, {core})
