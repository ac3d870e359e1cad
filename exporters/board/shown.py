"""Which numbers the board shows: a selection of the catalogue, as columns of one table.

Guarantee: every column is a metric of the catalogue under one of its own names; its key is the name without
the beginning that says what a window covers, and the values of the metric's own labels. The page computes no
metric: whatever is not in a column is not on the board.

Worked: support_window_answer_seconds{channel="phone",queue="sales",stat="mean"} is the column
`answer_seconds.mean` of the place ("phone", "sales"); support_all_window_answer_seconds{stat="mean"} is the
same column of the place (None, None).
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from aggregators.catalogue import WINDOW_LABEL, WINDOW_PREFIXES, metrics
from aggregators.catalogue.metric import Metric
from aggregators.samples import Labels

Place = tuple[str | None, str | None]
"""Channel and queue; None for all of them."""

WAITING: Final = "open_cases.awaiting_reply"
REQUESTS: Final = "requests"
VOLUME: Final = "requests_of_day"
"""The column of requests in the window of the day, whatever window the board shows."""

_MEASURES: Final = (
    REQUESTS,
    "answered",
    "abandoned",
    "short_abandoned",
    "exited",
    "blocked",
    "abandonment_ratio",
    "service_level_ratio",
    "service_level_live_ratio",
    "service_level_parts",
    "resolution_ratio",
    "resolved_cases",
    "assigned",
    "samples",
)
_DURATIONS: Final = ("answer", "first_response", "handle", "talk", "hold", "wrapup", "resolution")
_STATES: Final = (
    "open_cases",
    "backlog_cases",
    "longest_wait_since_timestamp_seconds",
    "sla_at_risk_cases",
    "sla_breached_open_cases",
    "sla_next_breach_timestamp_seconds",
    "agents",
    "queue_open",
    "service_level_target_ratio",
    "service_level_threshold_seconds",
)
_BESIDE: Final = frozenset(
    (
        "short_abandoned",
        "exited",
        "service_level_live_ratio",
        "service_level_parts",
        "abandonment_ratio",
        "resolved_cases",
        "assigned",
        "samples",
        "sla_breached_open_cases",
        "sla_next_breach_timestamp_seconds",
        "queue_open",
        "service_level_target_ratio",
        "service_level_threshold_seconds",
    )
)
"""What only stands beside a number, such as its sample size: nobody can click it."""

_STATE_PREFIX: Final = "support_"
_PLACE_LABELS: Final = ("channel", "queue", WINDOW_LABEL)


class Described(Struct, frozen=True, array_like=True):
    """What the board says about a metric before anybody explains a single number of it; in this order."""

    metric: str
    definition: str
    formula: str


class _Shown(Struct, frozen=True):
    """A metric of the board, and what the keys of its columns begin with."""

    short: str
    metric: Metric


def _shown_metrics() -> dict[str, _Shown]:
    found: dict[str, _Shown] = {}
    prefixes = [prefix for prefix, _, _ in WINDOW_PREFIXES]
    wanted = {f"{name}_seconds" for name in _DURATIONS} | set(_MEASURES)
    for metric in metrics():
        prefix = next((each for each in prefixes if metric.name.startswith(each)), None)
        if (prefix is not None and (short := metric.name.removeprefix(prefix)) in wanted) or (
            prefix is None and (short := metric.name.removeprefix(_STATE_PREFIX)) in _STATES
        ):
            found[metric.name] = _Shown(short, metric)
    return found


def _is_shown(metric: Metric, own: tuple[str, ...]) -> bool:
    """Of durations the mean is shown, of sample sizes those behind the durations shown."""
    if metric.labels[-1:] == ("stat",):
        return own == ("mean",)
    return metric.labels[-1:] != ("measure",) or own[0] in _DURATIONS


def _key(short: str, own: tuple[str, ...]) -> str:
    return ".".join((short, *own))


_SHOWN: Final = _shown_metrics()
COLUMNS: Final[tuple[str, ...]] = (
    *dict.fromkeys(
        _key(shown.short, own)
        for shown in _SHOWN.values()
        for own in shown.metric.domain
        if _is_shown(shown.metric, own)
    ),
    VOLUME,
)
"""The keys of all columns, in the order in which a row holds them."""

_INDEX: Final = {column: index for index, column in enumerate(COLUMNS)}


def column_of(name: str, labels: Labels) -> tuple[Place, int] | None:
    """Return where a sample belongs: its place and the number of its column; None where it is not shown."""
    shown = _SHOWN.get(name)
    if shown is None:
        return None
    stated = dict(labels)
    own = tuple(value for label, value in labels if label not in _PLACE_LABELS)
    index = _INDEX.get(_key(shown.short, own))
    return None if index is None else ((stated.get("channel"), stated.get("queue")), index)


def described() -> dict[str, Described]:
    """Return what the catalogue says of every number that can be clicked, by the beginning of its columns."""
    return {
        shown.short: Described(
            shown.metric.name,
            shown.metric.definition,
            shown.metric.formula,
        )
        # Of the three names of a window metric the first is that of a single queue.
        for shown in reversed(_SHOWN.values())
        if shown.short not in _BESIDE
    }
