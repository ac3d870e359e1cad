"""What the whole timeline of a case says about each of its events: channel and queues.

The channel of a case is the first one stated in timeline order. The queue of an event is the stated one, else
that of its leg, else the last known one of the case, else the first one stated later, else "none". Both may
be stated only later than the event that needs them, so they are looked up ahead, once per timeline.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from aggregators.events import DEFAULT_CHANNEL, DEFAULT_LEG, NO_QUEUE, Event, Rank, Topic
from aggregators.measures import Series


class CaseContext:
    """Channel and queues of one case, kept up to date while its timeline grows at the end.

    `guessed` is True once a queue was taken that a later event may still correct; then a later stated queue
    means deriving the case anew.
    """

    __slots__ = ("_series", "channel", "channel_stated", "guessed", "last_queue", "leg_queues", "topic")

    def __init__(self, topic: Topic, timeline: Sequence[Event]) -> None:
        self.topic = topic
        self.channel: str = DEFAULT_CHANNEL.get(topic, "")
        self.channel_stated = False
        self.last_queue: str | None = None
        self.guessed = False
        self.leg_queues: dict[str, str] = {}
        self._series: dict[str, Series] = {}
        for event in timeline:
            data = event.data
            if not self.channel_stated and data.channel is not UNSET:
                self.channel = data.channel
                self.channel_stated = True
            if data.queue is not UNSET:
                if self.last_queue is None:
                    # Until something is stated the first one stated later holds.
                    self.last_queue = data.queue
                if event.rank in (Rank.CALL_OFFERED, Rank.CHAT_QUEUED):
                    leg = DEFAULT_LEG if data.leg is UNSET else data.leg
                    self.leg_queues.setdefault(leg, data.queue)

    def holds_for(self, event: Event) -> bool:
        """Say whether an event appended at the end leaves everything before it as it was derived."""
        data = event.data
        if data.channel is not UNSET and not self.channel_stated:
            if data.channel != self.channel:
                return False
            self.channel_stated = True
        return data.queue is UNSET or not self.guessed

    def note(self, event: Event) -> None:
        """Remember the queue that an event states."""
        data = event.data
        if data.queue is not UNSET:
            self.last_queue = data.queue
            if event.rank in (Rank.CALL_OFFERED, Rank.CHAT_QUEUED):
                leg = DEFAULT_LEG if data.leg is UNSET else data.leg
                self.leg_queues.setdefault(leg, data.queue)

    def queue_of(self, event: Event) -> str:
        """Return the queue of an event by the rule above. The event must have been noted."""
        data = event.data
        if data.queue is not UNSET:
            return data.queue
        leg_queue = self.leg_queues.get(DEFAULT_LEG if data.leg is UNSET else data.leg)
        if leg_queue is not None:
            return leg_queue
        if self.topic != "tickets" or self.last_queue is None:
            # A leg may still be offered, or a first queue stated, and both would reach back to this event.
            self.guessed = True
        return NO_QUEUE if self.last_queue is None else self.last_queue

    def series(self, queue: str) -> Series:
        """Return (channel, queue), one object for each queue of the case."""
        found = self._series.get(queue)
        if found is None:
            found = self._series[queue] = (self.channel, queue)
        return found
