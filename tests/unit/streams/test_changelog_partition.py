"""One writer of a changelog partition: it notices another one, and deletes only what is replaced."""

import logging
from dataclasses import dataclass
from typing import Any, cast

import msgspec
import pytest
from msgspec.structs import replace

from aggregators.checkpoint import CheckpointDraft
from streams.changelog import StateMismatch
from streams.changelog_partition import ChangelogPartition, Fenced
from streams.sending import SendFailed
from streams.statistics import PipelineStatistics


@dataclass
class Stamp:
    """A writer's configuration and source."""

    fingerprint: str = "f"
    partitions: int = 4


class Restored:
    """Takes checkpoints like a restoration."""

    def __init__(self) -> None:
        self.added: list[tuple[list[bytes], int]] = []

    def add(self, chunks: list[bytes], to_position: int) -> None:
        """Take one checkpoint."""
        self.added.append((chunks, to_position))


def draft(start: int, end: int, *, cycle: int = 1, chunks: int = 1) -> CheckpointDraft:
    """Return a checkpoint to be written."""
    return CheckpointDraft(start, end, [b"x"] * chunks, cycle)


def writer(log: Any, stamp: Stamp | None = None) -> ChangelogPartition:
    """Return a writer of the log."""
    return ChangelogPartition(log, stamp or Stamp(), PipelineStatistics())


async def restored(partition: ChangelogPartition) -> tuple[int | None, list[int]]:
    """Return the restored position and where every checkpoint led to."""
    restoration = Restored()
    position = await partition.restore(cast(Any, restoration))
    return position, [end for _, end in restoration.added]


async def test_a_successor_reads_what_was_written(memory_log: Any) -> None:
    """Two checkpoints, one of two chunks."""
    first = writer(memory_log)
    await first.fence()
    await first.write(draft(0, 10))
    await first.write(draft(10, 30, chunks=2))
    second = writer(memory_log)
    assert await second.fence() is False
    assert await restored(second) == (30, [10, 30])


async def test_a_fence_says_whether_anybody_else_wrote_since(memory_log: Any) -> None:
    """A state kept in memory over a rebalance still holds when nobody did."""
    first, second = writer(memory_log), writer(memory_log)
    assert await first.fence() is False
    await first.write(draft(0, 10))
    assert await first.fence() is True
    await second.fence()
    assert await first.fence() is False


async def test_a_writer_that_was_fenced_notices_at_its_next_checkpoint(memory_log: Any) -> None:
    """And what it wrote then does not count."""
    late, owner = writer(memory_log), writer(memory_log)
    await late.fence()
    await late.write(draft(0, 10))
    await owner.fence()
    with pytest.raises(Fenced):
        await late.write(draft(10, 20))
    await owner.write(draft(10, 15))
    third = writer(memory_log)
    await third.fence()
    assert await restored(third) == (15, [10, 15])


async def test_a_late_writers_records_do_not_disturb_the_owner(memory_log: Any) -> None:
    """A gap in the offsets without a fence in it is harmless."""
    late, owner = writer(memory_log), writer(memory_log)
    await late.fence()
    await owner.fence()
    with pytest.raises(Fenced):
        await late.write(draft(0, 20, chunks=3))
    await owner.write(draft(0, 5))
    await owner.write(draft(5, 9))
    third = writer(memory_log)
    await third.fence()
    assert await restored(third) == (9, [5, 9])


async def test_a_fence_of_its_own_during_a_write_is_noticed(memory_log: Any) -> None:
    """What was written behind it counts for nobody, so it may not pass for durable."""
    partition = writer(memory_log)
    await partition.fence()
    usual = memory_log.append

    async def fence_first(records: Any) -> list[int]:
        memory_log.append = usual
        await partition.fence()
        return list(await usual(records))

    memory_log.append = fence_first
    with pytest.raises(Fenced):
        await partition.write(draft(0, 10))
    successor = writer(memory_log)
    await successor.fence()
    assert await restored(successor) == (None, [])


async def test_a_failed_send_is_raised(memory_log: Any) -> None:
    """Nothing may be taken for durable then."""
    partition = writer(memory_log)
    await partition.fence()
    memory_log.failures = 1
    with pytest.raises(SendFailed):
        await partition.write(draft(0, 10))


async def test_the_head_goes_when_the_cycle_after_it_is_complete(memory_log: Any) -> None:
    """Fence 0, cycle 1 at 1 and 2, cycle 2 at 3 and 4, cycle 3 at 5: then everything before 3 may go."""
    partition = writer(memory_log)
    await partition.fence()
    position, firsts = 0, []
    for cycle in (1, 1, 2, 2, 3):
        await partition.write(draft(position, position + 10, cycle=cycle))
        position += 10
        task = partition._deletion
        if task is not None:
            await task
        firsts.append(memory_log.first)
    assert firsts == [0, 0, 1, 1, 3]
    successor = writer(memory_log)
    await successor.fence()
    assert await restored(successor) == (50, [30, 40, 50])


async def test_a_restored_state_counts_its_cycles_anew(memory_log: Any) -> None:
    """The cycles of the state before must not make a new one's first cycle look complete."""
    partition = writer(memory_log)
    await partition.fence()
    await partition.write(draft(0, 10, cycle=1))
    await partition.fence()
    await restored(partition)
    await partition.write(draft(10, 20, cycle=2))
    await partition.close()
    assert memory_log.first == 0


@pytest.mark.parametrize(("attribute", "value"), [("state_version", 99), ("partitions", 8)])
async def test_a_changelog_of_another_kind_is_not_read(memory_log: Any, attribute: str, value: int) -> None:
    """Another state version or number of partitions stops with what to do."""
    first = writer(memory_log, Stamp(partitions=value if attribute == "partitions" else 4))
    await first.fence()
    await first.write(draft(0, 10))
    if attribute == "state_version":
        header, chunk = memory_log.records[1]
        memory_log.records[1] = (type(header)(**{**as_dict(header), "state_version": value}), chunk)
    second = writer(memory_log)
    await second.fence()
    with pytest.raises(StateMismatch, match=str(value)):
        await restored(second)


async def test_another_configuration_is_read(memory_log: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The changelog holds accepted events, and numbers are derived again from them; a line says so."""
    caplog.set_level(logging.INFO)
    first = writer(memory_log, Stamp(fingerprint="old"))
    await first.fence()
    await first.write(draft(0, 10))
    second = writer(memory_log, Stamp(fingerprint="new"))
    await second.fence()
    assert await restored(second) == (10, [10])
    assert [record.getMessage() for record in caplog.records] == [
        "state written under configuration old is derived anew under new"
    ]


async def test_a_worker_with_another_configuration_is_told_apart_from_a_successor(memory_log: Any) -> None:
    """In a rolling restart with mixed configurations the reason says what to do."""
    first, second = writer(memory_log, Stamp(fingerprint="old")), writer(memory_log, Stamp(fingerprint="new"))
    await first.fence()
    await second.fence()
    with pytest.raises(Fenced, match="configuration new, this one old: give all workers"):
        await first.write(draft(0, 10))


async def test_the_version_before_is_read(memory_log: Any) -> None:
    """Its chunks are put into the present form."""
    first = writer(memory_log)
    await first.fence()
    old = msgspec.msgpack.encode((5, 0, [], [("c1", True, [(5, 11, "e1", "/pbx", {"queue": "q"})])]))
    await first.write(CheckpointDraft(0, 10, [old], 1))
    header, chunk = memory_log.records[1]
    memory_log.records[1] = (replace(header, state_version=1), chunk)
    second, restoration = writer(memory_log), Restored()
    await second.fence()
    assert await second.restore(cast(Any, restoration)) == 10
    ((chunks, _),) = restoration.added
    assert msgspec.msgpack.decode(chunks[0]) == [
        *(5, 0, []),
        [["c1", True, [5, "/pbx", [[0, 11, "e1", {"queue": "q"}]]]]],
    ]


def as_dict(header: Any) -> dict[str, Any]:
    """Return the fields of a header."""
    return {name: getattr(header, name) for name in header.__struct_fields__}
