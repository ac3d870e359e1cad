"""What the processor tells about itself."""

from aggregators.catalogue.pipeline import VISIBLE_EDGES
from exporters.pipeline_status import Build, PartitionStatus, PipelineStatus, new_visibility_histogram


def test_what_is_not_told_does_not_exist() -> None:
    """Empty counters, no lag, an incomplete view."""
    status = PipelineStatus(build=Build("0.1.0", "3.11"))
    assert (dict(status.events), status.lag_seconds, status.is_view_complete) == ({}, None, False)


def test_a_partition_is_assigned_unless_it_is_said_otherwise() -> None:
    """Those of other processes say so."""
    assert PartitionStatus("calls", 0, "live").is_assigned


def test_the_visibility_histogram_starts_empty_with_the_catalogues_edges() -> None:
    """One bucket for each edge and one beyond."""
    histogram = new_visibility_histogram()
    assert sum(histogram.counts) == 0
    assert len(histogram.counts) == len(VISIBLE_EDGES) + 1
