"""What of a ledger is written durably, and how it is read back.

A checkpoint holds the accepted events since the one before, grouped by case, and a slice of the other cases
in full: a rolling snapshot. Rows are not written, they follow from the cases.

    chunk = [watermark, step, series gone, [[case, begins, events as `stored_case` packs them], …],
             [[case, is new, announcements], …]]

`begins` says that the case starts here: whatever was written of it before belongs to an evicted one or is
repeated; a case that begins without events has left. After a cycle of slices everything before its start can
go: every case of that time has been written in full since. The announcements of a case stand behind its
events; those that are new have to be in their topic before the next checkpoint.

Cost: about 75 bytes for an event with a 36-character id, beside its case id once per case and checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Raw, Struct

from aggregators.announcements import Occasion
from aggregators.announcer import Announcement, pack_said, unpack_said
from aggregators.configuration import Configuration
from aggregators.events import Event, Topic
from aggregators.measures import Series
from aggregators.stored_case import NO_EVENTS, Case, body, pack_events, unpack_events

if TYPE_CHECKING:
    from aggregators.ledger import PartitionLedger

CHUNK_BYTES: Final = 256 * 1024
"""A chunk is closed once it holds this much; a case is never split, and its events are under 1 MiB together
unless it has thousands of them, then it is written in several portions."""

PORTION: Final = 2_000
"""Events of one case written in one portion."""

_Portion = tuple[str, bool, Raw]
"""Of a case: whether it begins, and events; or whether it is new, and announcements."""
_ENCODER: Final = msgspec.msgpack.Encoder()
_case_of = attrgetter("case")


class _Chunk(Struct, array_like=True, frozen=True):
    watermark: int | None
    step: int
    gone: list[Series]
    cases: list[_Portion]
    said: list[_Portion] = []


_DECODER: Final = msgspec.msgpack.Decoder(_Chunk)


class CheckpointDraft(Struct, frozen=True):
    """A checkpoint to be made durable.

    from_position, to_position: the source offsets it leads from and to; chunks: at least one; cycle: the
    snapshot cycle that the slice belongs to. When it grows by one, everything before the first record of the
    cycle before may go. announcements: what is to be in its topic before another checkpoint is drafted.
    """

    from_position: int
    to_position: int
    chunks: list[bytes]
    cycle: int
    announcements: list[Announcement] = []


class Checkpoints:
    """Where the drafts of one ledger stand: the last position, and the rolling snapshot."""

    def __init__(self) -> None:
        self.position = 0
        self.cycle = 0
        self._left: Iterator[str] = iter(())
        self._is_over = True

    def draft(self, ledger: PartitionLedger, slice_cases: int, occasion: Occasion | None) -> CheckpointDraft:
        """Return the news of a ledger, what it announces on an occasion, and the next slice of its cases."""
        if self._is_over:
            self.cycle += 1
            self._left = iter(list(ledger.cases))
            self._is_over = False
        ledger.refresh()
        ledger.announcer.announce(ledger, occasion)
        unsent = list(ledger.announcer.unsent)
        slice_ = list(self._slice(ledger, slice_cases))
        said = [*_said(ledger, {name: None for name, _, _ in slice_}), *_new(unsent)]
        chunks = _chunks(ledger, [*_news(ledger), *slice_], said)
        draft = CheckpointDraft(self.position, ledger.position, chunks, self.cycle, unsent)
        self.position = ledger.position
        return draft

    def _slice(self, ledger: PartitionLedger, slice_cases: int) -> Iterator[_Portion]:
        for _ in range(slice_cases):
            name = next(self._left, None)
            if name is None:
                self._is_over = True
                return
            case = ledger.cases.get(name)
            if case is not None:
                yield from _whole(name, case)


def _whole(name: str, case: Case | bytes) -> Iterator[_Portion]:
    if isinstance(case, bytes):
        yield (name, True, Raw(body(case)))
    else:
        yield from _portions(name, case.deliveries, begins=True)


def _portions(name: str, events: list[Event], *, begins: bool) -> Iterator[_Portion]:
    for start in range(0, len(events), PORTION):
        yield (name, begins and start == 0, Raw(pack_events(events[start : start + PORTION])))


def _news(ledger: PartitionLedger) -> Iterator[_Portion]:
    """Yield what is new since the last draft: cases that left, cases that began, events of others."""
    for name in ledger.news.left:
        yield (name, True, Raw(NO_EVENTS))
    for name in ledger.news.begun:
        yield from _whole(name, ledger.cases[name])
    for name, events in ledger.news.events.items():
        yield from _portions(name, events, begins=False)


def _said(ledger: PartitionLedger, names: Iterable[str]) -> Iterator[_Portion]:
    """Yield what was said of cases that are written in full."""
    for name in names:
        packed = ledger.announcer.packed(name)
        if packed is not None:
            yield (name, False, Raw(packed))


def _new(announcements: Sequence[Announcement]) -> Iterator[_Portion]:
    for name, said in groupby(announcements, key=_case_of):
        yield (name, True, Raw(pack_said([each.said for each in said])))


def _chunks(ledger: PartitionLedger, cases: Sequence[_Portion], said: Sequence[_Portion]) -> list[bytes]:
    """Cut the portions into chunks; the first one carries the series of cases that have left."""
    chunks: list[bytes] = []
    held: tuple[list[_Portion], list[_Portion]] = ([], [])
    size = 0
    gone = sorted(ledger.known.gone)
    for number, portion in enumerate(chain(cases, said)):
        held[number >= len(cases)].append(portion)
        size += len(memoryview(portion[2])) + len(portion[0])
        if size >= CHUNK_BYTES:
            chunks.append(_ENCODER.encode(_Chunk(ledger.watermark, ledger.step, gone, *held)))
            held, size, gone = ([], []), 0, []
    if any(held) or not chunks:
        chunks.append(_ENCODER.encode(_Chunk(ledger.watermark, ledger.step, gone, *held)))
    return chunks


class RestoredCases:
    """Cases read back from checkpoints in the order in which they were written."""

    def __init__(self, topic: Topic, configuration: Configuration) -> None:
        self.topic = topic
        self.configuration = configuration
        self.watermark: int | None = None
        self.step = -(1 << 62)
        self.gone: set[Series] = set()
        self._packed: dict[str, bytes] = {}
        self._further: dict[str, list[bytes]] = {}
        """Of the few cases that came in several portions: those after the first."""
        self._said: dict[str, list[bytes]] = {}
        self.unsent: list[Announcement] = []
        """What the last checkpoint announced: it may not be in its topic."""

    def add(self, chunks: Sequence[bytes]) -> None:
        """Add one complete checkpoint."""
        self.unsent = []  # of the one before everything is in its topic
        for chunk in chunks:
            content = _DECODER.decode(chunk)
            self.watermark, self.step = content.watermark, content.step
            self.gone.update(content.gone)
            for name, begins, portion in content.cases:
                if begins:
                    self._packed[name] = bytes(portion)
                    self._further.pop(name, None)
                    self._said.pop(name, None)  # of another life, or it follows in full
                elif name in self._packed:
                    self._further.setdefault(name, []).append(bytes(portion))
                # Else its beginning was deleted: a later slice holds all of it, or it was evicted before.
            for name, is_new, portion in content.said:
                self._add_said(name, bytes(portion), is_new=is_new)

    def _add_said(self, name: str, portion: bytes, *, is_new: bool) -> None:
        if is_new:
            self._said.setdefault(name, []).append(portion)
            self.unsent += [Announcement(name, said) for said in unpack_said(portion)]
        else:
            self._said[name] = [portion]

    def said_of(self, name: str) -> list[bytes]:
        """Return what was said of a case, in the order in which it was written, and let go of it."""
        return self._said.pop(name, [])

    def take(self) -> Iterator[tuple[str, list[Event], bytes | None]]:
        """Yield every case with its deliveries, packed too where one portion has all, and let go of it."""
        while self._packed:
            name, packed = self._packed.popitem()
            events, further = unpack_events(name, packed), self._further.pop(name, ())
            for portion in further:
                events += unpack_events(name, portion)
            if events:
                yield name, events, None if further else packed
