"""From random logs to lines, events, ledgers; shared by the laws."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from aggregators.configuration import Configuration
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.ledger import PartitionLedger
from streams.codec import decode
from streams.settings import configuration_from_mapping


def engine(configuration: dict[str, Any]) -> Configuration:
    """Return the resolved configuration of a plain mapping."""
    return configuration_from_mapping(configuration).engine()


def as_line(event: dict[str, Any]) -> bytes:
    """Return the JSON line of a drawn event."""
    moment = datetime.fromtimestamp(event["time"] // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return json.dumps({**event, "time": f"{moment}.{event['time'] % 1000:03d}Z"}).encode()


def as_events(log: Iterable[dict[str, Any]]) -> list[Event]:
    """Return the decoded events of a drawn log, in its order."""
    events = [decode(as_line(event)) for event in log]
    refused = [event for event in events if not isinstance(event, Event)]
    assert not refused, refused
    return [event for event in events if isinstance(event, Event)]


def topic_of(events: Sequence[Event]) -> Topic:
    """Return the topic of a log of one kind."""
    return TOPIC_OF_RANK[events[0].rank]


def folded(
    events: Sequence[Event], configuration: Configuration, cuts: Sequence[int] = (), start: int = 0
) -> PartitionLedger:
    """Return a ledger that folded the events, cut into batches at the given positions."""
    ledger = PartitionLedger(topic_of(events), configuration)
    bounds = sorted({0, len(events), *(cut for cut in cuts if 0 < cut < len(events))})
    for first, last in zip(bounds, bounds[1:], strict=False):
        ledger.fold(events[first:last], start + last)
    return ledger
