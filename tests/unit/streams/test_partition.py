"""One partition with everything around it in memory: the rare paths, injected exactly."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from streams.changelog import StateMismatch
from streams.sending import SendFailed
from streams.statistics import PartitionState
from streams.transport import Batch
from tests.unit.streams.partition_bench import Bench, batch, given_up, ids, record, until


@pytest.fixture
async def bench(memory_log: Any, memory_sender: Any) -> AsyncIterator[Bench]:
    """Give a partition in memory; it is given up at the end."""
    made = Bench(memory_log, memory_sender)
    async with given_up(made):
        yield made


async def test_nothing_is_folded_before_the_partition_is_live(bench: Bench) -> None:
    """A batch that was on its way from before a rebalance is dropped."""
    await bench.partition.fold(batch(0, 5))
    assert bench.partition.applied is None
    ledger = await bench.live()
    assert (ledger.ids, bench.source.seeks) == ([], [0])


async def test_batches_are_folded_in_order_and_reported(bench: Bench) -> None:
    """The hook gets number and timestamps."""
    ledger = await bench.live()
    await bench.partition.fold(batch(0, 5))
    await bench.partition.fold(batch(5, 9))
    assert ledger.ids == ids(0, 9)
    assert [(folded.records, folded.newest_timestamp) for folded in bench.folded] == [
        (5, 1772445600000),
        (4, 1772445600000),
    ]


async def test_records_below_the_applied_offset_are_trimmed(bench: Bench) -> None:
    """A batch read again counts only from where the state stands; one wholly below counts nothing."""
    ledger = await bench.live()
    await bench.partition.fold(batch(0, 5))
    await bench.partition.fold(batch(2, 8))
    await bench.partition.fold(batch(1, 4))
    assert ledger.ids == ids(0, 8)
    assert bench.statistics.trimmed_records == 3 + 3


async def test_a_batch_ahead_of_the_state_is_not_folded_and_sought_back(bench: Bench) -> None:
    """A lost batch must not become a hole in the numbers."""
    ledger = await bench.live()
    await bench.partition.fold(batch(0, 5))
    await bench.partition.fold(batch(8, 12))
    assert ledger.ids == ids(0, 5)
    assert bench.source.seeks == [0, 5]
    assert bench.statistics.gaps_sought == 1
    await bench.partition.fold(batch(5, 12))
    assert ledger.ids == ids(0, 12)


async def test_a_hole_within_what_was_read_is_legitimate(bench: Bench) -> None:
    """The broker was asked from 0 and had nothing at 0, 1 and 4: transaction markers or compaction."""
    ledger = await bench.live()
    await bench.partition.fold(batch(2, 7, read_from=0, without=[4]))
    assert ledger.ids == ["e2", "e3", "e5", "e6"]
    assert ledger.position == 7
    assert (bench.statistics.hole_records, bench.statistics.gaps_sought) == (3, 0)


async def test_markers_alone_move_the_position(bench: Bench) -> None:
    """So that the lag becomes 0."""
    ledger = await bench.live()
    await bench.partition.fold(Batch("calls", 0, 0, 3, []))
    assert ledger.position == 3


async def test_a_deleted_head_is_legitimate(bench: Bench) -> None:
    """Retention took 0 … 9 while the partition was live; the batch starts at what is left."""
    ledger = await bench.live()
    bench.source.oldest = 10
    await bench.partition.fold(batch(10, 12))
    assert ledger.ids == ids(10, 12)
    assert bench.statistics.hole_records == 10


async def test_a_gap_beyond_the_deleted_head_is_not(bench: Bench) -> None:
    """What lies between the oldest record and the batch is still there to be read."""
    ledger = await bench.live()
    bench.source.oldest = 10
    await bench.partition.fold(batch(15, 18))
    assert ledger.ids == []
    assert bench.statistics.gaps_sought == 1


async def test_a_source_whose_records_are_all_deleted_leaves_no_lag(bench: Bench) -> None:
    """No fetch could ever bring a batch that says so."""
    bench.source.oldest = bench.source.end = 50
    ledger = await bench.live()
    assert (ledger.position, bench.source.seeks) == (50, [50])
    await bench.checkpoint()


async def test_a_restart_goes_on_where_the_last_checkpoint_ended(bench: Bench) -> None:
    """What was folded after it is read again, and counts once."""
    await bench.live()
    await bench.partition.fold(batch(0, 5))
    await bench.checkpoint()
    await bench.partition.fold(batch(5, 9))
    bench.context.ledgers.clear()  # killed
    bench.partition = bench.new_partition()
    ledger = await bench.live()
    assert (ledger.ids, bench.source.seeks[-1]) == (ids(0, 5), 5)
    await bench.partition.fold(batch(5, 12))
    assert ledger.ids == ids(0, 12)


async def test_giving_up_writes_a_last_checkpoint(bench: Bench) -> None:
    """The next owner has everything."""
    await bench.live()
    await bench.partition.fold(batch(0, 7))
    assert await bench.partition.give_up()
    assert bench.partition.durable == 7
    bench.partition = bench.new_partition()
    assert (await bench.live()).ids == ids(0, 7)


async def test_a_state_nobody_disturbed_is_kept_over_a_rebalance(bench: Bench) -> None:
    """The partition comes back to the same worker: the changelog need not be read."""
    before = await bench.live()
    await bench.partition.fold(batch(0, 7))
    await bench.partition.give_up()
    reads = len(bench.log.reads)
    assert await bench.live() is before
    assert len(bench.log.reads) == reads
    await bench.partition.fold(batch(5, 9))
    assert before.ids == ids(0, 9)


async def test_a_state_is_not_kept_when_another_worker_had_the_partition(
    bench: Bench, memory_sender: Any
) -> None:
    """What the other one folded is there."""
    await bench.live()
    await bench.partition.fold(batch(0, 7))
    await bench.partition.give_up()
    other = Bench(bench.log, memory_sender)
    async with given_up(other):
        await other.live()
        await other.partition.fold(batch(7, 9))
    ledger = await bench.live()
    assert ledger.ids == ids(0, 9)


async def test_a_worker_that_wakes_up_late_does_no_harm(bench: Bench, memory_sender: Any) -> None:
    """It folds on and writes; its checkpoint does not count, it notices and takes the partition anew."""
    await bench.live()
    await bench.partition.fold(batch(0, 5))
    await bench.checkpoint()
    owner = Bench(bench.log, memory_sender)
    async with given_up(owner):
        await owner.live()
        await owner.partition.fold(batch(5, 8))
        await owner.checkpoint()
        await bench.partition.fold(batch(5, 9))
        bench.partition._checkpoint_due.set()
        await until(lambda: bench.statistics.partition_failures == 1)
        await until(lambda: bench.partition.state is PartitionState.LIVE)
        assert bench.ledger.ids == ids(0, 8)
    assert "Fenced" not in bench.partition.reason


async def test_a_send_that_fails_ends_the_fold_and_the_partition_is_taken_anew(bench: Bench) -> None:
    """Nothing past the last durable offset is taken for durable, and nothing counts twice afterwards."""
    await bench.live()
    await bench.partition.fold(batch(0, 5))
    await bench.checkpoint()
    await bench.partition.fold(batch(5, 9))
    bench.log.failures = 1
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.statistics.partition_failures == 1)
    assert (bench.partition.state, bench.partition.durable, bench.partition.applied) == (
        PartitionState.FAILED,
        None,
        None,
    )
    assert "SendFailed" in bench.partition.reason
    assert bench.source.is_held
    await until(lambda: bench.partition.state is PartitionState.LIVE)
    assert bench.ledger.ids == ids(0, 5)
    await bench.partition.fold(batch(5, 9))
    assert bench.ledger.ids == ids(0, 9)


async def test_a_partition_given_up_during_a_checkpoint_is_not_taken_again_by_itself(bench: Bench) -> None:
    """A fence of its own before its last checkpoint would make that one of a writer that came too late."""
    await bench.live()
    await bench.partition.fold(batch(0, 10))
    usual, is_writing, may_go_on = bench.log.append, asyncio.Event(), asyncio.Event()

    async def append_late(records: Any) -> list[int]:
        is_writing.set()
        await may_go_on.wait()
        return list(await usual(records))

    async def append_slowly(records: Any) -> list[int]:
        await asyncio.sleep(0.01)
        return list(await usual(records))

    bench.log.append = append_late
    bench.partition._checkpoint_due.set()
    await is_writing.wait()
    bench.log.append = append_slowly
    await bench.partition.fold(batch(10, 20))
    giving_up = asyncio.create_task(bench.partition.give_up())
    await asyncio.sleep(0)
    may_go_on.set()
    assert await giving_up
    assert [header.kind for header, _ in bench.log.records] == ["fence", "checkpoint", "checkpoint"]
    await bench.live()
    await bench.partition.fold(batch(20, 30))
    await bench.checkpoint()
    await bench.partition.give_up()
    bench.partition = bench.new_partition()
    ledger = await bench.live()
    assert ledger.ids == ids(0, 30)


async def test_nothing_is_written_behind_a_checkpoint_that_failed(bench: Bench) -> None:
    """It fails while the partition is being given up: another one from where it ended would leave a hole."""
    await bench.live()
    await bench.partition.fold(batch(0, 10))
    await bench.checkpoint()
    await bench.partition.fold(batch(10, 20))
    usual, is_writing, may_fail = bench.log.append, asyncio.Event(), asyncio.Event()

    async def fail_late(_records: Any) -> list[int]:
        bench.log.append = usual
        is_writing.set()
        await may_fail.wait()
        raise SendFailed("changelog", TimeoutError())

    bench.log.append = fail_late
    bench.partition._checkpoint_due.set()
    await is_writing.wait()
    await bench.partition.fold(batch(20, 30))
    giving_up = asyncio.create_task(bench.partition.give_up())
    await asyncio.sleep(0)
    may_fail.set()
    assert not await giving_up
    bench.partition = bench.new_partition()
    ledger = await bench.live()
    assert ledger.position == 10


async def test_refused_records_go_to_the_dead_letters_before_the_position_is_durable(bench: Bench) -> None:
    """While the letter is not acknowledged there is no checkpoint."""
    ledger = await bench.live()
    await bench.partition.fold(Batch("calls", 0, 0, 2, [record(0, b"broken"), record(1)]))
    assert (ledger.ids, ledger.position) == (["e1"], 2)
    await bench.checkpoint()
    assert [letter.value for letter in bench.sender.sent] == [b"broken"]
    assert bench.statistics.dead_letters["calls", "invalid_json"] == 1
    assert bench.statistics.events["calls", "", "refused"] == 1


async def test_a_dead_letter_that_fails_keeps_the_position_where_it_was(bench: Bench) -> None:
    """The record is read again, and its letter sent again."""
    await bench.live()
    bench.sender.failures = 2
    await bench.partition.fold(Batch("calls", 0, 0, 2, [record(0, b"broken"), record(1)]))
    bench.partition._checkpoint_due.set()
    await until(lambda: bench.statistics.partition_failures == 1)
    await until(lambda: bench.partition.state is PartitionState.LIVE)
    assert bench.partition.applied == 0
    await bench.partition.fold(Batch("calls", 0, 0, 2, [record(0, b"broken"), record(1)]))
    await bench.checkpoint()
    assert bench.ledger.ids == ["e1"]
    assert len(bench.sender.sent) == 1


async def test_a_fold_that_raises_fails_the_partition_and_not_the_agent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust would restart an agent that raises, and skip the batch."""
    ledger = await bench.live()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ledger, "fold", broken)
    await bench.partition.fold(batch(0, 5))
    await until(lambda: bench.statistics.partition_failures == 1)
    await until(lambda: bench.partition.state is PartitionState.LIVE)
    await bench.partition.fold(batch(0, 5))
    assert bench.ledger.ids == ids(0, 5)


async def test_a_source_that_was_created_anew_stops_with_what_to_do(bench: Bench) -> None:
    """Its offsets mean other records than the state's."""
    await bench.live()
    await bench.partition.fold(batch(0, 9))
    await bench.partition.give_up()
    bench.source.end = 3
    bench.partition.take()
    await until(lambda: bench.partition.fatal is not None)
    assert isinstance(bench.partition.fatal, StateMismatch)
    assert "changelog" in bench.partition.reason
