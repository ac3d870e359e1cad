"""Pipeline metrics: every row of the table from a plain status, nothing where there is no number."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from aggregators.catalogue.pipeline import PIPELINE_METRICS
from aggregators.samples import Sample
from exporters.pipeline_status import (
    Build,
    PartitionStatus,
    PipelineStatus,
    SlaEventsStatus,
    new_visibility_histogram,
)
from exporters.prometheus_text import PrometheusText
from exporters.self_metrics import SOURCES_SHOWN, ProcessMetrics, pipeline_samples, series_sample

BUILD = Build("0.1.0", "3.11.7")


def full_status() -> PipelineStatus:
    """Return a status in which every number exists."""
    histogram = new_visibility_histogram()
    histogram.observe(80)
    return PipelineStatus(
        build=BUILD,
        events={("calls", "call.offered", "applied"): 3, ("calls", "", "refused"): 1},
        dead_letters={("calls", "not-json"): 1},
        partitions=[
            PartitionStatus("calls", 0, "live", 1_200, 40),
            PartitionStatus("calls", 1, "recovering"),
            PartitionStatus("calls", 2, "unowned", is_assigned=False),
        ],
        lag_seconds=0.25,
        watermarks={"calls": 1_772_446_815_500},
        cases_tracked={"calls": 17},
        bound_use={("calls", "cases"): 0.5},
        sources={"/pbx/berlin": 1_772_446_815_000},
        is_view_complete=True,
        misrouted={"calls": 0},
        guards={"fence": 1, "trim": 12},
        sla_events=SlaEventsStatus({("resolution", "breached"): 5}, repeated=1, waiting=2),
        snapshot_age_seconds=1.5,
        event_to_visible=histogram,
        is_redis_up=False,
        redis_publications={"published": 6},
        view_age_seconds=0.5,
        conflicts={"configuration": 1},
        queues_hidden_total=2,
    )


def shown(samples: list[Sample]) -> dict[str, float]:
    """Return samples as `name label label …`; fails on a second one of a series."""
    found = {" ".join([each.name, *(value for _, value in each.labels)]): each.value for each in samples}
    assert len(found) == len(samples)
    return found


def test_every_row_of_the_pipeline_table_is_filled() -> None:
    """A full status leaves no metric out, and the page takes all of them."""
    samples = [*pipeline_samples(full_status()), series_sample(99)]
    names = {
        sample.name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for sample in samples
    }
    assert names == {metric.name for metric in PIPELINE_METRICS}
    page = PrometheusText().render([(None, samples)])
    assert len(list(text_string_to_metric_families(page.decode()))) == len(PIPELINE_METRICS)


def test_values_come_from_the_status() -> None:
    """Milliseconds become seconds; a partition without a lag has no lag; one is recovering."""
    found = shown(pipeline_samples(full_status()))
    assert found["support_build_info 0.1.0 3.11.7"] == 1
    assert found["support_events_total calls call.offered applied"] == 3
    assert found["support_events_total calls  refused"] == 1
    assert found["support_dead_letters_total calls not-json"] == 1
    assert found["support_lag_records calls 0"] == 40
    assert "support_lag_records calls 1" not in found
    assert found["support_recovering"] == 1
    assert found["support_partition_assigned calls 1"] == 1
    assert found["support_partition_assigned calls 2"] == 0
    assert found["support_watermark_timestamp_seconds calls"] == 1_772_446_815.5
    assert found["support_source_last_event_timestamp_seconds /pbx/berlin"] == 1_772_446_815
    assert found["support_cases_tracked calls"] == 17
    assert found["support_bound_used_ratio calls cases"] == 0.5
    assert found["support_view_complete"] == 1
    assert found["support_redis_up"] == 0
    assert found["support_event_to_visible_seconds_bucket 0.1"] == 1
    assert found["support_event_to_visible_seconds_bucket 0.05"] == 0
    assert found["support_series_dropped_total"] == 2


def test_what_is_not_known_is_absent() -> None:
    """A program that has just started shows its build, no partitions, and that the view is not complete."""
    assert shown(pipeline_samples(PipelineStatus(build=BUILD))) == {
        "support_build_info 0.1.0 3.11.7": 1,
        "support_recovering": 0,
        "support_view_complete": 0,
        "support_series_dropped_total": 0,
    }


def test_lag_is_never_negative() -> None:
    """The end of a partition may be known later than what was folded."""
    status = PipelineStatus(build=BUILD, partitions=[PartitionStatus("calls", 0, "live", 10, -3)])
    assert shown(pipeline_samples(status))["support_lag_records calls 0"] == 0


def test_sources_are_bounded_to_those_heard_of_last() -> None:
    """An id in place of a source must not flood the page: of 150, the 100 newest are shown."""
    status = PipelineStatus(build=BUILD, sources={f"/s/{index}": index * 1_000 for index in range(150)})
    found = [name for name in shown(pipeline_samples(status)) if "source" in name]
    assert len(found) == SOURCES_SHOWN
    assert "support_source_last_event_timestamp_seconds /s/149" in found
    assert "support_source_last_event_timestamp_seconds /s/49" not in found


def test_the_process_has_metrics_of_its_own() -> None:
    """Memory and garbage collections, under names that no support metric has."""
    families = {family.name for family in text_string_to_metric_families(ProcessMetrics().render().decode())}
    assert "python_gc_collections" in families
    assert not [name for name in families if name.startswith("support_")]
