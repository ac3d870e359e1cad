"""Events, configurations and facts in few words, for unit tests.

call("offered", "10:00:00", queue="sales")   an Event of the case "c1" on Monday, 2 March 2026, UTC
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from aggregators.cases import derive
from aggregators.compounds import expanded
from aggregators.configuration import Configuration
from aggregators.events import TOPIC_OF_RANK, Event
from aggregators.facts import DURATION, Facts
from aggregators.measures import Count, Distribution
from aggregators.timeline import deliveries_of, timeline_of
from streams.codec import decode
from streams.settings import configuration_from_mapping

_numbers = count(1)


def at(clock: str) -> int:
    """Return the moment of `[2026-03-DDT]HH:MM[:SS[.mmm]]` in milliseconds; without a day it is 2 March."""
    text = clock if "T" in clock else f"2026-03-02T{clock}"
    return round(datetime.fromisoformat(f"{text}+00:00").timestamp() * 1000)


def event(kind: str, clock: str, **fields: Any) -> Event:
    """Return an event of a type; `id`, `source` and `case` are taken out of the fields."""
    identity = fields.pop("id", None) or f"e{next(_numbers):04d}"
    source, case = fields.pop("source", "/test"), fields.pop("case", "c1")
    text = clock if "T" in clock else f"2026-03-02T{clock}"
    text = text if text.count(":") > 1 else f"{text}:00"
    record = {
        "specversion": "1.0",
        "id": identity,
        "source": source,
        "type": kind,
        "subject": case,
        "time": f"{text}Z",
        "data": fields,
    }
    decoded = decode(json.dumps(record).encode())
    assert isinstance(decoded, Event), decoded
    return decoded


def call(kind: str, clock: str, **fields: Any) -> Event:
    """Return an event of a call."""
    return event(f"call.{kind}", clock, **fields)


def chat(kind: str, clock: str, **fields: Any) -> Event:
    """Return an event of a chat."""
    return event(f"chat.{kind}", clock, **fields)


def ticket(kind: str, clock: str, **fields: Any) -> Event:
    """Return an event of a ticket."""
    return event(f"ticket.{kind}", clock, **fields)


def configured(mapping: Mapping[str, object] | None = None) -> Configuration:
    """Return a configuration; without a mapping the defaults."""
    return configuration_from_mapping(mapping or {}).engine()


def facts_of(events: Sequence[Event], configuration: Configuration | None = None) -> Facts:
    """Return the facts that are left of one case: opposites cancelled, in order of time."""
    facts: Facts = []
    timeline = timeline_of(deliveries_of(events).values())
    if timeline:
        derive(TOPIC_OF_RANK[timeline[0].rank], configuration or configured(), timeline, facts)
    left: list[tuple[int, tuple[str, str], int, int]] = []
    for time, series, measure, value, sign in expanded(facts):
        fact = (time, series, measure, value)
        left.append(fact) if sign > 0 else left.remove(fact)
    return [(*fact, 1) for fact in sorted(left)]


def counted(facts: Facts, measure: Count) -> int:
    """Return how often something was counted."""
    return sum(fact[4] for fact in expanded(facts) if fact[2] == measure)


def measured(facts: Facts, distribution: Distribution) -> list[int]:
    """Return the durations measured, in milliseconds, in order of time."""
    return [fact[3] for fact in expanded(facts) if fact[2] == DURATION + distribution]
