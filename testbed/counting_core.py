"""A core for tests of the processor that hides nothing: it counts every event, doubled ones twice.

Guarantee: it has the interface of `aggregators.ledger`, but no deduplication, so one record lost or folded
twice anywhere in transport, checkpoint or recovery is one event id missing or doubled at the end. (The real
ledger would forgive a doubled record, because the same event counts once.)

Worked: events e1, e2, e2 of case c give cases == {"c": ["e1", "e2", "e2"]}.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec
from msgspec import Struct, field

from aggregators.configuration import Configuration, Horizon
from aggregators.events import Event, Topic
from streams.engine import Engine

CHUNK_BYTES = 20_000
"""Small, so that checkpoints have several chunks."""


class CountingOutcome(Struct):
    """What became of a batch; everything is applied."""

    results: dict[tuple[int, str], int] = field(default_factory=dict)
    expired: list[int] = field(default_factory=list)
    beyond: dict[int, Any] = field(default_factory=dict)


class CountingDraft(Struct):
    """A checkpoint that is not written yet."""

    from_position: int
    to_position: int
    chunks: list[bytes]
    cycle: int


class CountingLedger:
    """The event ids of every case in the order folded."""

    def __init__(self, topic: Topic, configuration: Configuration, seconds_per_event: float = 0.0) -> None:
        self.topic = topic
        self.configuration = configuration
        self.position = 0
        self.watermark: int | None = None
        self.cases: dict[str, list[str]] = {}
        self.drafted_to = 0
        self._seconds_per_event = seconds_per_event
        self._news: list[tuple[str, str]] = []
        self._cycle = 0
        self._cold: list[str] = []

    def fold(self, events: Sequence[Event], position: int) -> CountingOutcome:
        """Count events; slow where the test wants a drain to last."""
        assert position >= self.position, f"{position} is below {self.position}"
        outcome = CountingOutcome()
        for event in events:
            self.cases.setdefault(event.case, []).append(event.id)
            self._news.append((event.case, event.id))
            key = (event.rank, "applied")
            outcome.results[key] = outcome.results.get(key, 0) + 1
        self.position = position
        if self._seconds_per_event:
            time.sleep(self._seconds_per_event * len(events))
        return outcome

    def draft_checkpoint(self, slice_cases: int, occasion: object = None) -> CountingDraft:
        """Draft the news and a slice of cases in full; nothing is announced on any occasion."""
        assert occasion is None
        if not self._cold:
            self._cycle += 1
            self._cold = list(self.cases)
        cold, self._cold = self._cold[:slice_cases], self._cold[slice_cases:]
        body = msgspec.json.encode((self._news, {case: self.cases[case] for case in cold}))
        draft = CountingDraft(self.drafted_to, self.position, _chunks(body), self._cycle)
        self._news, self.drafted_to = [], self.position
        return draft

    @property
    def ids(self) -> list[str]:
        """All event ids, also doubled ones."""
        return [event for events in self.cases.values() for event in events]


class CountingRestoration:
    """Recovery of a counting ledger."""

    def __init__(self, topic: Topic, configuration: Configuration, seconds_per_event: float = 0.0) -> None:
        self.ledger = CountingLedger(topic, configuration, seconds_per_event)

    def add(self, chunks: Sequence[bytes], to_position: int) -> None:
        """Take one complete checkpoint."""
        news, full = msgspec.json.decode(b"".join(chunks))
        for case, event in news:
            self.ledger.cases.setdefault(case, []).append(event)
        self.ledger.cases.update(full)
        self.ledger.position = self.ledger.drafted_to = to_position

    def steps(self) -> Iterator[None]:
        """Derive nothing."""
        yield


def counting_engine(seconds_per_event: float = 0.0) -> Engine:
    """Return an engine for the processor; `seconds_per_event` slows its fold."""
    return Engine(
        cast(Any, lambda topic, configuration: CountingLedger(topic, configuration, seconds_per_event)),
        cast(Any, lambda topic, configuration: CountingRestoration(topic, configuration, seconds_per_event)),
    )


def plain_configuration() -> Configuration:
    """Return a configuration without queues and targets, enough for what looks at none."""
    day = 86_400_000
    return Configuration(
        time_zone="UTC",
        window_lengths={"5m": 300_000},
        resolution=10_000,
        horizon=Horizon(2 * day, 100 * day, 400 * day),
        retention={"tickets": 30 * day, "calls": 3 * day, "chats": 3 * day},
        max_open={"calls": day // 2, "chats": 7 * day},
        queues={},
        calendars={},
        service_levels={},
        sla_targets={},
        fingerprint="plain",
    )


def _chunks(body: bytes) -> list[bytes]:
    return [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
