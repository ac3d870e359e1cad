"""What is assigned, what may be read, and what may be committed."""

from typing import Any

from faust.types import TP

from streams.source_partitions import SourcePartitions
from streams.transport import Batch


class Partition:
    """A partition that is live at once."""

    def __init__(self, topic: str, partition: int) -> None:
        self.topic, self.partition = topic, partition
        self.applied: int | None = None
        self.durable: int | None = None
        self.fatal: Exception | None = None
        self.is_durable = True
        self.batches: list[Batch] = []
        self.calls: list[str] = []

    def take(self) -> None:
        """Become live."""
        self.calls.append("take")
        self.applied = self.durable = 7

    async def give_up(self) -> bool:
        """Become nothing; the last durable offset stays known."""
        self.calls.append("give up")
        self.applied = None
        return self.is_durable

    async def fold(self, batch: Batch) -> None:
        """Note a batch."""
        self.batches.append(batch)


class Bench:
    """Two topics and the partitions that were made for them."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, int], Partition] = {}
        names: Any = {"calls": "support.calls", "chats": "support.chats"}
        self.partitions = SourcePartitions(names, self._new)

    def _new(self, topic: str, number: int) -> Any:
        return self.made.setdefault((topic, number), Partition(topic, number))


async def test_what_is_not_assigned_is_neither_read_nor_folded() -> None:
    """The consumer asks for every partition it knows."""
    bench = Bench()
    await bench.partitions.fold(Batch("support.calls", 0, 0, 0, []))
    assert bench.partitions.applied(TP("support.calls", 0)) is None
    assert bench.partitions.durable(TP("support.calls", 0)) is None
    assert list(bench.partitions) == []


async def test_what_was_taken_is_read_and_folded() -> None:
    """Each batch goes to its partition."""
    bench = Bench()
    bench.partitions.take("calls", {0, 1})
    batch = Batch("support.calls", 1, 7, 9, [])
    await bench.partitions.fold(batch)
    assert bench.made["calls", 1].batches == [batch]
    assert bench.made["calls", 0].batches == []
    assert bench.partitions.applied(TP("support.calls", 0)) == 7
    assert [(topic, partition.partition) for topic, partition in bench.partitions] == [
        ("calls", 0),
        ("calls", 1),
    ]


async def test_what_was_given_up_may_still_be_committed_but_not_read() -> None:
    """The commit follows the last checkpoint."""
    bench = Bench()
    bench.partitions.take("calls", {0})
    assert await bench.partitions.give_up([TP("support.calls", 0), TP("elsewhere", 5)])
    assert bench.partitions.applied(TP("support.calls", 0)) is None
    assert bench.partitions.durable(TP("support.calls", 0)) == 7


async def test_one_partition_that_is_not_durable_is_told() -> None:
    """Kafka had better not be asked for more then."""
    bench = Bench()
    bench.partitions.take("calls", {0, 1})
    bench.made["calls", 1].is_durable = False
    assert not await bench.partitions.give_up_all()


async def test_a_partition_that_went_elsewhere_is_forgotten_and_one_that_stayed_is_kept() -> None:
    """Its state in memory may be all that is needed."""
    bench = Bench()
    bench.partitions.take("calls", {0, 1})
    bench.partitions.take("chats", {0})
    await bench.partitions.give_up_all()
    bench.partitions.take("calls", {1})
    bench.partitions.take("chats", {0})
    assert bench.made["calls", 1].calls == ["take", "give up", "take"]
    assert bench.partitions.durable(TP("support.calls", 0)) is None
    assert len(list(bench.partitions)) == 2


async def test_a_fatal_reason_is_found() -> None:
    """Of any partition."""
    bench = Bench()
    bench.partitions.take("calls", {0, 1})
    assert bench.partitions.fatal is None
    bench.made["calls", 1].fatal = reason = ValueError("no")
    assert bench.partitions.fatal is reason
