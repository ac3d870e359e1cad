"""Sends the log while faults happen: up to a goal at once or evenly, beyond it a trickle, never a pause.

Guarantee: every record is sent, in order within its partition, through every outage of the broker; what a
retry doubles is one more delivery. The trickle lets somebody who waits for work after a fault have some.
Cost: one thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from streams.bulk_producer import BulkProducer
from streams.kafka_access import client_options
from streams.settings_models import KafkaSection

TURN_SECONDS = 0.1
BURST = 20_000
"""Most records of one turn."""
DELIVERY_SECONDS = 600
END_SECONDS = 300


class FeedFailed(Exception):
    """The broker finally did not take records, or the thread ended: the run is void."""


class Feed:
    """One thread that sends."""

    def __init__(
        self,
        kafka: KafkaSection,
        names: Mapping[str, str],
        records: Iterator[tuple[str, bytes, bytes]],
        trickle: float,
    ) -> None:
        """Prepare. names: of topics in Kafka; trickle: records a second beyond the goal."""
        self.sent = 0
        self._goal = 0.0
        self._rate = 0.0
        self._kafka, self._names, self._records, self._trickle = kafka, names, records, trickle
        self._is_ending = self._is_over = False
        self._error: BaseException | None = None
        self._failed = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="feed")

    def aim(self, goal: int, *, seconds: float) -> None:
        """Send up to record number `goal` within so many seconds; 0 is at once."""
        self.check()
        self._rate = (goal - self.sent) / seconds if seconds else float("inf")
        self._goal = goal

    def finish(self) -> int:
        """Send all the rest, wait for every acknowledgement and return how many records there are.

        Raises:
            FeedFailed: something was not taken.
        """
        self._is_ending = True
        self._thread.join(END_SECONDS)
        self.check()
        if self._thread.is_alive() or self._failed:
            raise FeedFailed(f"{self._failed} records failed after {self.sent}")
        return self.sent

    def check(self) -> None:
        """Raise FeedFailed where the thread has ended before its time."""
        if self._error is not None:
            raise FeedFailed(f"after {self.sent} records: {self._error!r}") from self._error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        self._thread.join(TURN_SECONDS * 50)

    def _run(self) -> None:
        try:
            with BulkProducer(client_options(self._kafka)) as producer:
                # A broker may be away for longer than the client's own two minutes.
                while not self._is_over and self._turn(producer):
                    time.sleep(TURN_SECONDS)
                if not self._is_over:
                    self._failed = producer.flush().failed
        except BaseException as error:  # noqa: BLE001  # it is raised where the thread is waited for
            self._error = error

    def _turn(self, producer: BulkProducer) -> bool:
        """Send what is due now; return whether there is more."""
        if self._is_ending:
            due = BURST
        elif self.sent < self._goal:
            due = int(max(1, min(BURST, self._rate * TURN_SECONDS, self._goal - self.sent)))
        else:
            due = max(1, int(self._trickle * TURN_SECONDS))
        for _ in range(due):
            record = next(self._records, None)
            if record is None:
                return False
            topic, key, value = record
            producer.send(self._names[topic], key, value)
            self.sent += 1
        producer.push()
        return True
