"""Plain counters."""

from streams.statistics import PipelineStatistics


def test_counters_start_at_nothing_and_are_not_shared() -> None:
    """Two processors in one process count apart."""
    first, second = PipelineStatistics(), PipelineStatistics()
    first.events["calls", "call.offered", "applied"] += 3
    first.dead_letters["calls", "empty"] += 1
    assert second.events.total() == second.dead_letters.total() == second.checkpoints == 0
    assert second.events["calls", "call.offered", "applied"] == 0
