"""How many cold cases a checkpoint carries."""

from streams.snapshot_slice import CHECKPOINTS_PER_CYCLE, SLICE_SECONDS, SMALLEST_SLICE, SnapshotSlice


def test_a_cycle_is_done_after_forty_checkpoints_where_time_allows_it() -> None:
    """40,000 cases at 10 µs: 1,001 a checkpoint, 10 ms."""
    assert SnapshotSlice().cases_of(40_000) == 40_000 // CHECKPOINTS_PER_CYCLE + 1


def test_a_slice_takes_no_longer_than_planned() -> None:
    """A million dear cases at 100 µs: 200 a checkpoint."""
    planned = SnapshotSlice()
    for _ in range(60):
        planned.learn(0, 1_000_000, planned.cases_of(1_000_000) * 100e-6)
    assert 0.9 * SLICE_SECONDS < planned.cases_of(1_000_000) * 100e-6 <= 1.1 * SLICE_SECONDS


def test_a_slice_is_never_empty() -> None:
    """Else a cycle would never end."""
    assert SnapshotSlice().cases_of(0) == SMALLEST_SLICE


def test_a_few_cases_teach_nothing() -> None:
    """The fixed cost of a draft would pass for a cost per case."""
    planned = SnapshotSlice()
    before = planned.cases_of(1_000_000)
    planned.learn(1, 1, 1.0)
    assert planned.cases_of(1_000_000) == before
