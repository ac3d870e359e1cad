"""What the independent recount knows of a case: dated observations for windows, a snapshot for states.

Guarantee: every fact is derived from one timeline; windows and states are counted from these facts alone.
Source: METRICS.md *Windows* and *State now*.
Worked number: an answered call of 12 s gives the observations `answered`, `answer` 12,000 ms, `wait` 12,000
ms and two parts.
Cost: about 15 small tuples a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from aggregators.recount_settings import ServiceLevel


class Place(NamedTuple):
    """Where a case counts; the topic is kept because some formulas go by it."""

    topic: str
    channel: str
    queue: str


class Observation(NamedTuple):
    """One count (`value` None) or one duration in milliseconds, at the moment its calculation completes."""

    time: int
    place: Place
    measure: str
    label: str = ""
    value: int | None = None


class Arrival(NamedTuple):
    """One request and the moment of its first answer, if it ever had one."""

    time: int
    place: Place
    answered: int | None


class Wait(NamedTuple):
    """One visit to a queue: start and end of its wait, and all moments at which its case had an event."""

    place: Place
    start: int
    end: int | None
    threshold: int
    moments: tuple[int, ...]


@dataclass(slots=True)
class Facts:
    """What one case contributes to windows."""

    observations: list[Observation] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    places: set[Place] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Due:
    """One target that is neither met nor ended, and the moment at which it is or will be breached."""

    sla: str
    breach: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of one case after some of its events; `since` is the start of the wait in milliseconds."""

    place: Place
    state: str | None = None
    since: int | None = None
    dues: tuple[Due, ...] = ()
    places: frozenset[Place] = frozenset()
    last_moment: int = 0


def within(wait: int, level: ServiceLevel) -> bool:
    """Tell whether a wait in milliseconds is a hit: "a wait of exactly T is a hit"."""
    return wait <= level.threshold
