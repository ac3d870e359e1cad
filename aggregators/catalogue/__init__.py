"""The metric catalogue: one typed table of every metric, read by derivations, exporters and documentation.

Guarantee: names are unique; `metrics()` lists every name that can be exported, with its exact labels. Adding
a metric is one row in `windows`, `states`, `totals` or `pipeline` and one function (docs/adding-a-metric.md).

Worked: the row `requests` of `windows` becomes support_window_requests{channel,queue,window},
support_channel_window_requests{channel,window} and support_all_window_requests{window}.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from aggregators.catalogue.customers import CUSTOMER_METRICS
from aggregators.catalogue.metric import (
    SCOPE_LABELS,
    CustomerMetric,
    Group,
    Kind,
    Metric,
    Scope,
    StateMetric,
    SurveyMetric,
    TotalMetric,
    WindowMetric,
)
from aggregators.catalogue.pipeline import PIPELINE_METRICS
from aggregators.catalogue.states import STATE_METRICS
from aggregators.catalogue.surveys import SURVEY_METRICS
from aggregators.catalogue.totals import TOTAL_METRICS, histogram_edges
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.configuration import Configuration
from aggregators.customer_windows import customer_windows
from aggregators.events import CASE_TOPICS, DEFAULT_CHANNEL, NO_QUEUE
from aggregators.survey_windows import survey_windows

WINDOW_PREFIXES: Final[tuple[tuple[str, Scope, Group], ...]] = (
    ("support_window_", "series", "windows"),
    ("support_channel_window_", "channel", "channel windows"),
    ("support_all_window_", "site", "site windows"),
)
"""What a window metric is called for one (channel, queue), for a channel and for everything."""

SURVEY_PREFIXES: Final[tuple[tuple[str, Scope, Group], ...]] = (
    ("support_window_", "queue", "surveys"),
    ("support_all_window_", "site", "surveys"),
)
"""What a metric of surveys is called for one queue and for everything."""

CUSTOMER_PREFIXES: Final[tuple[tuple[str, str, Scope], ...]] = (
    ("support_window_", "support_", "product"),
    ("support_all_window_", "support_all_", "site"),
)
"""What a metric of customers is called for one product and for everything: of a period, and now."""

WINDOW_LABEL: Final = "window"
CURRENCY_LABEL: Final = "currency"
_PRODUCTS: Final = 10
"""Products that the estimate of series makes room for: nobody configures them."""
_DEFAULT_CHANNELS: Final = tuple(DEFAULT_CHANNEL[topic] for topic in CASE_TOPICS)
_HISTOGRAM_EXTRA_LINES: Final = 3
"""The bucket +Inf, the sum and the count of a histogram."""

_PIPELINE_SERIES: Final = 400
"""Room for the pipeline's own series: 40 event types with their results, 32 partitions."""


@cache
def metrics() -> tuple[Metric, ...]:
    """Return every metric that can be exported, in the order of the reference page."""
    found = (*_states(), *_windows(), *_surveys(), *_customers(), *_totals(), *PIPELINE_METRICS)
    assert len({metric.name for metric in found}) == len(found), "two catalogue rows share a name"
    return found


@cache
def metric_named(name: str) -> Metric:
    """Return the metric of an exact Prometheus name; KeyError when there is none."""
    return {metric.name: metric for metric in metrics()}[name]


def estimated_series(configuration: Configuration) -> int:
    """Return how many series this site has at most once all its configured queues are in use.

    A queue without channels is counted on each of the default channels, a site without queues as one such
    queue.
    """
    queues = configuration.queues.values()
    pairs = {(channel, queue.name) for queue in queues for channel in queue.channels or _DEFAULT_CHANNELS}
    pairs = pairs or {(channel, NO_QUEUE) for channel in _DEFAULT_CHANNELS}
    places = {
        (True, True): len(pairs),
        (True, False): len({channel for channel, _ in pairs}),
        (False, True): len({queue for _, queue in pairs}),
        (False, False): 1,
    }
    edges = {name: len(found) for name, found in _edges_by_name(configuration).items()}
    total = _PIPELINE_SERIES
    for metric in metrics():
        series = places["channel" in metric.labels, "queue" in metric.labels] * len(metric.domain)
        series *= _PRODUCTS if "product" in metric.labels else 1
        windows = _windows_of(metric.group, configuration) if WINDOW_LABEL in metric.labels else 1
        lines = edges.get(metric.name, 0) + _HISTOGRAM_EXTRA_LINES if metric.kind == "histogram" else 1
        total += series * windows * lines
    return total


def _windows_of(group: Group, configuration: Configuration) -> int:
    if group == "customers":
        return len(customer_windows(configuration))
    return len(survey_windows(configuration) if group == "surveys" else configuration.window_lengths)


def _edges_by_name(configuration: Configuration) -> dict[str, tuple[int, ...]]:
    return {
        f"support_{distribution.name.lower()}_seconds": edges
        for distribution, edges in histogram_edges(configuration).items()
    }


def _states() -> Iterator[Metric]:
    for row in STATE_METRICS:
        yield _exported(row, row.name, (*SCOPE_LABELS[row.scope], *row.own_labels), "state now")


def _windows() -> Iterator[Metric]:
    for prefix, scope, group in WINDOW_PREFIXES:
        for row in WINDOW_METRICS:
            labels = (*SCOPE_LABELS[scope], WINDOW_LABEL, *row.own_labels)
            yield _exported(row, prefix + row.measure, labels, group)


def _surveys() -> Iterator[Metric]:
    for prefix, scope, group in SURVEY_PREFIXES:
        for row in SURVEY_METRICS:
            labels = (*SCOPE_LABELS[scope], WINDOW_LABEL, *row.own_labels)
            yield _exported(row, prefix + row.measure, labels, group)


def customer_name(row: CustomerMetric, scope: Scope) -> str:
    """Return the name of a metric of customers, for one product or for the site."""
    for of_period, now, known in CUSTOMER_PREFIXES:
        if known == scope:
            return (now if row.is_state else of_period) + row.measure
    raise AssertionError(scope)


def _customers() -> Iterator[Metric]:
    for _, _, scope in CUSTOMER_PREFIXES:
        for row in CUSTOMER_METRICS:
            window = () if row.is_state else (WINDOW_LABEL,)
            currency = (CURRENCY_LABEL,) if row.by_currency else ()
            labels = (*SCOPE_LABELS[scope], *window, *currency, *row.own_labels)
            yield _exported(row, customer_name(row, scope), labels, "customers")


def _totals() -> Iterator[Metric]:
    for row in TOTAL_METRICS:
        yield _exported(row, row.name, (*SCOPE_LABELS[row.scope], *row.own_labels), "totals")


def _exported(
    row: StateMetric | WindowMetric | SurveyMetric | CustomerMetric | TotalMetric,
    name: str,
    labels: tuple[str, ...],
    group: Group,
) -> Metric:
    kind: Kind = "gauge"
    if isinstance(row, TotalMetric):
        kind = "counter" if row.distribution is None else "histogram"
    return Metric(
        name=name,
        kind=kind,
        unit=row.unit,
        help=row.help,
        labels=labels,
        domain=row.domain,
        definition=row.definition,
        group=group,
        formula=row.formula,
        term=row.term,
        source=row.source,
    )
