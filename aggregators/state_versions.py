"""Chunks of checkpoints as the versions before wrote them, put into the present form.

Guarantee: a state that the version before wrote is restored in every number; `tests/golden` keeps bytes of
each version that is read. What is written has the present version (`STATE_VERSION` in `streams.wire_names`).

    version 1   case portion = [[time, rank, id, source, fields], …]
    version 2   case portion = first time, first source, [[ms after the first, rank, id, fields, source?], …]
    version 3   chunk = what version 2 has, [[case, is new, announcements], …]

Cost: 1 µs an event, once, at the first start of the new program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Raw, Struct

from aggregators.measures import Series
from aggregators.stored_case import NO_EVENTS

PRESENT: Final = 3
_ENCODER: Final = msgspec.msgpack.Encoder()


class _Chunk1(Struct, array_like=True, frozen=True):
    watermark: int | None
    step: int
    gone: list[Series]
    cases: list[tuple[str, bool, list[tuple[int, int, str, str, Raw]]]]


_DECODER_1: Final = msgspec.msgpack.Decoder(_Chunk1)


def _from_1(chunk: bytes) -> bytes:
    content = _DECODER_1.decode(chunk)
    cases = [(name, begins, Raw(_portion_of_1(events))) for name, begins, events in content.cases]
    return _ENCODER.encode((content.watermark, content.step, content.gone, cases))


def _portion_of_1(events: list[tuple[int, int, str, str, Raw]]) -> bytes:
    if not events:
        return NO_EVENTS
    first, _, _, common, _ = events[0]
    return _ENCODER.encode(
        (
            first,
            common,
            [
                (time - first, rank, identity, data)
                if source == common
                else (time - first, rank, identity, data, source)
                for time, rank, identity, source, data in events
            ],
        )
    )


def _from_2(chunk: bytes) -> bytes:
    return chunk  # what it lacks is at the end, and was not there yet


_READERS: Final[dict[int, Callable[[bytes], bytes]]] = {1: _from_1, 2: _from_2}


def is_readable(version: int) -> bool:
    """Say whether chunks of a version can be read."""
    return version == PRESENT or version in _READERS


def as_present(chunks: list[bytes], version: int) -> list[bytes]:
    """Return chunks of a readable version in the present form."""
    return chunks if version == PRESENT else [_READERS[version](chunk) for chunk in chunks]
