"""How much one partition keeps at most, whatever arrives, and what becomes of the rest.

Guarantee: which event is refused follows from the records before it alone, not from how they were cut into
batches or where a restart lay. Far below the bounds nothing is looked at for each event.

Worked: the 10,001st event of one case is refused as `case_full`; a second delivery of one of the 10,000 is
not, it adds nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

MOST_EVENTS: Final = 10_000
"""Events kept of one case: deriving so many anew takes 0.1 s. People write a few hundred, a loop more."""

AGENT_EVENTS: Final = 1_000
"""Events kept of one agent: at that many the older half is let go, for only the newest says what an agent
does. An agent never ends, so nothing else would."""

MOST_CASES: Final = 2_000_000
"""Cases kept in one partition: about 1 GB."""

MOST_SERIES: Final = 20_000
"""Pairs of channel and queue known in one partition; a further queue name is refused."""

KNOWN_LIMIT: Final = 10_000
"""Pairs remembered without rows; beyond it only those with rows or open cases are kept."""

WARM_CASES: Final = 4_096
"""Cases kept unpacked; beyond them the one touched longest ago is packed. It changes cost, never a number."""

LARGE_CASE: Final = 256
"""Events from which on a case at rest stays unpacked for a while, too: packing it costs more than keeping."""


class Bound(StrEnum):
    """Why an event was refused: the values are reasons of dead letters."""

    CASE_FULL = "case_full"
    TOO_MANY_CASES = "too_many_cases"
    TOO_MANY_QUEUES = "too_many_queues"
