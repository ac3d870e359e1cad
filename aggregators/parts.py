"""The additive parts of one moment: what partitions publish, what is merged, what metrics are derived from.

Law: merging is commutative and associative, with the empty parts as identity; deriving happens once, after
merging.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct, field

from aggregators.configuration import SlaName
from aggregators.events import Topic
from aggregators.measures import Parts, Series, add_parts

CaseState = Literal["awaiting_reply", "in_progress", "awaiting_customer", "on_hold"]
CASE_STATES: Final[tuple[CaseState, ...]] = ("awaiting_reply", "in_progress", "awaiting_customer", "on_hold")
BACKLOG_CLASSES: Final = (
    ("lt_1h", 0),
    ("1h_4h", 3_600_000),
    ("4h_24h", 14_400_000),
    ("1d_3d", 86_400_000),
    ("3d_7d", 259_200_000),
    ("gt_7d", 604_800_000),
)
"""(label, inclusive lower bound of the wait in milliseconds)."""


class SlaParts(Struct):
    """Deadlines of one target: due within 15 and 60 minutes (cumulative), breached and open, the next one."""

    within_15m: int = 0
    within_60m: int = 0
    breached_open: int = 0
    next_breach: int | None = None

    def add(self, other: SlaParts) -> None:
        """Add another partition's deadlines."""
        self.within_15m += other.within_15m
        self.within_60m += other.within_60m
        self.breached_open += other.breached_open
        self.next_breach = earliest(self.next_breach, other.next_breach)


class StateParts(Struct):
    """The state now of one channel and queue.

    open_cases: in the order of CASE_STATES; backlog: of BACKLOG_CLASSES; longest_since: when the longest wait
    began; overdue_waits: contacts waiting longer than T at the end of the windows (they join the live service
    level).
    """

    open_cases: list[int] = field(default_factory=lambda: [0] * len(CASE_STATES))
    backlog: list[int] = field(default_factory=lambda: [0] * len(BACKLOG_CLASSES))
    longest_since: int | None = None
    sla: dict[SlaName, SlaParts] = field(default_factory=dict)
    overdue_waits: int = 0

    def add(self, other: StateParts) -> None:
        """Add another partition's state of the same channel and queue."""
        for index, count in enumerate(other.open_cases):
            self.open_cases[index] += count
        for index, count in enumerate(other.backlog):
            self.backlog[index] += count
        self.longest_since = earliest(self.longest_since, other.longest_since)
        self.overdue_waits += other.overdue_waits
        for name, parts in other.sla.items():
            self.sla.setdefault(name, SlaParts()).add(parts)


class MomentParts(Struct):
    """Everything additive about one partition, or several merged, at one moment.

    windows: window label → series → sums; states: series → state now; stale: channel → cases;
    agents: state → agents; known: every (channel, queue) pair that has been seen or configured;
    served: (topic, series) pairs in which cases of that topic have been seen, which decides what the series'
    configuration is; requests_in_horizon: queue → requests, which decides what is shown under `__other__`.
    """

    windows: dict[str, dict[Series, Parts]] = field(default_factory=dict)
    states: dict[Series, StateParts] = field(default_factory=dict)
    stale: dict[str, int] = field(default_factory=dict)
    agents: dict[str, int] = field(default_factory=dict)
    known: set[Series] = field(default_factory=set)
    served: set[tuple[Topic, Series]] = field(default_factory=set)
    requests_in_horizon: dict[str, int] = field(default_factory=dict)

    def add(self, other: MomentParts) -> None:
        """Add another partition's parts of the same moment."""
        for window, rows in other.windows.items():
            into = self.windows.setdefault(window, {})
            for series, parts in rows.items():
                add_parts(into.setdefault(series, {}), parts)
        self.add_states(other)

    def add_states(self, other: MomentParts) -> None:
        """Add everything of another partition's moment but its windows."""
        for series, state in other.states.items():
            self.states.setdefault(series, StateParts()).add(state)
        self.add_labels(other)

    def add_labels(self, other: MomentParts) -> None:
        """Add what is not by (channel, queue), and which pairs there are."""
        for mine, theirs in (
            (self.stale, other.stale),
            (self.agents, other.agents),
            (self.requests_in_horizon, other.requests_in_horizon),
        ):
            for label, count in theirs.items():
                mine[label] = mine.get(label, 0) + count
        self.known |= other.known
        self.served |= other.served


def earliest(left: int | None, right: int | None) -> int | None:
    """Return the earlier of two moments; None is no moment at all."""
    if left is None:
        return right
    return left if right is None else min(left, right)
