"""The engine of the simulation: processes that wait, resumed in order of time.

Guarantee: time never goes back, and what happens in one millisecond happens in the order in which it was
scheduled; so a run is a pure function of its processes.

A process is a generator. It yields how many milliseconds it waits, or a `Claim` for something that others
give; `yield claim` is the thing, or None once the claim's patience is over.

    def caller(desk):
        yield 1_000                                # a second later
        agent = yield desk.claim(patience=20_000)  # an agent, or None
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")
Process = Generator[Any, Any, None]
"""What a process yields and gets back depends on what it waits for."""


class Agenda:
    """What happens when; `now` is the time of what is happening."""

    def __init__(self, start: int) -> None:
        self.now = start
        self._waiting: list[tuple[int, int, Process, Claim[Any] | None]] = []
        self._sequence = count()

    @property
    def next_time(self) -> int | None:
        """When the next thing happens, None when nothing will."""
        return self._waiting[0][0] if self._waiting else None

    def begin(self, process: Process, delay: int = 0) -> None:
        """Start a process after `delay` milliseconds."""
        self._push(delay, process, None)

    def step(self) -> None:
        """Let the next thing happen; there must be one."""
        self.now, _, process, claim = heappop(self._waiting)
        if claim is None:
            self._resume(process, None)
        elif not claim.is_settled:
            claim.is_settled = True
            self._resume(process, None)

    def give(self, claim: Claim[Thing], thing: Thing) -> None:
        """Settle a claim that waits: its process goes on with the thing."""
        assert claim.process is not None
        assert not claim.is_settled
        claim.is_settled = True
        self._resume(claim.process, thing)

    def _resume(self, process: Process, thing: object) -> None:
        try:
            wish = process.send(thing)
            while isinstance(wish, Claim) and wish.is_settled:
                wish = process.send(wish.thing)
        except StopIteration:
            return
        if isinstance(wish, Claim):
            wish.process = process
            self._push(wish.patience, process, wish)
        else:
            self._push(wish, process, None)

    def _push(self, delay: int, process: Process, claim: Claim[Any] | None) -> None:
        heappush(self._waiting, (self.now + max(0, delay), next(self._sequence), process, claim))


@dataclass(eq=False, slots=True)
class Claim(Generic[Thing]):
    """One process waiting for one thing, at most `patience` milliseconds."""

    patience: int
    thing: Thing | None = None
    is_settled: bool = False
    process: Process | None = None


@dataclass(eq=False, slots=True)
class Pool(Generic[Thing]):
    """Things that are claimed and given back, first come, first served."""

    agenda: Agenda
    idle: deque[Thing] = field(default_factory=deque)
    claims: deque[Claim[Thing]] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        """How many claims are open; at most the settled ones at the head are still among them."""
        return sum(not claim.is_settled for claim in self.claims)

    def claim(self, patience: int, *, is_first: bool = False) -> Claim[Thing]:
        """Return a claim to be yielded at once; `is_first` puts it before all others."""
        claim: Claim[Thing] = Claim(patience)
        if self.idle:
            claim.thing, claim.is_settled = self.idle.popleft(), True
        elif is_first:
            self.claims.appendleft(claim)
        else:
            self.claims.append(claim)
        return claim

    def release(self, thing: Thing) -> None:
        """Give a thing to whoever has waited longest, or keep it."""
        while self.claims:
            claim = self.claims.popleft()
            if not claim.is_settled:
                self.agenda.give(claim, thing)
                return
        self.idle.append(thing)
