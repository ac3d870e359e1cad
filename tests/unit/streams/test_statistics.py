"""Plain counters."""

from streams.statistics import SOURCES_KEPT, PipelineStatistics


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


def test_sources_are_remembered_up_to_a_bound() -> None:
    """The half heard of longest ago goes."""
    statistics = PipelineStatistics()
    statistics.hear({f"/s{number}": number for number in range(SOURCES_KEPT)})
    statistics.hear({"/s5": 3, "/late": SOURCES_KEPT})
    assert len(statistics.sources) == SOURCES_KEPT // 2 + 1
    assert "/s5" not in statistics.sources
    assert statistics.sources["/late"] == SOURCES_KEPT
