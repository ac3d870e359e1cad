"""Long work in pieces: whoever drives it decides what may happen between two of them.

A reading of 8 partitions after a restart takes half a second; in pieces of a millisecond or so an event loop
can send heartbeats and answer requests meanwhile. What is done in pieces takes nothing from between them: the
result is that of doing all of it at once, provided that nobody changes what it reads.

    total = finished(rows.summing(starts, end))      # at once
    total = yield from rows.summing(starts, end)     # as pieces of greater work
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")

Steps = Generator[None, None, Result]
"""Yields between its pieces and returns the result."""


def finished(steps: Steps[Result]) -> Result:
    """Do all of it at once and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
