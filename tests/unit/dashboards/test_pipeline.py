"""The pipeline's dashboard shows every metric of the pipeline."""

from typing import Any

from aggregators.catalogue.pipeline import PIPELINE_METRICS
from dashboards.pipeline import dashboard
from dashboards.queries import metrics_in


def test_every_metric_of_the_pipeline_is_shown() -> None:
    """A new one has to be put somewhere."""
    panels: list[Any] = [panel for panel in dashboard().build().panels or [] if panel.type_val != "row"]
    shown = {
        metric.name for panel in panels for target in panel.targets for metric in metrics_in(target.expr)
    }
    assert {metric.name for metric in PIPELINE_METRICS} - shown == set()
    assert shown - {metric.name for metric in PIPELINE_METRICS} == {"support_corrections_total"}
