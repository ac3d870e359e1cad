"""A partition as others see it."""

from streams.shown_partitions import STALE_SECONDS, shown
from streams.statistics import PartitionState, PartitionStatus


def owned(heard_at: float | None, state: PartitionState = PartitionState.LIVE) -> PartitionStatus:
    """Return a partition of this worker."""
    return PartitionStatus("calls", 3, state, "", 7, 5, 2, heard_at)


def test_position_and_lag_are_told() -> None:
    """Of a live partition that was heard of just now."""
    found = shown(owned(100.0), 100.0)
    assert (found.topic, found.partition, found.state, found.applied, found.lag) == ("calls", 3, "live", 7, 2)


def test_a_live_partition_without_an_answer_for_long_is_stale() -> None:
    """One that is not live keeps its state; one that was never heard of has only begun."""
    now = 100.0 + STALE_SECONDS
    assert shown(owned(100.0), now).state == "live"
    assert shown(owned(100.0), now + 1).state == "stale"
    assert shown(owned(None), now + 1).state == "live"
    assert shown(owned(100.0, PartitionState.RECOVERING), now + 1).state == "recovering"
