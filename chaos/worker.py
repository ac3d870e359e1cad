"""`supportpulse run` as it is, with a wall clock that can be moved and checkpoints in many small pieces.

Guarantee: the program itself is untouched. `time.time` and `time.time_ns` are off by the seconds that stand
in the file CHAOS_CLOCK_FILE names, looked at ten times a second; monotonic clocks go on, as when somebody
sets the clock of a machine. Chunks of 4 KiB instead of 256, two in a request instead of a megabyte, let kills
and refusals fall between the pieces of a checkpoint; 5,000 events a second instead of 50,000 let them meet
batches that wait.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

CLOCK_VARIABLE = "CHAOS_CLOCK_FILE"
CHUNK_BYTES = 4_096
BATCH_BYTES = 2 * CHUNK_BYTES
LOOK_SECONDS = 0.1
SECONDS_PER_EVENT = 0.0002
LARGEST_SLICE = 200
"""Events folded without giving way: 40 ms at that speed."""


class MovableClock:
    """The wall clock of this process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = 0.0
        self._looked_at = -LOOK_SECONDS
        self._time, self._time_ns = time.time, time.time_ns

    def install(self) -> None:
        """Let everything that is imported from now on see this clock."""
        time.time, time.time_ns = self.time, self.time_ns

    def time(self) -> float:
        """Return seconds since the epoch, or what passes for them."""
        return self._time() + self._shift()

    def time_ns(self) -> int:
        """Return nanoseconds since the epoch, or what passes for them."""
        return self._time_ns() + int(self._shift() * 1_000_000_000)

    def _shift(self) -> float:
        if time.monotonic() - self._looked_at > LOOK_SECONDS:
            self._looked_at = time.monotonic()
            # Not written yet, or half of it: the clock stays as it is.
            with suppress(OSError, ValueError):
                self._offset = float(self._file.read_text(encoding="utf-8"))
        return self._offset


def main() -> int:
    """Run the command line of supportpulse; the arguments are its own."""
    MovableClock(Path(os.environ[CLOCK_VARIABLE])).install()
    # Only now: modules bind `time.time` when they are imported.
    from aggregators import checkpoint  # noqa: PLC0415
    from aggregators.ledger import PartitionLedger  # noqa: PLC0415
    from streams import transport, worker  # noqa: PLC0415
    from streams.command_line import run  # noqa: PLC0415

    checkpoint.CHUNK_BYTES = CHUNK_BYTES  # type: ignore[misc]  # smaller on purpose, see above
    worker.PRODUCER_BATCH_BYTES = BATCH_BYTES  # type: ignore[misc]  # as above
    transport.LARGEST_SLICE = LARGEST_SLICE  # type: ignore[misc]  # as above
    fold = PartitionLedger.fold

    def fold_slowly(ledger: PartitionLedger, events: Sequence[Any], position: int) -> object:
        time.sleep(len(events) * SECONDS_PER_EVENT)
        return fold(ledger, events, position)

    setattr(PartitionLedger, "fold", fold_slowly)  # noqa: B010  # a method may not be assigned otherwise
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
