"""What is written down: events as CloudEvents in bytes, in the order in which they happen.

Guarantee: equal events are equal bytes; every id is unique within its source, also across runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from aggregators.events import Topic
from streams.simulation.agenda import Agenda

_encode: Final = msgspec.json.Encoder().encode


class SimulatedEvent(msgspec.Struct, frozen=True):
    """One record to deliver: at `due` (ms), of an event that happened at `time` (ms)."""

    time: int
    topic: Topic
    key: bytes
    value: bytes
    due: int


class Journal:
    """Collects events until the simulation hands them out."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self._written: list[SimulatedEvent] = []

    def write(self, case: CaseJournal, kind: str, data: Mapping[str, object]) -> None:
        """Write down that something happens to a case now."""
        now = self.agenda.now
        value = _encode(
            {
                "specversion": "1.0",
                "id": f"{case.id_prefix}-{case.count}",
                "source": case.source,
                "type": kind,
                "subject": case.subject,
                "time": datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="milliseconds")[:23] + "Z",
                "data": data,
            }
        )
        self._written.append(SimulatedEvent(now, case.topic, case.subject.encode(), value, now))

    def take(self) -> list[SimulatedEvent]:
        """Return what was written since the last call."""
        written, self._written = self._written, []
        return written


class CaseJournal:
    """The events of one subject; `run` keeps the ids apart of a subject that other runs have, too."""

    def __init__(
        self, journal: Journal, topic: Topic, *, source: str, subject: str, run: str | None = None
    ) -> None:
        self.topic: Topic = topic
        self.source = source
        self.subject = subject
        self.id_prefix = subject if run is None else f"{subject}-{run}"
        self.count = 0
        self._journal = journal

    def write(self, kind: str, /, **data: object) -> None:
        """Write down one event of this subject."""
        self.count += 1
        self._journal.write(self, kind, data)
