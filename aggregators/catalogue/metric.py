"""What the catalogue holds for every metric: the single source of names, meanings, labels and derivations.

Guarantee: a row is complete (name, kind, unit, help, labels, definition) and its function returns exactly one
value, or None, for each entry of `domain`. Prometheus families, docs/metrics.md, rules and dashboards are
read from here.

Worked: the row with the label `state` and four values in its domain returns four counts per (channel, queue).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Final, Literal

from msgspec import Struct

from aggregators.configuration import Configuration, CustomerOptions
from aggregators.measures import Count, Distribution, Parts
from aggregators.parts import MomentParts, StateParts
from aggregators.samples import Value
from aggregators.window_row import WindowRow

Kind = Literal["gauge", "counter", "histogram"]
Group = Literal[
    "state now", "windows", "channel windows", "site windows", "surveys", "customers", "totals", "pipeline"
]
Scope = Literal["series", "channel", "queue", "product", "site"]
"""Which labels a metric has before its own: (channel, queue), one of them, or neither."""

Domain = tuple[tuple[str, ...], ...]
"""The values that a metric's own labels take together, one tuple per series."""

SCOPE_LABELS: Final[dict[Scope, tuple[str, ...]]] = {
    "series": ("channel", "queue"),
    "channel": ("channel",),
    "queue": ("queue",),
    "product": ("product",),
    "site": (),
}
PLACE_LABELS: Final = frozenset(label for labels in SCOPE_LABELS.values() for label in labels)
"""Every label that says where: they come before `window`, a metric's own ones after it."""
WITHOUT_LABELS: Final[Domain] = ((),)
OWN_DEFINITION: Final = "own definition"


class Metric(Struct, frozen=True, kw_only=True):
    """One metric as the outside sees it.

    name: as in Prometheus; unit: of the value; help: one sentence for a manager; labels: in the order of
    exposition; domain: the values of its own labels, empty where they are open; definition: what exactly
    counts; formula: how it is computed; term: what people on the floor call it (German); source: where the
    definition comes from; group: the section of docs/metrics.md.
    """

    name: str
    kind: Kind
    unit: str
    help: str
    labels: tuple[str, ...]
    definition: str
    group: Group
    domain: Domain = WITHOUT_LABELS
    formula: str = ""
    term: str = ""
    source: str = OWN_DEFINITION


class StateView(Struct, frozen=True):
    """What a state metric is derived from: the whole moment and the place in it that the series is about.

    now: milliseconds since the epoch; channel and queue are empty where the metric's scope lacks them.
    """

    moment: MomentParts
    state: StateParts
    configuration: Configuration
    now: int
    channel: str = ""
    queue: str = ""


WindowValues = Callable[[WindowRow], Sequence[Value | None]]
StateValues = Callable[[StateView], Sequence[Value | None]]
SurveyValues = Callable[[Parts], Sequence[Value | None]]


class WindowMetric(Struct, frozen=True, kw_only=True):
    """A row of the windows table.

    measure: the name after support_window_, support_channel_window_ and support_all_window_; own_labels and
    domain: its labels beyond channel, queue and window; values: how it is read from a row; distribution,
    count: what it reads where that is nothing but the summary of one distribution, or one count.
    """

    measure: str
    unit: str
    help: str
    definition: str
    values: WindowValues
    own_labels: tuple[str, ...] = ()
    domain: Domain = WITHOUT_LABELS
    distribution: Distribution | None = None
    count: Count | None = None
    formula: str = ""
    term: str = ""
    source: str = OWN_DEFINITION


class SurveyMetric(Struct, frozen=True, kw_only=True):
    """A row of the surveys table.

    measure: the name after support_window_ and support_all_window_; own_labels and domain: its labels beyond
    queue and window; values: how it is read from the sums of `aggregators.survey_measures`.
    """

    measure: str
    unit: str
    help: str
    definition: str
    values: SurveyValues
    own_labels: tuple[str, ...] = ()
    domain: Domain = WITHOUT_LABELS
    formula: str = ""
    term: str = ""
    source: str = OWN_DEFINITION


class CustomerView(Struct, frozen=True):
    """What a metric of customers is derived from: the sums of a product or of the site in one period.

    counts: sums without money; money: currency → its sums; currency: the one that the series is about, empty
    where it is about none.
    """

    counts: Parts
    money: Mapping[str, Parts]
    options: CustomerOptions
    currency: str = ""


CustomerValues = Callable[[CustomerView], Sequence[Value | None]]


class CustomerMetric(Struct, frozen=True, kw_only=True):
    """A row of the customers table.

    measure: the name after support_window_ and support_all_window_, after support_ and support_all_ where
    is_state; own_labels and domain: its labels beyond product, window and currency; by_currency: whether
    there is a series for each currency; values: how it is read.
    """

    measure: str
    unit: str
    help: str
    definition: str
    values: CustomerValues
    own_labels: tuple[str, ...] = ()
    domain: Domain = WITHOUT_LABELS
    by_currency: bool = False
    is_state: bool = False
    formula: str = ""
    term: str = ""
    source: str = OWN_DEFINITION


class TotalMetric(Struct, frozen=True, kw_only=True):
    """A row of the totals table: a counter read by `values`, or else the histogram of a distribution."""

    name: str
    help: str
    definition: str
    scope: Scope = "series"
    values: WindowValues | None = None
    distribution: Distribution | None = None
    own_labels: tuple[str, ...] = ()
    domain: Domain = WITHOUT_LABELS
    unit: str = "events"
    formula: str = "increment"
    term: str = ""
    source: str = OWN_DEFINITION


class StateMetric(Struct, frozen=True, kw_only=True):
    """A row of the states table; `scope` names the labels before its own."""

    name: str
    unit: str
    help: str
    definition: str
    scope: Scope
    values: StateValues
    own_labels: tuple[str, ...] = ()
    domain: Domain = WITHOUT_LABELS
    formula: str = ""
    term: str = ""
    source: str = OWN_DEFINITION


def domain_of(*labels: Iterable[str]) -> Domain:
    """Return every combination of the labels' values, the last label turning fastest."""
    return tuple(product(*labels))
