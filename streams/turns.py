"""Long work on the event loop: in turns with everything else that waits there.

Guarantee: whoever takes turns holds the loop for LONGEST_TURN at a time and at most one step longer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import thread_time
from typing import Final, Generic, TypeVar

from aggregators.steps import Steps

Result = TypeVar("Result")

LONGEST_TURN: Final = 0.01
"""Seconds of CPU after which others have their turn, a heartbeat or a request."""


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """Work that is done; its result may be None."""

    result: Result


class Turns:
    """Does work in steps; used: the CPU seconds that it took, without those of others in between."""

    def __init__(self) -> None:
        self.used = 0.0

    async def take(self, steps: Steps[Result]) -> Result:
        """Do some work and return its result."""
        while (done := self.turn(steps)) is None:  # noqa: ASYNC110  # it is this very task that works
            await asyncio.sleep(0)
        return done.result

    def turn(self, steps: Steps[Result]) -> Done[Result] | None:
        """Do some steps; return the result when there is one, None while there is more to do."""
        began = thread_time()
        try:
            while thread_time() - began < LONGEST_TURN:
                next(steps)
        except StopIteration as end:
            return Done(end.value)
        finally:
            self.used += thread_time() - began
        return None
