"""What was announced of the cases of one partition, and what is to be announced next.

Guarantee: every announcement is decided once, before it is written anywhere, and what was decided is part of
what is made durable with the cases; so whoever restores them goes on from there. Cases are looked at when
they have changed or when time may have something to say of them, never all of them.

Worked: a ticket is created 10:00 with a deadline of 18:00: it is looked at once then, at 17:45 (at risk) and
at 18:00 and the patience (breached), if nothing happens to it.

Cost, where it is switched on: 10 to 40 µs for each case that has changed since the last checkpoint, by how
much was said of it, and about 100 bytes for each thing said last of a cycle. Switched off, what was said
before is kept, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from aggregators.announcements import Occasion, Said, next_look, sayings, with_last
from aggregators.cases import CaseKind
from aggregators.configuration import AnnouncingTerms
from aggregators.stored_case import Case
from aggregators.targets import Outcome
from aggregators.tickets import Ticket

if TYPE_CHECKING:
    from aggregators.ledger import PartitionLedger

MOST_LOOKS: Final = 500
"""Cases looked at for one checkpoint, about 20 ms; the others have their turn with the next ones."""
LOOKS_CATCHING_UP: Final = 100
"""The same while history is read: folding it is what people wait for, and a case that goes on changing is
looked at once instead of many times."""

_BEFORE_ALL: Final = -(1 << 62)
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[Said])


class Announcement(Struct, frozen=True, gc=False):
    """One thing said of one case."""

    case: str
    said: Said


class Announcer:
    """The announcements of one partition.

    terms: None where nothing is announced; unsent: decided, and not known to be in the topic.
    """

    def __init__(self, terms: AnnouncingTerms | None) -> None:
        self.terms = terms
        self.unsent: list[Announcement] = []
        self._said: dict[str, bytes] = {}
        self._touched: dict[str, Sequence[Outcome] | None] = {}
        """Cases that have changed, with their outcomes where those were known when they were packed."""
        self._held: set[str] = set()
        """Cases that would have been at risk, had it not been history."""
        self._due: list[tuple[int, str]] = []
        self._due_at: dict[str, int] = {}

    def see(self, name: str, kind: CaseKind | None) -> None:
        """Take note of a case that has changed and is about to be packed."""
        if self.terms is not None:
            self._touched[name] = _outcomes_of(kind)

    def forget(self, name: str) -> None:
        """Let go of a case that leaves; what was said of it stays said."""
        self._said.pop(name, None)
        self._touched.pop(name, None)
        self._held.discard(name)

    def has_work(self, occasion: Occasion) -> bool:
        """Say whether a case is to be looked at, beside those that have changed since the last time."""
        if self.terms is None:
            return False
        is_due = bool(self._due) and self._due[0][0] <= occasion.now
        return is_due or bool(self._touched) or bool(self._held and not occasion.is_catching_up)

    def is_crowded(self, occasion: Occasion) -> bool:
        """Say whether cases were left that are to be looked at soon: not while history is read."""
        return not occasion.is_catching_up and self.has_work(occasion)

    def announce(self, ledger: PartitionLedger, occasion: Occasion | None) -> None:
        """Decide what is to be said as of now; without an occasion only take note of what has changed.

        Called with each draft of a checkpoint, before the ledger forgets its news.
        """
        terms = self.terms
        if terms is None:
            return
        for name in (*ledger.news.begun, *ledger.news.events):
            self._touched.setdefault(name, None)
        if occasion is None:
            return
        for name, outcomes in self._to_look_at(ledger, occasion):
            before = self.said(name)
            found = sayings(before, outcomes, occasion, terms)
            if found:
                before = with_last(before, found)
                self._said[name] = _ENCODER.encode(before)
                self.unsent += [Announcement(name, said) for said in found]
            if occasion.is_catching_up and sayings(before, outcomes, Occasion(occasion.now), terms):
                self._held.add(name)
            self._look_again(name, next_look(before, outcomes, occasion.now, terms))

    def said(self, name: str) -> list[Said]:
        """Return what was said last of each cycle of a case."""
        packed = self._said.get(name)
        return [] if packed is None else _DECODER.decode(packed)

    def packed(self, name: str) -> bytes | None:
        """Return the same as it is written durably; None where nothing was said."""
        return self._said.get(name)

    def adopt(self, name: str, kind: CaseKind | None) -> None:
        """Take a restored case over; what was said of it has been taken over before."""
        terms = self.terms
        if terms is None:
            return
        before, outcomes = self.said(name), _outcomes_of(kind)
        long_ago = Occasion(_BEFORE_ALL, is_catching_up=True)
        if sayings(before, outcomes, long_ago, terms):
            self._touched[name] = outcomes
        self._look_again(name, next_look(before, outcomes, _BEFORE_ALL, terms))

    def adopt_said(self, name: str, portions: Iterable[bytes]) -> None:
        """Take over what was said of a case, in the order in which it was written."""
        first, *further = portions
        if further:
            said = [each for portion in (first, *further) for each in _DECODER.decode(portion)]
            first = _ENCODER.encode(with_last((), said))
        self._said[name] = first

    def _to_look_at(
        self, ledger: PartitionLedger, occasion: Occasion
    ) -> Iterator[tuple[str, Sequence[Outcome]]]:
        if not occasion.is_catching_up:
            for name in self._held:
                self._touched.setdefault(name, None)
            self._held.clear()
        most = LOOKS_CATCHING_UP if occasion.is_catching_up else MOST_LOOKS
        while self._due and self._due[0][0] <= occasion.now and len(self._touched) < most:
            moment, name = heappop(self._due)
            if self._due_at.get(name) == moment:
                del self._due_at[name]
                self._touched.setdefault(name, None)
        for name in [name for name, _ in zip(self._touched, range(most), strict=False)]:
            known = self._touched.pop(name)
            case = ledger.cases.get(name)
            if isinstance(case, Case):
                yield name, _outcomes_of(case.kind)
            elif case is not None:
                yield name, known if known is not None else _outcomes_of(_kind_of(ledger, name))

    def _look_again(self, name: str, moment: int | None) -> None:
        if moment is not None and moment < self._due_at.get(name, moment + 1):
            self._due_at[name] = moment
            heappush(self._due, (moment, name))


def pack_said(said: Sequence[Said]) -> bytes:
    """Return announcements of one case as they are written durably."""
    return _ENCODER.encode(said)


def unpack_said(packed: bytes) -> list[Said]:
    """Return the announcements that `pack_said` was given."""
    return _DECODER.decode(packed)


def _kind_of(ledger: PartitionLedger, name: str) -> CaseKind | None:
    case = ledger.case(name)
    return None if case is None else case.kind


def _outcomes_of(kind: CaseKind | None) -> Sequence[Outcome]:
    return kind.outcomes() if isinstance(kind, Ticket) else ()
