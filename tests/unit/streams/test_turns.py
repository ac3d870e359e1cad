"""Long work on the event loop, in turns with everything else."""

import asyncio
from time import thread_time

from aggregators.steps import Steps
from streams.turns import LONGEST_TURN, Turns

PIECE = LONGEST_TURN / 4


def busy(pieces: int) -> Steps[int]:
    """Use the CPU for a while and return how many pieces that were."""
    for _ in range(pieces):
        until = thread_time() + PIECE
        while thread_time() < until:
            pass
        yield
    return pieces


def test_others_have_their_turn_between_the_pieces() -> None:
    """A hundred pieces of a quarter of a turn leave others at least twenty turns; the result is whole."""

    async def scenario() -> tuple[int, int, float]:
        turns, others = Turns(), 0

        async def count() -> None:
            nonlocal others
            while True:
                others += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        result = await turns.take(busy(100))
        counting.cancel()
        return result, others, turns.used

    result, others, used = asyncio.run(scenario())
    assert result == 100
    assert others >= 20
    assert used >= 100 * PIECE


def test_only_its_own_time_counts() -> None:
    """What others do between two turns is theirs."""

    async def scenario() -> float:
        turns = Turns()

        async def hog() -> None:
            while True:
                for _ in busy(20):
                    pass
                await asyncio.sleep(0)

        hogging = asyncio.create_task(hog())
        await turns.take(busy(12))
        hogging.cancel()
        return turns.used

    assert asyncio.run(scenario()) < 20 * PIECE


def test_work_whose_result_is_none_ends() -> None:
    """None is a result, too."""

    def nothing() -> Steps[None]:
        yield

    async def scenario() -> None:
        assert await Turns().take(nothing()) is None

    asyncio.run(scenario())
