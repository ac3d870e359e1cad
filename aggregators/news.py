"""What is new in a ledger since its last checkpoint: cases that began, events of others, cases that left.

Worked: a case begins, gets three events and is evicted, all between two checkpoints: one line says that it
has no events, so that nothing written of an earlier case with its name comes back.
"""

from __future__ import annotations

from aggregators.events import Event


class News:
    """The news of one partition.

    begun: cases that are new as a whole; events: those added to cases known before; left: evicted cases of
    which something may have been written that their eviction does not follow from.
    """

    __slots__ = ("begun", "events", "left")

    def __init__(self) -> None:
        self.begun: set[str] = set()
        self.events: dict[str, list[Event]] = {}
        self.left: set[str] = set()

    def begin(self, name: str) -> None:
        """Note a case that was not there before."""
        self.begun.add(name)
        self.left.discard(name)

    def begin_anew(self, name: str) -> None:
        """Note a case that replaces what was written of it."""
        self.begun.add(name)
        self.events.pop(name, None)

    def add(self, name: str, event: Event) -> None:
        """Note an event of a case; one that has begun since is written as a whole anyway."""
        if name in self.begun:
            return
        known = self.events.get(name)
        if known is None:
            self.events[name] = [event]
        else:
            known.append(event)

    def leave(self, name: str) -> None:
        """Note that a case was evicted; without news the same step evicts it from what is durable, too."""
        if name in self.begun or name in self.events:
            self.begun.discard(name)
            self.events.pop(name, None)
            self.left.add(name)
