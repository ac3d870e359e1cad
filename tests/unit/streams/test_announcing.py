"""Announcements on their way: after what is durable, each once, and never at the cost of the numbers."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord

from aggregators.announcements import Said
from aggregators.announcer import Announcement
from aggregators.targets import Cycle
from streams.announcing import Announcing
from streams.changelog_partition import ChangelogPartition
from streams.sla_events import record_of
from streams.statistics import PartitionState, PipelineStatistics
from streams.transport import Batch
from tests.unit.streams.partition_bench import ANNOUNCING, Bench, given_up, until

TEN = 1_772_445_600_000
HOUR = 3_600_000


class Stamp:
    """What a writer states."""

    fingerprint = "same"
    partitions = 1


def announcement(case: str) -> Announcement:
    """Return a breach of a case."""
    said = Said(
        Cycle("resolution", TEN), "breached", 1, TEN + HOUR, ("email", "none"), TEN + HOUR, TEN + HOUR
    )
    return Announcement(case, said)


def value_of(case: str) -> bytes:
    """Return the value of its record."""
    return record_of(announcement(case), "/here")[1]


class Writer:
    """One writer of a topic in memory."""

    def __init__(self, topic: Any) -> None:
        self.statistics = PipelineStatistics()
        self.changelog = ChangelogPartition(None, Stamp(), self.statistics)  # type: ignore[arg-type]  # not written
        self.announcing = Announcing(
            topic, "/here", label="tickets/0", changelog=self.changelog, statistics=self.statistics
        )


async def test_the_tail_says_what_is_missing(memory_announcements: Any) -> None:
    """Read from where the checkpoint says that all before it stands; what is there is not sent again."""
    memory_announcements.values = [value_of("old"), value_of("a"), b"no event"]
    writer, unsent = Writer(memory_announcements), [announcement("a"), announcement("b")]
    writer.changelog.announced_to = 1
    assert await writer.announcing.settle(unsent)
    assert memory_announcements.reads == [(1, 3)]
    assert memory_announcements.values[3:] == [value_of("b")]
    assert (unsent, writer.changelog.announced_to) == ([], 4)
    assert writer.statistics.sla_events == {("resolution", "breached"): 1}
    assert writer.statistics.sla_events_repeated == 0


async def test_with_nothing_to_send_only_the_end_is_asked(memory_announcements: Any) -> None:
    """However much history the topic holds; and once, not with every checkpoint."""
    memory_announcements.values = [value_of("old")] * 3
    writer = Writer(memory_announcements)
    assert await writer.announcing.settle([])
    assert writer.statistics.sla_events_repeated == 0
    assert await writer.announcing.settle([])
    assert (memory_announcements.reads, writer.changelog.announced_to) == ([], 3)


async def test_what_follows_a_checkpoint_that_announced_nothing_is_repeated(
    memory_announcements: Any,
) -> None:
    """Everything it could be was said before; it need not be read."""
    memory_announcements.values = [value_of("a"), value_of("a")]
    writer = Writer(memory_announcements)
    writer.changelog.announced_to = 1
    assert await writer.announcing.settle([])
    assert (memory_announcements.reads, writer.statistics.sla_events_repeated) == ([], 1)


async def test_repeated_ids_are_counted_in_the_tail_and_behind_it(memory_announcements: Any) -> None:
    """Twice in the tail, and twice by one that slept, which a gap in the offsets shows."""
    memory_announcements.values = [value_of("a"), value_of("a")]
    writer = Writer(memory_announcements)
    assert await writer.announcing.settle([announcement("a")])
    assert writer.statistics.sla_events_repeated == 1
    memory_announcements.values += [value_of("a"), value_of("a")]
    await writer.announcing.send([announcement("c")])
    assert writer.statistics.sla_events_repeated == 3


async def test_a_topic_that_was_created_anew_gets_everything(memory_announcements: Any) -> None:
    """It ends before the place that the checkpoint states."""
    writer = Writer(memory_announcements)
    writer.changelog.announced_to = 70
    assert await writer.announcing.settle([announcement("a")])
    assert (memory_announcements.values, writer.changelog.announced_to) == ([value_of("a")], 1)


async def test_what_cannot_be_sent_waits_and_is_not_repeated(
    memory_announcements: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Half of it had arrived: the other half follows, one line says so at the beginning, one at the end."""
    writer, unsent = Writer(memory_announcements), [announcement("a"), announcement("b")]
    assert await writer.announcing.settle([])
    memory_announcements.failures, memory_announcements.kept = 3, 1
    with caplog.at_level(logging.INFO):
        await writer.announcing.send(unsent)
        assert writer.statistics.sla_events_waiting == {"tickets/0": 2}
        memory_announcements.kept = 0
        assert not await writer.announcing.settle(unsent)
        assert not await writer.announcing.settle(unsent)
        assert len(caplog.records) == 1
        assert await writer.announcing.settle(unsent)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert memory_announcements.values == [value_of("a"), value_of("b")]
    assert (unsent, writer.statistics.sla_events_waiting) == ([], {})


# One partition ---------------------------------------------------------------------------------------------


def ticket(offset: int, kind: str = "ticket.created", minute: int = 0, **data: str) -> Any:
    """Return the record of an event of ticket t."""
    event = {
        "specversion": "1.0",
        "id": f"e{offset}",
        "source": "/desk",
        "type": kind,
        "subject": "t",
        "time": f"2026-03-02T10:{minute:02}:00Z",
        "data": data,
    }
    return ConsumerRecord(
        "tickets", 0, offset, TEN + minute * 60_000, 0, b"t", json.dumps(event).encode(), None, 1, 1, ()
    )  # fmt: skip


@pytest.fixture
async def bench(memory_log: Any, memory_sender: Any, memory_announcements: Any) -> AsyncIterator[Bench]:
    """Give a partition of tickets that announces, live, with ticket t created at ten o'clock."""
    made = Bench(memory_log, memory_sender, memory_announcements)
    async with given_up(made):
        await made.live()
        await fold(made, ticket(0), minutes=0)
        await made.checkpoint()
        yield made


async def fold(bench: Bench, *records: Any, minutes: int) -> None:
    """Fold records, and let it be so many minutes after ten."""
    start = bench.partition.applied or 0
    at_minute(bench, minutes, end=start + len(records))
    await bench.partition.fold(Batch("tickets", 0, start, start + len(records), list(records)))


def at_minute(bench: Bench, minutes: int, *, end: int | None = None) -> None:
    """Let it be so many minutes after ten, everything read."""
    bench.now = TEN / 1000 + 60 * minutes
    bench.source.heard_of = (bench.partition.applied or 0 if end is None else end, bench.now)


async def restarted(bench: Bench) -> None:
    """Kill the worker and let another one take the partition."""
    bench.context.ledgers.clear()
    bench.partition = bench.new_partition()
    await bench.live()


def kinds(bench: Bench) -> list[str]:
    """Return the kinds of the changelog's records."""
    return [header.kind for header, _ in bench.log.records]


async def test_time_alone_announces_where_nothing_comes(bench: Bench) -> None:
    """At risk, then breached, each with a checkpoint of its own, which a successor can read."""
    at_minute(bench, 50)
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.announcements.words == ["t at_risk 1"])
    at_minute(bench, 60)
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.announcements.words == ["t at_risk 1", "t breached 1"])
    assert kinds(bench) == ["fence", "checkpoint", "checkpoint", "checkpoint"]
    await restarted(bench)
    assert bench.partition.applied == 1
    at_minute(bench, 61)
    bench.partition._checkpoint_due.set()
    await fold(bench, ticket(1, "ticket.status", 20, to="solved"), minutes=62)
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.announcements.words[2:] == ["t withdrawn 1", "t met 2"])


async def test_nothing_is_announced_before_it_is_durable(bench: Bench) -> None:
    """A checkpoint that fails has announced nothing; what holds then is announced by the next one."""
    at_minute(bench, 60)
    bench.log.failures = 1
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.statistics.partition_failures == 1)
    assert bench.announcements.words == []
    await until(lambda: bench.partition.state is PartitionState.LIVE)
    await fold(bench, ticket(0), ticket(1, "ticket.status", 20, to="solved"), minutes=60)
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.announcements.words == ["t met 1"])


@pytest.mark.parametrize("arrived", [0, 1, 2])
async def test_killed_while_it_sends_its_successor_sends_the_rest(bench: Bench, arrived: int) -> None:
    """Whatever had arrived: each is there once, and what holds no more is withdrawn behind it."""
    at_minute(bench, 50)
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.announcements.words == ["t at_risk 1"])
    await fold(bench, ticket(1, "ticket.priority", 5, priority="low"), minutes=52)
    bench.announcements.failures, bench.announcements.kept = 1, arrived
    await fold(bench, ticket(2, "ticket.priority", 6, priority="normal"), minutes=61)
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.statistics.sla_events_waiting != {} or bool(bench.announcements.words[1:]))
    await restarted(bench)
    await fold(bench, ticket(3, "ticket.status", 30, to="solved"), minutes=62)
    bench.partition._checkpoint_due.set()
    expected = ["t at_risk 1", "t breached 1", "t withdrawn 1", "t met 2"]
    await until(lambda: bench.announcements.words == expected)
    assert bench.statistics.sla_events_repeated == 0


async def test_who_was_replaced_announces_nothing_of_its_own(bench: Bench, memory_sender: Any) -> None:
    """It decides another thing than its successor; its checkpoint does not count, so nobody hears of it."""
    owner = Bench(bench.log, memory_sender, bench.announcements)
    async with given_up(owner):
        await owner.live()
        await fold(owner, ticket(1, "ticket.status", 20, to="solved"), minutes=21)
        owner.partition._checkpoint_due.set()
        await until(lambda: bench.announcements.words == ["t met 1"])
        at_minute(bench, 60)  # asleep meanwhile, it has not read of the solving
        bench.partition._checkpoint_due.set()
        await until(lambda: bench.statistics.partition_failures == 1)
        assert bench.announcements.words == ["t met 1"]


async def test_a_topic_that_fails_does_not_touch_the_numbers(bench: Bench) -> None:
    """Checkpoints go on, the partition stays live; once the topic is back everything is announced."""
    bench.announcements.failures = 2
    at_minute(bench, 60)
    for offset in range(1, 3):
        await fold(bench, ticket(offset, "ticket.message", offset, author="system"), minutes=60)
        await bench.checkpoint()
    assert bench.statistics.partition_failures == 0
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.announcements.words == ["t breached 1"])


async def test_giving_up_and_taking_back_announces_once(bench: Bench) -> None:
    """The last checkpoint announces, too; a state that was kept goes on from there."""
    at_minute(bench, 60)
    assert await bench.partition.give_up()
    assert bench.announcements.words == ["t breached 1"]
    await bench.live()
    await fold(bench, ticket(1, "ticket.status", 20, to="solved"), minutes=61)
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.announcements.words[1:] == ["t withdrawn 1", "t met 2"])


def test_the_bench_announces() -> None:
    """Otherwise the tests above would show nothing."""
    assert ANNOUNCING.announcing is not None
