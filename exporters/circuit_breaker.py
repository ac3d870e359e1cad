"""A circuit breaker: after failures in a row nothing is tried for a while, then one trial decides.

Guarantee: while it is open `allows` is False, so that a server that does not answer costs nothing; the first
success closes it.

Worked: two failures at 0 s and 1 s: no trial until 4 s; the one at 4 s fails: none until 7 s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

FAILURES: Final = 2
PAUSE_SECONDS: Final = 3.0


class CircuitBreaker:
    """Whether a server is worth asking."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start closed; clock: monotonic seconds."""
        self._clock = clock
        self._failures = 0
        self._open_until = clock()

    @property
    def allows(self) -> bool:
        """Whether to try now."""
        return self._failures < FAILURES or self._clock() >= self._open_until

    def note_success(self) -> None:
        """Close it."""
        self._failures = 0

    def note_failure(self) -> None:
        """Count a failure; the second in a row opens it."""
        self._failures += 1
        self._open_until = self._clock() + PAUSE_SECONDS
