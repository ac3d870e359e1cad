"""Two writers of one partition and a bad network: readers that drop repeated ids notice nothing.

The real `ChangelogPartition` and the real `Announcing` write; log and topic are lists in memory. A checkpoint
may be torn, its writer may fall asleep before it sends what was decided, and what is sent may go unanswered,
arrive in part, or arrive when a successor has long sent it.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregators import checkpoint
from aggregators.announcements import Occasion
from aggregators.configuration import Configuration
from aggregators.events import Event
from aggregators.ledger import PartitionLedger
from streams.announcing import Announcing
from streams.changelog_partition import Fenced
from streams.event_time import milliseconds_of
from streams.sending import SendFailed
from streams.sla_events import id_in
from streams.statistics import PipelineStatistics
from tests.laws.announced import FAR, LATE_REPLY, SITE, TICKETS, announcing, recounted
from tests.laws.logs import as_events, examples
from tests.laws.strategies import BASE, logs
from tests.laws.test_writers import SMALL_CHUNK, MemoryLog, Writer

pytestmark = pytest.mark.timeout(400)


class Topic:
    """The topic in memory, and a network that loses answers, or keeps records until their writer is gone."""

    def __init__(self) -> None:
        self.values: list[bytes | None] = []
        self.delayed: list[bytes] = []
        self.fate = "arrives"

    async def append(self, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        """Append records; what becomes of them is their fate."""
        values = [value for _, value in records]
        if self.fate == "arrives":
            self.values += values
            return list(range(len(self.values) - len(values), len(self.values)))
        kept = {"unanswered": len(values), "partly": len(values) // 2, "late": 0}[self.fate]
        self.values += values[:kept]
        self.delayed += values[kept:] if self.fate == "late" else []
        raise SendFailed("sla", TimeoutError())

    async def end(self) -> int:
        """Return the next offset."""
        return len(self.values)

    async def read(self, start: int, end: int) -> AsyncGenerator[bytes | None, None]:
        """Yield a stretch."""
        for value in self.values[start:end]:
            yield value

    def arrive(self) -> None:
        """Let what was on its way arrive."""
        self.values += self.delayed
        self.delayed = []


class AnnouncingWriter(Writer):
    """A writer that announces, and may fall asleep before it sends what its checkpoint has decided."""

    def __init__(
        self, log: MemoryLog, events: list[Event], configuration: Configuration, topic: Topic
    ) -> None:
        super().__init__(log, events, configuration)
        self.topic = topic
        self.statistics = PipelineStatistics()
        self.announcing: Announcing | None = None

    async def take(self) -> PartitionLedger:
        """Fence the others off, restore what is durable, and forget where the topic ends."""
        ledger = await super().take()
        self.announcing = Announcing(
            self.topic, "/test", label="tickets/0", changelog=self.changelog, statistics=self.statistics
        )
        return ledger

    async def step(self, step: Step) -> None:
        """Do one thing; a writer without a ledger first takes the partition."""
        self.topic.fate = step.fate
        if step.kind == "arrive":
            self.topic.arrive()
        elif step.kind == "take" or self.ledger is None or self.announcing is None:
            await self.take()
        elif step.kind == "fold":
            start = self.ledger.position
            batch = self.events[start : start + step.size]
            self.ledger.fold(batch, start + len(batch))
        elif step.kind == "send":
            await self.announcing.send(self.ledger.announcer.unsent)
        else:
            await self.checkpoint(step.size, Occasion(BASE + step.moment), is_torn=step.kind == "torn")

    async def checkpoint(self, size: int, occasion: Occasion, *, is_torn: bool) -> None:
        """Send what is left, decide, and make it durable; it is not sent yet."""
        assert self.ledger is not None
        assert self.announcing is not None
        can_announce = await self.announcing.settle(self.ledger.announcer.unsent)
        draft = self.ledger.draft_checkpoint(size, occasion if can_announce else None)
        self.log.is_torn = is_torn
        try:
            await self.changelog.write(draft)
            self.durable = draft.to_position
        except (Fenced, ConnectionError):
            self.ledger = None
        finally:
            self.log.is_torn = False
            await asyncio.sleep(0)


class Step(NamedTuple):
    """One thing that one of two writers does; moment: ms after `BASE`; fate: of what it sends."""

    kind: str
    size: int = 1
    moment: int = 0
    writer: int = 0
    fate: str = "arrives"


STEPS: Final = st.lists(
    st.builds(
        Step,
        st.sampled_from(
            ["fold", "fold", "checkpoint", "checkpoint", "send", "send", "take", "torn", "arrive"]
        ),
        st.integers(1, 6),
        st.integers(0, 90).map(lambda minute: minute * 60_000),
        st.integers(0, 1),
        st.sampled_from(["arrives", "arrives", "arrives", "unanswered", "partly", "late"]),
    ),
    max_size=40,
)


async def two_lives(plan: list[Step], events: list[Event]) -> Topic:
    """Let two writers act in turn, then a third one to the end; return the topic."""
    configuration, log, topic = announcing(SITE), MemoryLog(), Topic()
    writers = [AnnouncingWriter(log, events, configuration, topic) for _ in range(2)]
    for step in plan:
        await writers[step.writer].step(step)
    last = AnnouncingWriter(log, events, configuration, topic)
    await last.take()
    far = FAR - BASE
    for step in [Step("fold", len(events)), Step("checkpoint", 3, far), Step("send"), Step("arrive")] * 2:
        await last.step(step)
    for writer in writers:  # whoever slept until now
        if writer.ledger is not None:
            await writer.step(Step("send"))
    return topic


@example(
    log=LATE_REPLY,
    plan=[
        Step("take"),
        Step("fold", 2),
        Step("checkpoint", 1, 4_800_000),  # breached, durable; then it falls asleep
        Step("take", writer=1),
        Step("checkpoint", 1, 4_800_000, writer=1),  # its successor sends that
        Step("fold", 1, writer=1),
        Step("checkpoint", 1, 4_800_000, writer=1),  # withdrawn, met
        Step("send", writer=1),
        Step("send"),  # and the first one wakes up
    ],
)
@example(
    log=LATE_REPLY,
    plan=[
        Step("take"),
        Step("fold", 2),
        Step("checkpoint", 1, 4_800_000),
        Step("send", fate="partly"),
        Step("fold"),
        Step("checkpoint", 1, 4_800_000),
    ],
)
@examples(50)
@given(log=logs(kinds=TICKETS), plan=STEPS)
def test_two_writers_and_a_bad_network_give_nothing_but_repeated_ids(
    log: list[dict[str, Any]], plan: list[Step]
) -> None:
    """Asleep, torn, unanswered, late: the first of each id is right, and the end is the recount's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "CHUNK_BYTES", SMALL_CHUNK)
        topic = asyncio.run(two_lives(plan, as_events(log)))
    first: dict[str, bytes] = {}
    for value in topic.values:
        identity = id_in(value)
        assert identity is not None
        assert value is not None
        assert first.setdefault(identity, value) == value, "one id, two contents"
    stands: dict[tuple[str, ...], dict[str, Any]] = {}
    for event in map(json.loads, first.values()):
        data = event["data"]
        key = (event["subject"], data["target"], data["cycle"])
        if data["outcome"] == "withdrawn":
            assert stands.pop(key)["id"] == data["withdraws"]
        else:
            assert key not in stands or stands[key]["data"]["outcome"] == "at_risk"
            stands[key] = event
    found = Counter(outcome_of(each) for each in stands.values())
    assert found == recounted(log, SITE)


def outcome_of(event: dict[str, Any]) -> tuple[Any, ...]:
    """Return an announced outcome as the recount knows it."""
    data = event["data"]
    moment = milliseconds_of(event["time"])
    return (event["subject"], data["target"], data["outcome"], moment, data["channel"], data["queue"])
