"""A page with everything on it: all tables derived, rendered, read by the official tools."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs
from prometheus_client.parser import text_string_to_metric_families

from aggregators.catalogue import metrics
from aggregators.catalogue.totals import histogram_edges
from aggregators.configuration import SLAS, Configuration, CustomerTargets
from aggregators.customer_measures import CustomerMeasure, measure_of
from aggregators.customer_metrics import customer_samples, lifetime_samples
from aggregators.facts import DURATION
from aggregators.measures import Count, Distribution, Parts, Series, add_parts, bucket_key, sum_key
from aggregators.parts import MomentParts, SlaParts, StateParts
from aggregators.state_metrics import state_samples
from aggregators.survey_measures import SurveyMeasure
from aggregators.survey_metrics import survey_samples
from aggregators.totals import Totals
from aggregators.window_metrics import window_samples
from exporters.pipeline_status import (
    Build,
    PartitionStatus,
    PipelineStatus,
    SlaEventsStatus,
    new_visibility_histogram,
)
from exporters.prometheus_text import PrometheusText
from exporters.self_metrics import ProcessMetrics, pipeline_samples, series_sample
from exporters.totals import TotalsExport
from testbed.prometheus import promtool as run_promtool

SALES: Series = ("phone", "sales")
MAIL: Series = ("email", 'mail "x"')


def busy_parts() -> Parts:
    """Return sums in which everything has happened once."""
    parts: Parts = {int(key): 1 for key in Count}
    for distribution in Distribution:
        add_parts(parts, {sum_key(distribution): 20_000, bucket_key(distribution, 20_000): 1})
    return parts


@pytest.fixture
def page(site: Configuration) -> bytes:
    """Give the page of a site at which everything has happened, with a target for everything."""
    site = structs.replace(site, customer_targets=CustomerTargets(nps=30, csat=0.85, churn=0.03))
    deadlines = {sla: SlaParts(1, 1, 1, 5_000) for sla in SLAS}
    state = StateParts(longest_since=1_000, sla=deadlines, overdue_waits=1)
    moment = MomentParts(
        windows={label: {SALES: busy_parts(), MAIL: busy_parts()} for label in site.window_lengths},
        states={SALES: state, MAIL: state},
        known={SALES, MAIL},
    )
    totals = Totals(histogram_edges(site))
    measures = [*map(int, Count), *(DURATION + distribution for distribution in Distribution)]
    totals.add([(1, SALES, measure, 1, 1) for measure in measures], 1)
    status = PipelineStatus(
        build=Build("0.1.0", "3.11.7"),
        events={("calls", "call.offered", "applied"): 1},
        dead_letters={("calls", "not-json"): 1},
        partitions=[PartitionStatus("calls", 0, "live", 1, 0)],
        lag_seconds=0.0,
        watermarks={"calls": 1},
        cases_tracked={"calls": 1},
        bound_use={("calls", "cases"): 0.5},
        sources={"/pbx": 1},
        misrouted={"calls": 0},
        guards={"fence": 1},
        sla_events=SlaEventsStatus({}),
        snapshot_age_seconds=0.5,
        event_to_visible=new_visibility_histogram(),
        is_redis_up=True,
        redis_publications={"published": 6},
        view_age_seconds=0.5,
        conflicts={"configuration": 1},
    )
    waits = {SALES: 1}
    customers = {
        (place, "basic" if place.startswith("product") else ""): {
            measure_of(kind): 1 for kind in CustomerMeasure
        }
        for place in ("product", "product/EUR", "site", "site/EUR")
    }
    business = PrometheusText().render(
        [
            *((label, window_samples(rows, waits, (), site)) for label, rows in moment.windows.items()),
            ("90d", survey_samples({("", "sales"): dict.fromkeys(SurveyMeasure, 1)}, ["sales"])),
            ("365d", customer_samples(customers, (), site.customers)),
            (None, lifetime_samples(customers, (), site.customers)),
            (None, state_samples(moment, site, 10_000)),
            (None, TotalsExport(site).samples([totals])),
            (None, [*pipeline_samples(status), series_sample(1)]),
        ]
    )
    return business + ProcessMetrics().render()


def test_every_metric_of_the_catalogue_is_on_a_busy_page(page: bytes) -> None:
    """Where everything has happened nothing is missing, and each metric has the type of its row."""
    families = {family.name: family for family in text_string_to_metric_families(page.decode())}
    # The stale cases of `phone` are there because that channel has calls.
    for metric in metrics():
        family = families[metric.name.removesuffix("_total")]
        assert family.type == metric.kind
        assert family.documentation == metric.help


def test_no_series_is_there_twice(page: bytes) -> None:
    """The official parser sees each name with its labels once."""
    found = [
        (sample.name, frozenset(sample.labels.items()))
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    ]
    assert len(found) == len(set(found))


def test_promtool_accepts_the_whole_page(page: bytes, promtool: Path) -> None:
    """No lint message on any name, type or help text."""
    assert promtool.exists()
    assert run_promtool("check", "metrics", standard_input=page.decode()).strip() == ""
