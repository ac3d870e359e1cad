"""The page docs/metrics.md, made from the catalogue, so that it lists exactly what can be exported.

Guarantee: one row for each row of the catalogue, in its order; the same text on every run.
Worked: the row `requests` of the windows table becomes a row that begins "| `…_requests` | cases | …".
Write it anew with `supportpulse generate`; `supportpulse generate --check` fails on a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from aggregators.catalogue import (
    CURRENCY_LABEL,
    CUSTOMER_PREFIXES,
    SURVEY_PREFIXES,
    WINDOW_PREFIXES,
    customer_name,
    metrics,
)
from aggregators.catalogue.customers import CUSTOMER_METRICS
from aggregators.catalogue.metric import (
    OWN_DEFINITION,
    WITHOUT_LABELS,
    Domain,
    Group,
    Metric,
    StateMetric,
    TotalMetric,
)
from aggregators.catalogue.pipeline import PIPELINE_METRICS
from aggregators.catalogue.reading import german_term, reading_of
from aggregators.catalogue.states import STATE_METRICS
from aggregators.catalogue.surveys import SURVEY_METRICS
from aggregators.catalogue.totals import HISTOGRAMS, TOTAL_METRICS
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.measures import Count
from aggregators.service_level import FORMULA_PARTS
from exporters.reference_customers import customers_introduction

FILE: Final = "metrics.md"
"""The name of the page within the documentation."""

_INTRODUCTION: Final = """\
<!-- Made by `supportpulse generate` from aggregators/catalogue; do not edit. -->
# Metrics

Every number that `/metrics`, `/api/v1/live` and `supportpulse report` give, by its exact Prometheus name.

- **Event time.** An observation belongs to the moment its calculation completes: volume at arrival; answers,
  abandons, waits and service level at the outcome; handle time at the end of wrap-up; resolution at solving.
  Windows are half-open: the end is not in them.
- **Empty is not zero.** Counts are 0 when nothing happened. Ratios, means and percentiles without a sample
  are absent.
- **Exactness.** Counts, ratios and means are exact; percentiles and `max` are within 1 % of the exact
  nearest-rank value.
- **Labels.** `channel`, `queue` and those named below. Beyond 200 queues the least busy are summed under
  `__other__`. Ticket, customer, caller and agent ids are never labels.
- **Units.** Seconds, and ratios from 0 to 1.
- **Reading.** Each section has two tables: what its numbers are, and under *How to read them* what they are
  called in German, an example with numbers, what a good value is where the field has a common one, and how
  they are misread.
"""

_WINDOWS: Final = """\
All windows of a scrape end at the same moment (`support_window_end_timestamp_seconds`) and carry the label
`window`. Each metric exists three times, each computed from summed counts and never by averaging averages:

| name | labels | what it covers |
|---|---|---|
| `support_window_…` | `channel`, `queue`, `window` | one queue on one channel |
| `support_channel_window_…` | `channel`, `window` | all queues of a channel |
| `support_all_window_…` | `window` | everything |
"""

_SERVICE_LEVEL: Final = """\
### Service level

T is the threshold, S the short-abandon limit; "within" means a wait of at most T, "short" one of less than S.
`support_queue_info` names a queue's formula; contacts waiting beyond T join the denominator of the live
ratio. A roll-up sums each queue's own numerator and denominator. Tickets count with their first responses,
in time by their target.
"""

_SURVEYS: Final = """\
Windows of `1d`, `7d`, `30d` and `90d`: so many local dates of the site, the last one being today, as far as
the horizon of surveys reaches. `support_window_…` has the labels `queue` and `window`, `support_all_window_…`
only `window`; there is no channel. Of the answers of one respondent to one survey and wave the last one
counts. Without an answer nothing is there.
"""

_TOTALS: Final = """\
Of one worker since it started; they begin anew with it, as Prometheus expects. Windows are what stays exact
over restarts.
"""

_WORDS: Final[dict[Count, str]] = {
    Count.ANSWERED: "answered",
    Count.ANSWERED_WITHIN: "answered within",
    Count.ABANDONED: "abandoned",
    Count.ABANDONED_WITHIN: "abandoned within",
    Count.SHORT_ABANDONED: "abandoned short",
    Count.EXITED: "exited",
    Count.EXITED_WITHIN: "exited within",
}


_WHAT: Final = ("metric", "unit", "labels", "what it tells", "definition", "formula")
_HOW: Final = ("how it is read", "German", "example", "a good value", "traps")


class _Row(NamedTuple):
    """A metric's row in the two tables of its section."""

    what: Sequence[str]
    how: Sequence[str]


def metric_reference() -> str:
    """Return the whole page."""
    return "\n".join(
        (
            _INTRODUCTION,
            *_section("State now", "", _rows("state now", STATE_METRICS)),
            *_section("Windows", _WINDOWS, _window_rows()),
            _SERVICE_LEVEL,
            *_formulas(),
            "",
            *_section("Surveys", _SURVEYS, _survey_rows()),
            *_section("Customers", customers_introduction(), _customer_rows()),
            *_section("Totals for analysts", _TOTALS, _rows("totals", TOTAL_METRICS)),
            *_edges(),
            "",
            *_section("Pipeline", "", map(_pipeline_row, PIPELINE_METRICS)),
        )
    )


def _section(title: str, introduction: str, rows: Iterable[_Row]) -> Iterable[str]:
    found = list(rows)
    return (
        f"## {title}",
        "",
        *([introduction] if introduction else []),
        *_table(_WHAT, (row.what for row in found)),
        "",
        f"### How to read them: {title.lower()}",
        "",
        *_table(_HOW, (row.how for row in found)),
        "",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_line(head), "|" + "---|" * len(head), *map(_line, rows)]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rows(group: Group, rows: Sequence[StateMetric | TotalMetric]) -> Iterable[_Row]:
    exported = {metric.name: metric for metric in metrics() if metric.group == group}
    for row in rows:
        metric = exported[row.name]
        before = metric.labels[: len(metric.labels) - len(row.own_labels)]
        yield _cells(metric, f"`{row.name}`", _labels(before, row.own_labels, row.domain))


def _window_rows() -> Iterable[_Row]:
    prefix = WINDOW_PREFIXES[0][0]
    exported = {metric.name: metric for metric in metrics()}
    for row in WINDOW_METRICS:
        metric = exported[prefix + row.measure]
        yield _cells(metric, f"`…_{row.measure}`", _labels((), row.own_labels, row.domain))


def _survey_rows() -> Iterable[_Row]:
    prefix = SURVEY_PREFIXES[0][0]
    exported = {metric.name: metric for metric in metrics()}
    for row in SURVEY_METRICS:
        metric = exported[prefix + row.measure]
        yield _cells(metric, f"`…_{row.measure}`", _labels((), row.own_labels, row.domain))


def _customer_rows() -> Iterable[_Row]:
    _, _, scope = CUSTOMER_PREFIXES[0]
    exported = {metric.name: metric for metric in metrics()}
    for row in CUSTOMER_METRICS:
        name = customer_name(row, scope)
        before = (CURRENCY_LABEL,) if row.by_currency else ()
        shown = name if row.is_state else f"…_{row.measure}"
        yield _cells(exported[name], f"`{shown}`", _labels(before, row.own_labels, row.domain))


def _pipeline_row(metric: Metric) -> _Row:
    return _cells(metric, f"`{metric.name}`", _labels(metric.labels, (), WITHOUT_LABELS))


def _cells(metric: Metric, name: str, labels: str) -> _Row:
    kind = "" if metric.kind == "gauge" else f" ({metric.kind})"
    source = "" if metric.source == OWN_DEFINITION else f" After {metric.source}."
    reading = reading_of(metric.name)
    return _Row(
        what=(name + kind, metric.unit, labels, metric.help, metric.definition + source, metric.formula),
        how=(name, german_term(metric), reading.example, reading.good, reading.trap),
    )


def _labels(before: Sequence[str], own: Sequence[str], domain: Domain) -> str:
    """Return labels as text; those of the metric itself with their values."""
    texts = [f"`{label}`" for label in before]
    for index, label in enumerate(own):
        values = dict.fromkeys(values[index] for values in domain)
        texts.append(f"`{label}` = {', '.join(f'`{value}`' for value in values)}")
    return "; ".join(texts)


def _formulas() -> Iterable[str]:
    yield "| formula | numerator | denominator |"
    yield "|---|---|---|"
    for formula, parts in FORMULA_PARTS.items():
        numerator = " + ".join(_WORDS[count] for count in parts.numerator)
        denominator = " + ".join(_WORDS[count] for count in parts.added)
        taken = "".join(f" − {_WORDS[count]}" for count in parts.taken)
        yield f"| `{formula}` | {numerator} | {denominator}{taken} |"


def _edges() -> Iterable[str]:
    yield "Upper bucket edges in seconds; every configured threshold is added to them:"
    yield ""
    for distribution, edges in HISTOGRAMS.items():
        listed = ", ".join(f"{edge // 1000}" for edge in edges)
        yield f"- `support_{distribution.name.lower()}_seconds`: {listed}"
