"""Views of a small support centre, as the live view derives them: for tests of what is made of a view.

view_at("10:00:05", [call("offered", "10:00", queue="sales")])   one partition of calls, complete
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.ledger import PartitionLedger
from exporters.live_json import View
from exporters.pipeline_status import PartitionStatus
from streams.live_view import LiveView
from tests.building import at, configured

WATCHED: tuple[Topic, ...] = ("tickets", "calls", "chats", "agents")
LOYAL: tuple[Topic, ...] = ("surveys", "customers")


def view_at(
    clock: str,
    events: Iterable[Event] = (),
    *,
    configuration: Mapping[str, Any] | None = None,
    lag: int = 0,
    state: str = "live",
) -> View:
    """Return the view at a moment; state and lag: of every partition."""
    resolved = configured(dict(configuration or {}))
    by_topic: dict[Topic, list[Event]] = {}
    for event in events:
        by_topic.setdefault(TOPIC_OF_RANK[event.rank], []).append(event)
    watched = (*WATCHED, *(topic for topic in LOYAL if topic in by_topic))
    ledgers = {(topic, 0): PartitionLedger(topic, resolved) for topic in watched}
    for topic, batch in by_topic.items():
        ledgers[topic, 0].fold(batch, len(batch))
    partitions = [PartitionStatus(topic, 0, state, 0, lag) for topic in watched]
    return LiveView(resolved).at(ledgers, partitions, at(clock))
