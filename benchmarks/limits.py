"""What the program promises about its speed: one row for each figure, with what it must reach and aims at.

Guarantee: every figure of `make bench` has a row here, and the table, the JSON and docs/performance.md take
their words from it.

Worked: LIMITS["tick"] is met by 43 ms, its aim by 14 ms; LIMITS["calls"] is met by 106,000 events a second.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Limit(Struct, frozen=True):
    """One row: what is measured, in which unit, what it must be and what it should be.

    is_least: whether more is better, so that `must` is the least that counts as reached.
    """

    what: str
    unit: str
    must: float
    aim: float
    is_least: bool = False

    def is_reached(self, value: float, wanted: float) -> bool:
        """Say whether a value is as good as what is wanted."""
        return value >= wanted if self.is_least else value <= wanted


LIMITS: Final[dict[str, Limit]] = {
    "calls": Limit("drain of call events, one core", "events / CPU s", 100_000, 150_000, is_least=True),
    "calls against Faust": Limit("the same against an ordinary Faust agent", "×", 30, 30, is_least=True),
    "calls against a loop": Limit("the same against a loop without durability", "×", 0, 0.4, is_least=True),
    "tickets": Limit("drain of ticket events, 30 a ticket", "events / CPU s", 30_000, 60_000, is_least=True),
    "known": Limit(
        "decode and fold with 2,000,000 known cases against 100,000", "×", 0.7, 0.9, is_least=True
    ),
    "latency p50": Limit("broker append → visible at 2,000 events/s, p50", "ms", 250, 100),
    "latency p99": Limit("broker append → visible at 2,000 events/s, p99", "ms", 500, 250),
    "hold in a drain": Limit("longest hold of the event loop in a drain", "ms", 100, 30),
    "hold in recovery": Limit("longest hold of the event loop in recovery", "ms", 100, 30),
    "restart": Limit("start to ready with 1,000,000 tracked cases", "s", 20, 10),
    "back": Limit("back to full speed after kill -9 in a drain", "s", 20, 10),
    "memory": Limit("memory per tracked call of 6 events", "bytes", 700, 450),
    "customer memory": Limit("memory per customer", "bytes", 700, 450),
    "customer tick": Limit("a tick of customers: 10 products, 8 periods, nothing new", "ms", 50, 15),
    "busy customer tick": Limit("the same with 500 late events since the last", "ms", 50, 15),
    "customer start": Limit("restoring customers until the first view", "CPU s", 20, 10),
    "tick": Limit("a tick with 100,000 open cases and 200 queues", "ms", 50, 15),
    "busy tick": Limit("the same at 2,000 events/s over all queues", "ms", 50, 15),
    "explain half an hour": Limit(
        "the cases behind a number of half an hour, 1,000,000 known", "CPU s", 1, 0.3
    ),
    "explain a day": Limit("the same of a day with all of them", "CPU s", 1, 0.3),
    "explain long ago": Limit("the same of half an hour 20 h ago", "CPU s", 1, 0.3),
    "explain who waits": Limit("the same of who waited at the end of a window", "CPU s", 1, 0.3),
    "hold in explain": Limit("longest hold of the event loop meanwhile", "ms", 100, 30),
    "rendering": Limit("rendering 50,000 series, once a tick", "ms", 60, 30),
    "serving": Limit("serving them", "ms", 5, 2),
    "changelog in a drain": Limit("changelog against source in a drain", "×", 1.5, 1.0),
    "changelog at 2,000 events/s": Limit("changelog against source at 2,000 events/s", "×", 1.5, 1.0),
}


class Figure(Struct, frozen=True):
    """One measured value; reference: what it is compared with, measured in the same run, in words."""

    name: str
    value: float
    reference: str = ""

    @property
    def limit(self) -> Limit:
        """Its row."""
        return LIMITS[self.name]

    @property
    def verdict(self) -> str:
        """What it comes to: `aim`, `must` or `missed`."""
        limit = self.limit
        if limit.is_reached(self.value, limit.aim):
            return "aim"
        return "must" if limit.is_reached(self.value, limit.must) else "missed"
