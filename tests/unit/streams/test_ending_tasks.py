"""Tasks end, also those that do not listen at once."""

import asyncio
from contextlib import suppress

from streams.ending_tasks import ended


async def test_a_task_that_swallows_its_cancellation_ends_all_the_same() -> None:
    """As `wait_for` does before Python 3.12 when it is cancelled in the very moment of an answer."""
    turns = 0

    async def stubborn() -> None:
        nonlocal turns
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3_600)
        turns += 1
        await asyncio.sleep(3_600)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    assert await ended([task]) == []
    assert turns == 1
    assert task.cancelled()


async def test_what_a_task_failed_with_is_returned() -> None:
    """One that had failed before, one that is cancelled, one that is done."""

    async def fail() -> None:
        raise ValueError("by itself")

    tasks = [asyncio.create_task(each) for each in (fail(), asyncio.sleep(3_600), asyncio.sleep(0))]
    await asyncio.sleep(0.01)
    assert [str(error) for error in await ended(tasks)] == ["by itself"]
