"""What stands behind a number of the state now: every case that has a part in it.

Law: what the cases say alone adds up to the number, for every explained metric of the state and every place;
of a moment or a wait the number is the first or the longest of them. There is no second definition: a metric
is asked about each case as if it were the only one.

    support_open_cases{state="awaiting_reply"} 2 = ticket t1 (waits since 10:00) + call c7 (since 10:03)

Cost: 15 µs for each open case of the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import Final

from msgspec import Struct, field

from aggregators.catalogue.metric import StateMetric, StateView
from aggregators.catalogue.states import STATE_METRICS
from aggregators.configuration import Configuration
from aggregators.contributions import Place
from aggregators.events import Topic
from aggregators.explanation import EXPLAINED_TOPICS
from aggregators.ledger import PartitionLedger
from aggregators.ledger_reading import statuses_at
from aggregators.measures import Series
from aggregators.parts import MomentParts, StateParts
from aggregators.state_parts import add_status
from aggregators.status import BREACHED, Status
from aggregators.steps import Steps

_PREFIX: Final = "support_"
_EXPLAINED: Final = (
    "support_open_cases",
    "support_backlog_cases",
    "support_longest_wait_seconds",
    "support_longest_wait_since_timestamp_seconds",
    "support_sla_at_risk_cases",
    "support_sla_breached_open_cases",
    "support_sla_next_breach_timestamp_seconds",
    "support_stale_cases",
    "support_agents",
)
EXPLAINED_STATES: Final[Mapping[str, StateMetric]] = {
    name: metric
    for metric in STATE_METRICS
    if metric.name in _EXPLAINED
    for name in (metric.name, metric.name.removeprefix(_PREFIX))
}
"""By name, with and without its beginning."""

AGENT_TOPICS: Final[frozenset[Topic]] = frozenset(("agents",))
CASES_A_STEP: Final = 200
_NO_STATE: Final = StateParts()


class StateQuestion(Struct, frozen=True):
    """Which metric of the state, where, and when (ms).

    measure: only these values of its own labels, such as "awaiting_reply" or "first_response, 15m".
    """

    metric: StateMetric
    place: Place
    now: int
    measure: str | None = None

    @property
    def topics(self) -> frozenset[Topic]:
        """Whose cases have a part in it."""
        return AGENT_TOPICS if self.metric.scope == "site" else EXPLAINED_TOPICS


class Standing(Struct, frozen=True, order=True):
    """What one case adds.

    time: since when it is so, of a promise when it is due (ms); case: its id, or the agent's; measure: the
    values of the metric's own labels, or its name; value: 1, or seconds.
    """

    time: int
    case: str
    series: Series
    measure: str
    value: float


class Standings(Struct, frozen=True):
    """What stands behind a number of the state: how often by measure, and what has been so longest."""

    times: dict[str, int] = field(default_factory=dict)
    first: list[Standing] = field(default_factory=list)


def standings_of(found: Iterable[Standing], limit: int) -> Standings:
    """Count what cases add, and return those that come first."""
    kept = list(found)
    times: dict[str, int] = {}
    for each in kept:
        times[each.measure] = times.get(each.measure, 0) + 1
    return Standings(times, nsmallest(limit, kept))


def merged_standings(parts: Sequence[Standings], limit: int) -> Standings:
    """Return those of several partitions or workers, in any order."""
    times: dict[str, int] = {}
    for part in parts:
        for measure, count in part.times.items():
            times[measure] = times.get(measure, 0) + count
    return Standings(times, nsmallest(limit, [each for part in parts for each in part.first]))


def standing_behind(
    question: StateQuestion, ledgers: Sequence[PartitionLedger], limit: int
) -> Steps[Standings]:
    """Return what the cases of partitions add to a number, in steps; folding may go on between them."""
    found: list[Standing] = []
    for ledger in ledgers:
        if ledger.topic not in question.topics:
            continue
        for number, (case, status) in enumerate(statuses_at(ledger, question.now)):
            if number % CASES_A_STEP == 0:
                yield
            found += standing(question, ledger.topic, case, status, ledger.configuration)
    yield
    return standings_of(found, limit)


def standing(
    question: StateQuestion, topic: Topic, case: str, status: Status, configuration: Configuration
) -> Iterator[Standing]:
    """Yield what one case adds to a number."""
    metric, now = question.metric, question.now
    moment = MomentParts()
    add_status(moment, status, topic, now, configuration)
    for series, view in _views(question, moment, status, configuration):
        for own, value in zip(metric.domain, metric.values(view), strict=True):
            if value:
                measure = ", ".join(own) or metric.name.removeprefix(_PREFIX)
                if question.measure in (None, measure):
                    yield Standing(_time_of(metric, own, status), case, series, measure, float(value))


def _views(
    question: StateQuestion, moment: MomentParts, status: Status, configuration: Configuration
) -> Iterator[tuple[Series, StateView]]:
    """Yield where the metric has a value, and what it reads there."""
    place, now = question.place, question.now
    if question.metric.scope == "series":
        for series, state in moment.states.items():
            if place.holds(series):
                yield series, StateView(moment, state, configuration, now, *series)
    elif question.metric.scope == "channel":
        if place.holds(status.series):
            yield status.series, StateView(moment, _NO_STATE, configuration, now, channel=status.series[0])
    elif place == Place():
        yield status.series, StateView(moment, _NO_STATE, configuration, now)


def _time_of(metric: StateMetric, own: Sequence[str], status: Status) -> int:
    """Return since when it is so, or when it is due; of a promise broken for good its newest event."""
    if "sla" in metric.own_labels:
        deadlines = [deadline for name, _, deadline in status.deadlines if name == own[0]]
        return min((deadline for deadline in deadlines if deadline != BREACHED), default=status.last)
    return status.last if status.since is None else status.since
