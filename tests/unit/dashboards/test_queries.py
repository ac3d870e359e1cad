"""PromQL for dashboards: names, labels and values are those of the catalogue, sums only of what adds up."""

import pytest

from dashboards.queries import (
    UnknownSeries,
    current,
    increase,
    largest,
    metric_of,
    metrics_in,
    of_workers,
    own_values,
    quantile,
    rate,
    selector,
    total,
)

PLACE = 'channel=~"$channel", queue=~"$queue"'


def test_labels_are_filtered_by_the_variables_of_their_name() -> None:
    """A window is one, channel and queue may be several; own labels are as stated."""
    assert selector("support_view_complete") == "support_view_complete"
    assert selector("support_lag_records") == 'support_lag_records{topic=~"$topic"}'
    assert selector("support_window_offered") == f'support_window_offered{{{PLACE}, window="$window"}}'
    assert selector("support_open_cases", state=("on_hold", "in_progress")) == (
        f'support_open_cases{{{PLACE}, state=~"on_hold|in_progress"}}'
    )
    assert selector("support_longest_wait_seconds", queue="sales").endswith('queue="sales"}')


def test_a_number_of_the_merged_view_is_taken_once() -> None:
    """By all its labels, so that nothing but further exporters falls together; or by those that are left."""
    assert current("support_agents", state="ringing") == 'max by (state) (support_agents{state="ringing"})'
    assert current("support_queue_open", ("queue",)) == 'max by (queue) (support_queue_open{queue=~"$queue"})'
    assert total("support_agents") == "sum (max by (state) (support_agents))"
    assert total("support_agents", ("state",)).startswith("sum by (state) (max by (state) (")


def test_what_the_workers_count_is_added() -> None:
    """Gauges as they are, counters by their rate or growth, histograms by the rates of their buckets."""
    assert of_workers("support_cases_tracked", ("topic",)) == (
        'sum by (topic) (support_cases_tracked{topic=~"$topic"})'
    )
    assert rate("support_corrections_total") == "sum (rate(support_corrections_total[$__rate_interval]))"
    assert increase("support_corrections_total") == "sum (increase(support_corrections_total[$__range]))"
    assert quantile(0.5, "support_event_to_visible_seconds") == (
        "histogram_quantile(0.5, sum by (le) "
        "(rate(support_event_to_visible_seconds_bucket[$__rate_interval])))"
    )
    assert largest("support_redis_up", ("instance",)) == "max by (instance) (support_redis_up)"


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("support_window_offers", {}),
        ("support_answer_seconds", {}),  # a histogram's series have another name
        ("support_open_cases_bucket", {}),  # and a gauge has no buckets
        ("support_open_cases", {"stat": "mean"}),
        ("support_open_cases", {"state": "asleep"}),
        ("support_sla_at_risk_cases", {"within": ("15m", "30m")}),
    ],
)
def test_what_the_catalogue_does_not_have_is_refused(name: str, labels: dict[str, str]) -> None:
    """The name, a label or one of its values."""
    with pytest.raises(UnknownSeries):
        selector(name, **labels)


def test_what_means_nothing_is_refused() -> None:
    """Sums of shares and times, rates of gauges, workers' counts of what the merged view has."""
    with pytest.raises(ValueError, match="a sum of values in ratio"):
        total("support_window_service_level_ratio")
    with pytest.raises(ValueError, match="a sum of values in seconds"):
        total("support_window_answer_seconds", stat="mean")
    with pytest.raises(ValueError, match="a sum of values in points"):
        total("support_window_nps_score")
    with pytest.raises(ValueError, match="a sum of values in orders"):
        total("support_window_purchases_per_customer")
    with pytest.raises(ValueError, match="currencies are never added"):
        total("support_window_mrr_parts", ("part",), part=("new", "cancelled"))
    with pytest.raises(ValueError, match="the rate of a gauge"):
        rate("support_window_offered")
    with pytest.raises(ValueError, match="not a count of each worker"):
        of_workers("support_open_cases")


def test_surveys_and_customers_have_windows_of_their_own() -> None:
    """A window of minutes is none of theirs; products are chosen as queues are."""
    assert selector("support_window_nps_score") == 'support_window_nps_score{queue=~"$queue", window="$days"}'
    churn = 'support_window_churn_ratio{window="$period", product=~"$product"}'
    assert selector("support_window_churn_ratio") == churn
    assert total("support_all_window_mrr_parts", ("currency",), part="new") == (
        "sum by (currency) (max by (window, currency, part) "
        '(support_all_window_mrr_parts{window="$period", part="new"}))'
    )


def test_metrics_of_an_expression_are_found_once() -> None:
    """Whatever series of them is read."""
    found = metrics_in(
        "rate(support_answer_seconds_bucket[5m]) / support_agents - support_answer_seconds_sum"
    )
    assert [metric.name for metric in found] == ["support_answer_seconds", "support_agents"]


def test_values_of_own_labels_are_known() -> None:
    """Those of variables and of the pipeline's labels are open."""
    risk = metric_of("support_sla_at_risk_cases")
    assert own_values(risk, "within") == {"15m", "60m"}
    assert own_values(risk, "queue") is None
    assert own_values(metric_of("support_events_total"), "result") is None
