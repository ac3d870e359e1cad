"""Sends the log while faults happen: up to a goal at once or evenly, beyond it a trickle up to a reserve.

Guarantee: every record is sent, in order within its partition, through every outage of the broker; what a
retry doubles is one more delivery. The trickle lets somebody who waits for work after a fault have some; it
is as slow as the next goal allows, and what is kept for the end it never touches.
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
        most: int = 0,
    ) -> None:
        """Prepare. names: of topics in Kafka; most: records to send before `finish`, by whatever way."""
        self.sent = 0
        self._goal = 0.0
        self._rate = 0.0
        self._trickle = self._owed = 0.0
        self._trickle_end = 0
        self._kafka, self._names, self._records, self._most = kafka, names, records, most
        self._is_ending = self._is_over = False
        self._error: BaseException | None = None
        self._failed = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="feed")

    def aim(self, goal: int, *, seconds: float) -> None:
        """Send up to record number `goal` within so many seconds; 0 is at once."""
        self.check()
        self._rate = (goal - self.sent) / seconds if seconds else float("inf")
        self._goal = goal

    def trickle(self, to: int, *, seconds: float) -> None:
        """Beyond the goal go on evenly up to record number `to`, which takes so many seconds."""
        self._trickle_end = to
        self._trickle = max(0.0, (to - max(self.sent, self._goal)) / seconds)

    @property
    def is_dry(self) -> bool:
        """Whether nothing more is sent before `finish`."""
        return self.sent >= self._most

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
            self._owed += self._trickle * TURN_SECONDS
            due = min(int(self._owed), max(0, min(self._most, self._trickle_end) - self.sent))
            self._owed -= int(self._owed)
        for _ in range(due):
            record = next(self._records, None)
            if record is None:
                return False
            topic, key, value = record
            producer.send(self._names[topic], key, value)
            self.sent += 1
        producer.push()
        return True
