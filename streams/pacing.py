"""Real time for recorded and simulated events: each leaves when it is due, a chosen number of times faster.

Guarantee: nothing leaves early; an event that is dated before one already sent leaves at once.

Worked: at speed 60 an event ten minutes after the first leaves ten seconds after it.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep


class Pacer:
    """Says how long to wait for an event; `speed` None never waits."""

    def __init__(
        self,
        speed: float | None,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], None] = sleep,
    ) -> None:
        """speed: times real time, above 0. clock, sleep: seconds."""
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._begin: tuple[int, float] | None = None

    def wait_until(self, time: int | None, *, before_waiting: Callable[[], None]) -> None:
        """Wait until the event of this time (ms) is due; `before_waiting` is called when that is not now."""
        if self._speed is None or time is None:
            return
        if self._begin is None:
            self._begin = time, self._clock()
        first, begin = self._begin
        delay = begin + (time - first) / 1000 / self._speed - self._clock()
        if delay > 0:
            before_waiting()
            self._sleep(delay)
