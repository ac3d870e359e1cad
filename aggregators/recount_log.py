"""Read the log of one source partition once more, record by record, for the independent recount.

Guarantee: what stands, what is refused, and which cases are kept at the end follows from the records in
offset order, the configuration and the contracts alone.
Source: EVENTS.md (key, topic, skew, "An event older than its topic's retention whose case is unknown is
refused as `expired`"); METRICS.md: "A case is kept as long as it has a state now or a deadline ahead, and for
its topic's retention (at least the horizon) after its last event"; ARCHITECTURE.md: cases are let go at whole
minutes of the partition's newest event time, between two records.
Worked number: retention 72 h, a call ended on Monday 10:00:30; the first event of Thursday 10:01 or later
lets it go, and whatever is delivered of it then begins a case anew, or is expired where it is older than 72
h.
Cost: one look at every record beyond decoding it; a case is walked again only when its retention may be over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from aggregators.recount_customers import story_of
from aggregators.recount_events import Event, decode
from aggregators.recount_limits import Limits
from aggregators.recount_settings import Settings
from aggregators.recount_states import snapshot_of
from aggregators.recount_timeline import Case, standing_deliveries, timeline_of

MINUTE = 60_000
_BEGINNINGS = {
    "tickets": {"ticket.created"},
    "calls": {"call.offered", "call.blocked"},
    "chats": {"chat.started", "chat.queued"},
}


class LogRecord(NamedTuple):
    """One record as Kafka gives it; timestamp in milliseconds, Kafka's own."""

    key: bytes | None
    value: bytes | None
    timestamp: int


@dataclass(slots=True)
class Stay:
    """The deliveries of one case from its first one until it is let go, in the order of the log."""

    topic: str
    subject: str
    earliest: int
    latest: int
    deliveries: list[Event] = field(default_factory=list)

    def case(self) -> Case:
        """Return the deliveries as a case of the recount."""
        return Case(self.topic, self.subject, tuple(sorted(self.deliveries, key=lambda event: event.time)))


class PartitionLog:
    """One partition of one topic. Feed it every record in order; then ask.

    newest: newest event time so far; refused: records by reason; first: event time of the first record that
    stands.
    """

    def __init__(self, topic: str, partition: int, settings: Settings, limits: Limits) -> None:
        self.topic, self.partition = topic, partition
        self.newest: int | None = None
        self.first: int | None = None
        self.records = 0
        self.refused: Counter[str] = Counter()
        self._gone: list[Stay] = []
        self._settings = settings
        self._limits = limits
        self._here: dict[str, Stay] = {}

    def take(self, record: LogRecord) -> None:
        """Take the next record."""
        self.records += 1
        event = self._event_of(record)
        if isinstance(event, str):
            self.refused[event] += 1
            return
        if self.first is None:
            self.first = event.time
        self.newest = event.time if self.newest is None else max(self.newest, event.time)
        stay = self._here.get(event.subject)
        if stay is not None and self._has_left(stay):
            self._gone.append(self._here.pop(event.subject))
            stay = None
        if stay is None:
            # Rule — "An event older than its topic's retention whose case is unknown is refused as
            # `expired`."
            if event.time < self.newest - self._limits.retention[self.topic]:
                self.refused["expired"] += 1
                return
            stay = self._here[event.subject] = Stay(self.topic, event.subject, event.time, event.time)
        stay.earliest = min(stay.earliest, event.time)
        stay.latest = max(stay.latest, event.time)
        stay.deliveries.append(event)

    def stays(self) -> Iterator[tuple[Stay, bool]]:
        """Yield every case and whether it is kept; one that was let go and began anew comes twice."""
        for stay in self._gone:
            yield stay, False
        for stay in self._here.values():
            yield stay, not self._has_left(stay)

    def began_before(self, stay: Stay) -> bool:
        """Say whether a case may have begun before the first record that is still there.

        It has not when the log shows how it begins, and that lies after that record.
        """
        if self.first is None or self.topic in ("agents", "surveys", "customers"):
            return True
        begins = [event.time for event in stay.deliveries if event.type in _BEGINNINGS[self.topic]]
        return not begins or stay.earliest <= self.first

    def _event_of(self, record: LogRecord) -> Event | str:
        """Return the event of a record, or why it is refused."""
        if not record.value:
            return "empty"
        event = decode(record.value)
        if isinstance(event, str):
            return event
        if event.topic != self.topic:
            return "wrong_topic"
        # Rule — "a key that differs from `subject` (a missing key does)"
        if record.key != event.subject.encode():
            return "key"
        # Rule — "or more than `max_future_skew` … ahead of the record's Kafka timestamp"
        if record.timestamp >= 0 and event.time > record.timestamp + self._limits.skew:
            return "future_time"
        return event

    def _has_left(self, stay: Stay) -> bool:
        """Say whether a case was let go by the last whole minute of the newest event time."""
        assert self.newest is not None
        step = self.newest // MINUTE * MINUTE
        kept = self._limits.retention[self.topic]
        if step < stay.earliest + kept:
            return False
        last = max(event.time for event in standing_deliveries(stay.deliveries))
        if step < last + kept:
            return False
        if self.topic == "surveys":
            return True
        if self.topic == "customers":
            # Rule — "A case is kept as long as it has a state now": who has a subscription is a customer.
            return not story_of(stay.case(), self._limits.zone).is_subscribed
        snapshot = snapshot_of(timeline_of(stay.topic, stay.deliveries), self._settings)
        if snapshot is None or (snapshot.state is None and not snapshot.dues):
            return True
        # Rule — "calls and chats without any event for longer than `max_open` (a lost ending): out of the
        # states"; nothing waits for them, so they go when retention and that time are both over.
        limit = self._settings.max_open.get(self.topic)
        return limit is not None and step >= last + max(kept, limit)
