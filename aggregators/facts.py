"""Facts: what a case contributes, each at (row, measure).

A fact is one tuple (time, series, measure, value, sign): at `time` milliseconds, in `series` (channel,
queue), `measure` happened. For a count, value is 1; for a distribution, the duration in milliseconds. `sign`
is +1, or −1 where a fact is withdrawn: the sum over a case's facts is what the case contributes, so adding
the facts of a new timeline and withdrawing those of the old one is the whole of correction.

Worked: a call answered after 8 s gives (t, s, Count.ANSWERED, 1, 1) and (t, s, DURATION + ANSWER, 8000, 1).
"""

from __future__ import annotations

from typing import Final

from aggregators.measures import Count, Distribution, Series

Fact = tuple[int, Series, int, int, int]
Facts = list[Fact]

DURATION: Final = 256
"""A fact's measure below this is a Count, from here on DURATION + Distribution; both may be compounds of
several (`aggregators.compounds`)."""

FIRST_RESPONSE: Final = DURATION + Distribution.FIRST_RESPONSE
FIRST_RESPONSE_BUSINESS: Final = DURATION + Distribution.FIRST_RESPONSE_BUSINESS
NEXT_RESPONSE: Final = DURATION + Distribution.NEXT_RESPONSE
RESOLUTION: Final = DURATION + Distribution.RESOLUTION
RESOLUTION_BUSINESS: Final = DURATION + Distribution.RESOLUTION_BUSINESS
ANSWER: Final = DURATION + Distribution.ANSWER
WAIT: Final = DURATION + Distribution.WAIT
ABANDON: Final = DURATION + Distribution.ABANDON
HANDLE: Final = DURATION + Distribution.HANDLE
TALK: Final = DURATION + Distribution.TALK
HOLD: Final = DURATION + Distribution.HOLD
WRAPUP: Final = DURATION + Distribution.WRAPUP


def count(facts: Facts, time: int, series: Series, measure: Count) -> None:
    """Add one happening."""
    facts.append((time, series, int(measure), 1, 1))


def withdraw(facts: Facts, fact: Fact) -> None:
    """Add the opposite of a fact that was added before."""
    time, series, measure, value, sign = fact
    facts.append((time, series, measure, value, -sign))
