"""Ending tasks for sure, also where one swallows that it was cancelled.

Before Python 3.12 `asyncio.wait_for` swallows a cancellation that comes in the moment in which what it waits
for is done: a task that does one thing after the other then goes on for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, Final

AGAIN_SECONDS: Final = 1.0


async def ended(tasks: Collection[asyncio.Task[Any]]) -> list[BaseException]:
    """Cancel tasks, again and again, until all have ended; return what they failed with by themselves."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=AGAIN_SECONDS)
    errors = (None if task.cancelled() else task.exception() for task in tasks)
    return [error for error in errors if error is not None]
