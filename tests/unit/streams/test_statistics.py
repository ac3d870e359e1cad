"""Plain counters."""

from streams.statistics import PipelineStatistics


def test_counters_start_at_nothing_and_are_not_shared() -> None:
    """Two processors in one process count apart."""
    first, second = PipelineStatistics(), PipelineStatistics()
    first.events["calls", "call.offered", "applied"] += 3
    first.dead_letters["calls", "empty"] += 1
    assert second.events.total() == second.dead_letters.total() == second.checkpoints == 0
    assert second.events["calls", "call.offered", "applied"] == 0


def test_guards_are_named_for_operators() -> None:
    """What the exporter shows as support_guards_total is what was counted."""
    statistics = PipelineStatistics(stale_records=2, gaps_sought=1)
    assert statistics.guards == {
        "fence": 0,
        "late_writer": 2,
        "trim": 0,
        "gap": 1,
        "unfinished": 0,
        "retaken": 0,
    }
