"""The counting processor as a process of its own that tells through a pipe how far it is; tests end it.

Guarantee: the process has ended when the context is left.

    with WorkerPipe(bootstrap, topic, instance="one") as worker:
        worker.wait_for_records(1_000)
        worker.kill()
"""

import signal
import subprocess
import sys
from typing import Self

from testbed.project_files import PROJECT

SECONDS_PER_EVENT = 0.0003
END_SECONDS = 30


class WorkerPipe:
    """One worker; instance: its name as a static member, None for one that gets an id anew each time."""

    def __init__(self, bootstrap: str, topic: str, *, instance: str | None = "one") -> None:
        """Start it."""
        member = [] if instance is None else ["--instance", instance]
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "testbed.counting_processor", "--bootstrap", bootstrap),
                *("--topic", topic, "--group", topic, *member),
                *("--seconds-per-event", str(SECONDS_PER_EVENT)),
            ],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait_for_records(self, number: int) -> int:
        """Wait until so many records were folded; return how many exactly."""
        assert self._process.stdout is not None
        folded = 0
        while folded < number:
            folded += int(self._process.stdout.readline().split()[1])
        return folded

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End the process without warning; one that has ended already is left alone."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def stop(self) -> int:
        """End the process by SIGTERM and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=END_SECONDS)
        return self._process.returncode

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.kill()
