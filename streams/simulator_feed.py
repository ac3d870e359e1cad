"""The simulated support centre as a producer in a thread: first what already happened, then in real time.

Guarantee: `stop` ends it within a second; what went wrong is kept for whoever asks. The events of the past
are sent at once, so that the numbers of a demo begin with a support centre at work and not with an empty one.

Worked: begun at 10:00:00 with 15 minutes of history it sends everything from 09:45:00 within a second, then
each event when it happens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from kafka.errors import KafkaError

from aggregators.events import Topic
from streams.bulk_producer import BulkProducer
from streams.errors import SupportPulseError
from streams.simulation.centre import simulate
from streams.simulation.plan import SimulationPlan


class SimulatorFeed:
    """Sends the events of a plan to Kafka until it is stopped."""

    def __init__(
        self,
        plan: SimulationPlan,
        options: dict[str, Any],
        *,
        topic_name: Callable[[Topic], str],
        now: Callable[[], int],
    ) -> None:
        """Prepare.

        plan: its start lies in the past by as much history as is wanted. options: of kafka-python's clients.
        now: the wall clock in milliseconds.
        """
        self.sent = 0
        self.error: Exception | None = None
        self._plan = plan
        self._options = options
        self._topic_name = topic_name
        self._now = now
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    def start(self) -> None:
        """Begin sending."""
        self._thread.start()

    def stop(self) -> None:
        """End sending and wait for it."""
        self._stopping.set()
        self._thread.join()

    @property
    def is_running(self) -> bool:
        """Whether it still sends."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            with BulkProducer(self._options, is_creating=True) as producer:
                self._send(producer)
                producer.flush()
        except (KafkaError, SupportPulseError) as error:
            self.error = error

    def _send(self, producer: BulkProducer) -> None:
        for event in simulate(self._plan):
            delay = event.due - self._now()
            if delay > 0:
                producer.push()
                self._stopping.wait(delay / 1000)
            if self._stopping.is_set():
                return
            producer.send(self._topic_name(event.topic), event.key, event.value)
            self.sent += 1
