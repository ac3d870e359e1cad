"""Cases told in a few words: `12 call.answered leg=2` is an event 12 seconds after ten o'clock."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aggregators.cases import CaseKind, derive
from aggregators.compounds import expanded
from aggregators.configuration import Configuration
from aggregators.events import TOPIC_OF_RANK, Event
from aggregators.facts import DURATION, Facts
from aggregators.measures import Count, Distribution, Series
from streams.codec import decode
from streams.settings import configuration_from_mapping

TEN: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday."""

START: Final = int(TEN.timestamp()) * 1000


def configured(mapping: dict[str, Any] | None = None) -> Configuration:
    """Return the resolved configuration of a mapping as in a file."""
    return configuration_from_mapping(mapping or {}).engine()


def at(second: float) -> int:
    """Return milliseconds since the epoch of a second after ten o'clock."""
    return START + round(second * 1000)


def told(text: str) -> list[Event]:
    """Return the events of lines or parts (` / `): second, type, fields; `id`, `source`, `case` too."""
    events = []
    for number, line in enumerate(text.replace(" / ", "\n").strip().splitlines()):
        second, kind, *words = line.split()
        fields: dict[str, Any] = dict(word.split("=") for word in words)
        event = {
            "specversion": "1.0",
            "id": fields.pop("id", f"e{number:03d}"),
            "source": fields.pop("source", "/s"),
            "subject": fields.pop("case", "c"),
            "type": kind,
            "time": (TEN + timedelta(seconds=float(second))).isoformat(),
            "data": {name: value == "yes" if name == "public" else value for name, value in fields.items()},
        }
        decoded = decode(json.dumps(event).encode())
        assert isinstance(decoded, Event), decoded
        events.append(decoded)
    return events


def derived(text: str, configuration: dict[str, Any] | None = None) -> tuple[CaseKind, Facts]:
    """Return the case that a story tells, in its order, and its facts."""
    events, facts = told(text), Facts()
    return derive(TOPIC_OF_RANK[events[0].rank], configured(configuration), events, facts), facts


def counted(facts: Facts) -> dict[str, int]:
    """Return how often each thing is counted, withdrawals taken off, nothing where nothing is left."""
    sums: Counter[str] = Counter()
    for _, _, measure, _, sign in expanded(facts):
        if measure < DURATION:
            sums[Count(measure).name.lower()] += sign
    return {name: times for name, times in sums.items() if times}


def seconds_of(facts: Facts, distribution: Distribution) -> list[float]:
    """Return the durations of one kind that stand, in seconds."""
    values: Counter[int] = Counter()
    for _, _, measure, value, sign in expanded(facts):
        if measure == DURATION + distribution:
            values[value] += sign
    return sorted(value / 1000 for value in values.elements())


def places_of(facts: Facts, measure: Count) -> list[tuple[float, Series]]:
    """Return when (seconds after ten) and where a count stands."""
    standing: Counter[tuple[int, Series]] = Counter()
    for time, series, counted_measure, _, sign in expanded(facts):
        if counted_measure == measure:
            standing[time, series] += sign
    return [
        ((time - START) / 1000, series) for (time, series), times in standing.items() for _ in range(times)
    ]
