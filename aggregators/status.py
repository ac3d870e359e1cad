"""What a case is now: one state, its waits, its deadlines. Derived from a timeline, never stored."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from aggregators.configuration import SlaName
from aggregators.events import AgentState
from aggregators.measures import Series
from aggregators.parts import CaseState

BREACHED: Final = -1
"""A deadline that has passed for good: it stays breached, whatever later deadline a change may give."""


Visit = tuple[int, int | None, Series]
"""One queue visit: entered the queue, left it (None while waiting), both in milliseconds, and its series."""


class Status(Struct, frozen=True):
    """A case at the end of a timeline.

    state: None when the case is neither open nor waiting; since: when the wait for us began (awaiting_reply
    only); waits: (entered the queue, series) of every leg that waits; deadlines: (target, series, deadline or
    BREACHED) of targets not met yet; arrival: when the request arrived and in which series; answered: first
    answer; last: the newest event; agent_state: of an agent instead of a case. All times in milliseconds.
    """

    state: CaseState | None
    series: Series
    since: int | None
    last: int
    waits: tuple[tuple[int, Series], ...] = ()
    deadlines: tuple[tuple[SlaName, Series, int], ...] = ()
    arrival: tuple[int, Series] | None = None
    answered: int | None = None
    agent_state: AgentState | None = None
