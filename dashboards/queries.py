"""PromQL from the catalogue: a wrong name, label or value is an error when the dashboards are made.

Guarantee: a metric with the labels channel, queue, window, product or topic is filtered by the variable of
that name; windows of surveys and periods of customers have variables of their own, because they are others.
A number of the merged view is taken once, however many exporters show it (`max by` of all its labels, which
changes nothing where there is one). Sums are only made of what can be added: counts, never ratios, means or
percentiles, and money only by currency.

Worked: total("support_window_offered") is sum (max by (channel, queue, window)
(support_window_offered{channel=~"$channel", queue=~"$queue", window="$window"})).
"""

from __future__ import annotations

import re
from typing import Final

from aggregators.catalogue import metric_named
from aggregators.catalogue.metric import Group, Metric

RATE_INTERVAL: Final = "[$__rate_interval]"
RANGE: Final = "[$__range]"
VARIABLE_MATCHERS: Final = {
    "channel": '=~"$channel"',
    "queue": '=~"$queue"',
    "window": '="$window"',
    "topic": '=~"$topic"',
    "product": '=~"$product"',
}
WINDOW_VARIABLES: Final[dict[Group, str]] = {"surveys": "days", "customers": "period"}
"""Which variable chooses the window where it is not `window`."""

CURRENCY: Final = "currency"
VIEW_GROUPS: Final = frozenset(
    ("state now", "windows", "channel windows", "site windows", "surveys", "customers")
)
"""Groups of the catalogue that come from the merged view; the others are each process's own."""

NOT_ADDITIVE: Final = frozenset(("ratio", "share", "points", "seconds", "boolean"))
_NAME: Final = re.compile(r"\bsupport_[a-z][a-z0-9_]*")
_HISTOGRAM_SERIES: Final = re.compile(r"_(bucket|sum|count)$")

Values = str | tuple[str, ...]


class UnknownSeries(Exception):
    """A dashboard asks for what the catalogue does not have: correct the query."""


def metric_of(name: str) -> Metric:
    """Return the catalogue's row of a series name, which for histograms may end with _bucket, _sum or _count.

    Raises:
        UnknownSeries: there is no such metric.
    """
    for candidate in (name, _HISTOGRAM_SERIES.sub("", name)):
        try:
            metric = metric_named(candidate)
        except KeyError:
            continue
        if (metric.kind == "histogram") == (candidate != name):
            return metric
    raise UnknownSeries(f"{name}: not in the catalogue")


def metrics_in(expression: str) -> list[Metric]:
    """Return the metrics that an expression reads, each once, in order.

    Raises:
        UnknownSeries: one of them is not in the catalogue.
    """
    return list({metric.name: metric for metric in map(metric_of, _NAME.findall(expression))}.values())


def is_additive(metric: Metric) -> bool:
    """Say whether values of a metric can be added: counts and money can, what was divided cannot."""
    return metric.unit not in NOT_ADDITIVE and "/" not in metric.formula


def own_values(metric: Metric, label: str) -> frozenset[str] | None:
    """Return the values that one of a metric's own labels can have, None where they are open."""
    own = [each for each in metric.labels if each not in VARIABLE_MATCHERS and each != CURRENCY]
    if label not in own or not metric.domain or len(metric.domain[0]) != len(own):
        return None
    return frozenset(entry[own.index(label)] for entry in metric.domain)


def selector(name: str, **own: Values) -> str:
    """Return name{matchers}: the variables of its labels, and `own` labels with one or several values.

    Raises:
        UnknownSeries: the metric, a label or a value does not exist.
    """
    metric = metric_of(name)
    matchers = _of_variables(metric) | {
        label: _matcher(metric, label, values) for label, values in own.items()
    }
    inside = ", ".join(f"{label}{matcher}" for label, matcher in matchers.items())
    return f"{name}{{{inside}}}" if inside else name


def current(name: str, by: tuple[str, ...] | None = None, **own: Values) -> str:
    """Return a gauge of the merged view, each series once; `by` leaves out labels that `own` fixes.

    Raises:
        UnknownSeries: the metric, a label or a value does not exist.
    """
    labels = metric_of(name).labels if by is None else by
    return f"max by ({', '.join(labels)}) ({selector(name, **own)})"


def total(name: str, by: tuple[str, ...] = (), **own: Values) -> str:
    """Return the sum of a count of the merged view, per value of the labels `by`.

    Raises:
        UnknownSeries: the metric, a label or a value does not exist. ValueError: it cannot be added.
    """
    metric = metric_of(name)
    if not is_additive(metric):
        raise ValueError(f"{name}: a sum of values in {metric.unit} means nothing")
    if CURRENCY in metric.labels and CURRENCY not in by:
        raise ValueError(f"{name}: currencies are never added")
    return f"sum{_by(by)} ({current(name, None, **own)})"


def largest(name: str, by: tuple[str, ...] = (), **own: Values) -> str:
    """Return the largest value of a gauge, per value of the labels `by`.

    Raises:
        UnknownSeries: the metric, a label or a value does not exist.
    """
    return f"max{_by(by)} ({selector(name, **own)})"


def of_workers(name: str, by: tuple[str, ...] = (), **own: Values) -> str:
    """Return the sum of a count that every worker has of its own partitions.

    Raises:
        UnknownSeries: the metric, a label or a value does not exist. ValueError: it cannot be added.
    """
    metric = metric_of(name)
    if not is_additive(metric) or metric.group in VIEW_GROUPS:
        raise ValueError(f"{name}: not a count of each worker")
    return f"sum{_by(by)} ({selector(name, **own)})"


def rate(name: str, by: tuple[str, ...] = (), **own: Values) -> str:
    """Return how much a counter grows a second, over all workers.

    Raises:
        UnknownSeries: the metric, a label or a value does not exist. ValueError: it is no counter.
    """
    return f"sum{_by(by)} (rate({_counter(name, **own)}{RATE_INTERVAL}))"


def increase(name: str, by: tuple[str, ...] = (), *, over: str = RANGE, **own: Values) -> str:
    """Return how much a counter grew over all workers: in the range shown unless `over` says otherwise.

    Raises:
        UnknownSeries: the metric, a label or a value does not exist. ValueError: it is no counter.
    """
    return f"sum{_by(by)} (increase({_counter(name, **own)}{over}))"


def quantile(share: float, name: str, by: tuple[str, ...] = ()) -> str:
    """Return a quantile (0 to 1) of a histogram over all workers, from its buckets' rates.

    Raises:
        UnknownSeries: there is no such metric. ValueError: it is no histogram.
    """
    return f"histogram_quantile({share:g}, {rate(f'{name}_bucket', (*by, 'le'))})"


def _of_variables(metric: Metric) -> dict[str, str]:
    found = {label: matcher for label, matcher in VARIABLE_MATCHERS.items() if label in metric.labels}
    if "window" in found and metric.group in WINDOW_VARIABLES:
        found["window"] = f'="${WINDOW_VARIABLES[metric.group]}"'
    return found


def _counter(name: str, **own: Values) -> str:
    if metric_of(name).kind == "gauge":
        raise ValueError(f"{name}: the rate of a gauge means nothing")
    return selector(name, **own)


def _by(labels: tuple[str, ...]) -> str:
    return f" by ({', '.join(labels)})" if labels else ""


def _matcher(metric: Metric, label: str, values: Values) -> str:
    if label not in metric.labels:
        raise UnknownSeries(f"{metric.name}: no label {label}")
    stated = (values,) if isinstance(values, str) else values
    known = own_values(metric, label)
    unknown = [] if known is None else sorted(set(stated) - known)
    if unknown:
        raise UnknownSeries(f"{metric.name}: {label} is never {', '.join(unknown)}")
    return f'="{stated[0]}"' if len(stated) == 1 else f'=~"{"|".join(stated)}"'
