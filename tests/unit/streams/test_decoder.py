"""Decoding in turns: the same as at once, with the event loop free in between."""

import asyncio
from typing import NamedTuple

import pytest

from benchmarks.call_log import call_events
from streams.codec import decode_batch
from streams.decoder import Decoder
from streams.transport import FIRST_SLICE


class WrittenRecord(NamedTuple):
    """A record as the broker would bring it."""

    offset: int
    key: bytes
    value: bytes
    timestamp: int = 1_900_000_000_000
    headers: tuple[()] = ()


RECORDS = [WrittenRecord(offset, event.key, event.value) for offset, event in enumerate(call_events(1_000))]


def test_many_records_are_decoded_in_turns_in_their_order() -> None:
    """What `decode_batch` gives, refusals included, and others have their turns meanwhile."""
    records = [*RECORDS[:500], WrittenRecord(500, b"x", b"{"), *RECORDS[501:]]

    async def scenario() -> int:
        decoder, turns = Decoder("calls", 300_000), 0
        work = asyncio.ensure_future(decoder.decode(records))
        while not work.done():
            turns += 1
            await asyncio.sleep(0)
        assert await work == decode_batch(records, topic="calls")
        return turns

    assert asyncio.run(scenario()) >= len(records) // FIRST_SLICE


def test_a_few_records_take_no_turn_of_their_own() -> None:
    """While a centre is followed live, nothing waits."""

    async def scenario() -> None:
        coroutine = Decoder("calls", 300_000).decode(RECORDS[:FIRST_SLICE])
        with pytest.raises(StopIteration) as done:
            coroutine.send(None)
        assert done.value.value == decode_batch(RECORDS[:FIRST_SLICE], topic="calls")

    asyncio.run(scenario())
