"""Decodes the records of one partition in turns that leave the event loop free in between.

Guarantee: what `decode_batch` gives for all records at once, in their order. Cost: a turn holds the event
loop for about DECODE_SECONDS.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import thread_time

from aggregators.events import Event, Topic
from streams.codec import decode_batch
from streams.refusal import Refusal
from streams.transport import DECODE_SECONDS, Record, SliceSize


class Decoder:
    """The decoder of one partition; it learns how many records fit into a turn."""

    def __init__(self, topic: Topic, max_future_skew: int) -> None:
        """Take the topic that the records must belong to and the skew allowed (ms)."""
        self._topic = topic
        self._max_future_skew = max_future_skew
        self._size = SliceSize(DECODE_SECONDS)

    async def decode(self, records: Sequence[Record]) -> list[Event | Refusal]:
        """Decode records in order; the caller looks afterwards whether it still wants them."""
        size = self._size.records
        if len(records) <= size:
            return self.decode_turn(records)
        decoded: list[Event | Refusal] = []
        for start in range(0, len(records), size):
            decoded += self.decode_turn(records[start : start + size])
            await asyncio.sleep(0)
        return decoded

    def decode_turn(self, records: Sequence[Record]) -> list[Event | Refusal]:
        """Decode the records of one turn."""
        began = thread_time()
        decoded = decode_batch(records, topic=self._topic, max_future_skew=self._max_future_skew)
        self._size.learn(len(records), thread_time() - began)
        return decoded
