"""What is simulated: when, how much, with which disturbances; and who works in which queue.

Guarantee: a plan is all the simulation depends on: no clock, no environment, no randomness but its seed.

Worked: `SimulationPlan(seed=1, start=1772409600000, duration=86_400_000)` is Monday, 2 March 2026, from
midnight to midnight UTC, about 600 contacts in the busiest hour and 37,000 events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
EXAMPLE_START: Final = 1_772_409_600_000
"""2026-03-02T00:00:00Z, a Monday: where a run begins whose user does not care."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How delivery differs from the order in which things happened; the events themselves stay the same.

    duplicates: share of events delivered twice. disorder: most milliseconds an event is held back. late:
    share of events delivered up to an hour late.
    """

    duplicates: float = 0.0
    disorder: int = 0
    late: float = 0.0

    @property
    def is_none(self) -> bool:
        """Whether everything is delivered once and in time."""
        return not (self.duplicates or self.disorder or self.late)


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """One run of the support centre.

    seed: the same seed gives the same bytes. start, duration: milliseconds; None runs for ever. rate:
    contacts of all channels in the busiest hour of a weekday. curve: `day` follows the hours and weekdays
    (UTC), `flat` is the busiest hour all the time. ticket_haste: how many times faster than usual tickets are
    worked on. outages_per_day: how often the telephone lines fail, on average. outage_minutes: the shortest
    and the longest of such failures.
    """

    seed: int
    start: int
    duration: int | None
    rate: float = 600.0
    curve: Literal["day", "flat"] = "day"
    ticket_haste: float = 1.0
    outages_per_day: float = 0.5
    outage_minutes: tuple[float, float] = (5.0, 25.0)
    disturbance: Disturbance = Disturbance()

    @property
    def token(self) -> str:
        """Part of every id, so that runs with another seed or start never claim the same events."""
        return f"{self.start // 1000:x}-{self.seed}"


@dataclass(frozen=True, slots=True)
class QueueProfile:
    """One queue: its share of all contacts, and mean times in seconds."""

    name: str
    share: float
    talk_seconds: float
    wrapup_seconds: float
    patience_seconds: float


CALL_QUEUES: Final = (
    QueueProfile("sales", 0.16, talk_seconds=210, wrapup_seconds=45, patience_seconds=150),
    QueueProfile("service", 0.26, talk_seconds=240, wrapup_seconds=50, patience_seconds=180),
    QueueProfile("tech", 0.13, talk_seconds=380, wrapup_seconds=75, patience_seconds=260),
)
CHAT_QUEUES: Final = (
    QueueProfile("service", 0.13, talk_seconds=420, wrapup_seconds=30, patience_seconds=150),
    QueueProfile("tech", 0.07, talk_seconds=600, wrapup_seconds=40, patience_seconds=200),
)
TICKET_QUEUES: Final = (
    QueueProfile("service", 0.17, talk_seconds=0, wrapup_seconds=0, patience_seconds=0),
    QueueProfile("tech", 0.08, talk_seconds=0, wrapup_seconds=0, patience_seconds=0),
)
