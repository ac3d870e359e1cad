"""One pass over a complete log, as `report` shows it: any window to the millisecond, the state at any moment.

Guarantee: the result depends only on the set of events. It uses the same derivations as the live processor
and sums the same facts, so a live window and a reported one of equal bounds are equal.

Cost: one derivation for each case; a window costs its own facts; a state derives anew only the cases that
were under way at that moment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import itemgetter

from msgspec import Struct

from aggregators.cases import derive
from aggregators.compounds import expand_parts
from aggregators.configuration import Configuration
from aggregators.customer_measures import counted, products_of, taken_apart
from aggregators.customer_windows import lifetime_period
from aggregators.day_rows import add_amount
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.facts import Fact, Facts
from aggregators.known_series import lasting_series
from aggregators.measures import Count, Parts, Series
from aggregators.parts import MomentParts
from aggregators.rows import add_fact, add_facts
from aggregators.state_parts import add_status, add_waits, waiting_at
from aggregators.status import Status, Visit
from aggregators.surveys import without_reasons
from aggregators.timeline import deliveries_of, timeline_of


class _Case(Struct):
    """One case: all its deliveries, and what follows from its whole timeline."""

    topic: Topic
    deliveries: list[Event]
    first: int
    last: int
    status: Status
    series: frozenset[Series]
    visits: Sequence[Visit]


class WindowParts(Struct):
    """The additive parts of one window.

    Sums per series, contacts waiting beyond T at its end, sums of surveys per ("", queue), and those of
    customers per series as in `aggregators.customer_measures`.
    """

    rows: dict[Series, Parts]
    overdue_waits: dict[Series, int]
    surveys: dict[Series, Parts]
    customers: dict[Series, Parts]


class Evaluation:
    """All cases of a log; build it once, ask it for any window and moment."""

    def __init__(self, events: Iterable[Event], configuration: Configuration) -> None:
        self.configuration = configuration
        self._cases: list[_Case] = []
        self._answers: Facts = []
        self._customer_facts: Facts = []
        self._customers: list[list[Event]] = []
        facts: Facts = []
        grouped: dict[tuple[Topic, str], list[Event]] = {}
        for event in events:
            grouped.setdefault((TOPIC_OF_RANK[event.rank], event.case), []).append(event)
        for (topic, _), deliveries in grouped.items():
            if topic == "surveys":
                self._add_answers(deliveries)
            elif topic == "customers":
                self._add_customer(deliveries, self._customer_facts)
            else:
                self._add_case(topic, deliveries, facts)
        self._facts: list[Fact] = sorted(
            (fact for fact in facts if fact[2] != Count.UNANSWERED), key=itemgetter(0)
        )
        self._times = [fact[0] for fact in self._facts]
        self._arrivals = [
            (*case.status.arrival, case.status.answered)
            for case in self._cases
            if case.status.arrival is not None
        ]
        self.known = self._known()

    def _add_case(self, topic: Topic, deliveries: list[Event], facts: Facts) -> None:
        standing = list(deliveries_of(deliveries).values())
        timeline = timeline_of(standing)
        if not timeline:
            return
        own: Facts = []
        kind = derive(topic, self.configuration, timeline, own)
        status = kind.status()
        facts += own
        times = [event.time for event in deliveries]
        series = _series_of(status, own)
        self._cases.append(_Case(topic, deliveries, min(times), max(times), status, series, kind.visits()))

    def _add_answers(self, deliveries: list[Event]) -> None:
        # As a ledger does: of two deliveries the words of a customer never decide which one stands.
        timeline = timeline_of(deliveries_of(without_reasons(deliveries)).values())
        if timeline:
            derive("surveys", self.configuration, timeline, self._answers)

    def _add_customer(self, deliveries: list[Event], facts: Facts) -> None:
        self._customers.append(deliveries)
        timeline = timeline_of(deliveries_of(deliveries).values())
        if timeline:
            derive("customers", self.configuration, timeline, facts)

    def lifetime(self, moment: int) -> dict[Series, Parts]:
        """Return the parts behind the lifetime value at a moment (ms), of the events up to it."""
        facts: Facts = []
        for deliveries in self._customers:
            standing = deliveries_of(event for event in deliveries if event.time <= moment)
            timeline = timeline_of(standing.values())
            if timeline:
                derive("customers", self.configuration, timeline, facts)
        return customer_sums(facts, *lifetime_period(moment + 1, self.configuration))

    @property
    def products(self) -> set[str]:
        """The products that customers have to do with."""
        return products_of([lasting_series(self._customer_facts)])

    @property
    def surveyed(self) -> set[str]:
        """The queues with an answer to a survey."""
        return {queue for _, queue in lasting_series(self._answers)}

    def _known(self) -> set[Series]:
        known = configured_pairs(self.configuration)
        for case in self._cases:
            known |= case.series
        return known

    def window(self, start: int, end: int) -> WindowParts:
        """Return the parts of [start, end) in milliseconds, using all events of the log."""
        sums: dict[Series, Parts] = {}
        first, last = bisect_left(self._times, start), bisect_left(self._times, end)
        add_facts(sums, self._facts[first:last])
        rows = {series: expand_parts(parts) for series, parts in sums.items()}
        for parts in rows.values():
            # Of a request that was answered after the window this says too little: it is counted below.
            parts.pop(Count.UNANSWERED, None)
        for arrived, series, answered in self._arrivals:
            if start <= arrived < end and (answered is None or answered >= end):
                add_fact(rows.setdefault(series, {}), Count.UNANSWERED, 1, 1)
        overdue: dict[Series, int] = {}
        for case in self._cases:
            waiting = case.status if case.last < end else _waiting_at(end, case)
            if waiting is not None:
                add_waits(overdue, waiting, case.topic, end, self.configuration)
        answers: dict[Series, Parts] = {}
        for fact in self._answers:
            if start <= fact[0] < end:
                add_amount(answers, fact, fact[4])
        return WindowParts(rows, overdue, answers, customer_sums(self._customer_facts, start, end))

    def state(self, moment: int) -> MomentParts:
        """Return the state at a moment in milliseconds, derived from the events up to it."""
        parts = MomentParts(known=configured_pairs(self.configuration))
        for topic, status, seen in self._statuses(moment):
            add_status(parts, status, topic, moment, self.configuration)
            parts.known |= seen
            parts.served.update((topic, series) for series in seen)
        return parts

    def _statuses(self, moment: int) -> Iterable[tuple[Topic, Status, frozenset[Series]]]:
        """Yield the status and the series of every case as known from its events up to a moment."""
        for case in self._cases:
            if case.last <= moment:
                yield case.topic, case.status, case.series
            elif case.first <= moment:
                standing = deliveries_of(event for event in case.deliveries if event.time <= moment)
                timeline = timeline_of(standing.values())
                if timeline:
                    facts: Facts = []
                    status = derive(case.topic, self.configuration, timeline, facts).status()
                    yield case.topic, status, _series_of(status, facts)


def customer_sums(facts: Facts, start: int, end: int) -> dict[Series, Parts]:
    """Return what a period [start, end) in milliseconds counts of facts of customers, without what is 0."""
    sums: dict[Series, Parts] = {}
    for time, series, measure, value, sign in facts:
        for each in taken_apart(measure):
            key = counted(each, time, start, end)
            if key is not None:
                parts = sums.setdefault(series, {})
                parts[key] = parts.get(key, 0) + sign * value
    plain = {series: expand_parts(parts) for series, parts in sums.items()}
    return {series: parts for series, parts in plain.items() if parts}


def _waiting_at(end: int, case: _Case) -> Status | None:
    """Return how a case that goes on after the end of a window waits there."""
    if case.first >= end or not case.visits:
        return None
    timeline = timeline_of(deliveries_of(case.deliveries).values())
    return waiting_at(end, case.visits, [event.time for event in timeline])


def _series_of(status: Status, facts: Facts) -> frozenset[Series]:
    """Return the series that a case makes known: those of its facts and its own; agents have none."""
    known = lasting_series(facts)
    if status.agent_state is None:
        known.add(status.series)
    return frozenset(known)


def configured_pairs(configuration: Configuration) -> set[Series]:
    """Return the (channel, queue) pairs that exist from the start."""
    return {(channel, queue.name) for queue in configuration.queues.values() for channel in queue.channels}
