"""A case as it is kept: its deliveries while it is warm, packed bytes once it is cold.

Packed form (msgpack): a list of (time, rank, id, source, stated fields); about 75 bytes for an event with a
36-character id. Unpacking gives the same deliveries, and a case derived from them is the same case.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import UNSET, Raw

from aggregators.cases import CaseKind
from aggregators.events import DATA_OF_RANK, Data, Event

_ENCODER: Final = msgspec.msgpack.Encoder()
_PACKED: Final = msgspec.msgpack.Decoder(list[tuple[int, int, str, str, Raw]])
_DATA_DECODERS: Final = {rank: msgspec.msgpack.Decoder(kind) for rank, kind in DATA_OF_RANK.items()}
_DATA_SHARED: Final[dict[tuple[int, bytes], Data]] = {}
_DATA_SHARED_LIMIT: Final = 50_000
"""Equal payloads share one frozen object; past this many the table is begun anew, which only costs memory."""


class Case:
    """A warm case.

    deliveries: the standing delivery of every (source, id), in order of arrival; timeline: what they amount
    to (the same list while that is simply the deliveries); retracted: (source, id) that a delivery retracts,
    None where there is none; kind: None while the timeline is empty;
    place: the series counted for it as known where no fact names one.
    """

    __slots__ = ("by_id", "deliveries", "kind", "last", "place", "retracted", "timeline")

    def __init__(self, deliveries: list[Event], timeline: list[Event], kind: CaseKind | None) -> None:
        self.deliveries = deliveries
        self.timeline = timeline
        self.kind = kind
        self.last = max(event.time for event in deliveries)
        self.place = None if kind is None else kind.place()
        self.by_id: dict[tuple[str, str], Event] | None = None
        self.retracted: set[tuple[str, str]] | None = None

    def is_open(self) -> bool:
        """Say whether the case has a state now."""
        return self.kind is not None and self.kind.is_open()

    def note_retractions(self, events: Iterable[Event]) -> None:
        """Remember what these deliveries retract."""
        for event in events:
            if event.data.retracts is not UNSET:
                if self.retracted is None:
                    self.retracted = set()
                self.retracted.add((event.source, event.data.retracts))

    def detach(self) -> None:
        """Give the timeline a list of its own, before deliveries change in a way that it does not follow."""
        if self.timeline is self.deliveries:
            self.timeline = list(self.deliveries)


def pack(deliveries: list[Event]) -> bytes:
    """Return the deliveries of one case as bytes."""
    return _ENCODER.encode(
        [(event.time, event.rank, event.id, event.source, event.data) for event in deliveries]
    )


def unpack(case: str, packed: bytes | Raw) -> list[Event]:
    """Return the deliveries that `pack` was given."""
    return [
        Event(time, rank, event_id, source, case, _data_of(rank, bytes(raw)))
        for time, rank, event_id, source, raw in _PACKED.decode(packed)
    ]


def _data_of(rank: int, raw: bytes) -> Data:
    key = (rank, raw)
    found = _DATA_SHARED.get(key)
    if found is None:
        if len(_DATA_SHARED) >= _DATA_SHARED_LIMIT:
            _DATA_SHARED.clear()
        found = _DATA_SHARED[key] = _DATA_DECODERS[rank].decode(raw)
    return found
