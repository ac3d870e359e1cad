"""Count what a live view must show, from the logs of all partitions up to its applied offsets.

Guarantee: windows and states are those of one batch pass over the records; what rests on records that are
gone from the head of a log is in the `shadow`.
Source: METRICS.md and INTERFACE.md; facts and states of cases are those of the other recount modules.
Worked number: now 10:12:00.500 with a resolution of 10 s: all windows end at 10:12:10.000, `5m` begins at
10:07:10.000.
Cost: as `aggregators.recount`; one partition at a time is held whole, of past ones what counts in the
windows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from aggregators.recount import case_facts
from aggregators.recount_customer_windows import (
    customer_metrics,
    customer_periods,
    lifetime_metrics,
    lifetime_period,
)
from aggregators.recount_customers import Story, story_of
from aggregators.recount_facts import Facts, Place, Snapshot
from aggregators.recount_limits import Limits
from aggregators.recount_log import PartitionLog
from aggregators.recount_settings import Settings
from aggregators.recount_shadow import STATES, Shadow
from aggregators.recount_states import Watch, snapshot_metrics
from aggregators.recount_surveys import Answer, answers_of, survey_metrics, survey_windows
from aggregators.recount_timeline import DEFAULT_CHANNEL, Case
from aggregators.recount_windows import Metric, ledger_of, window_metrics

OTHER = "__other__"
_BY_TOPIC = ("support_service_level_target_ratio", "support_service_level_threshold_seconds")
_USUAL_TOPIC = {channel: topic for topic, channel in DEFAULT_CHANNEL.items()}


class LiveRecount:
    """Add the log of every partition in any order, then ask for the numbers.

    now: the moment of the view in milliseconds; shown: the queues that it names, where it sums up the others;
    products: the same of products.
    """

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        now: int,
        *,
        shown: frozenset[str] | None = None,
        products: frozenset[str] | None = None,
    ) -> None:
        self.settings, self.limits, self.now = settings, limits, now
        self.end = limits.window_end(now)
        self.starts = {label: limits.window_start(label, self.end) for label in limits.lengths}
        self.shadow = Shadow()
        self.records = 0
        self.cases = 0
        self.refused: Counter[str] = Counter()
        self.newest: int | None = None
        self._shown = shown
        self._products = products
        self._options = settings.customers
        self._facts: list[Facts] = []
        self._open: list[Snapshot] = []
        self._places: set[Place] = set()
        self._surveys = survey_windows(self.end, limits)
        self._answers: list[Answer] = []
        self._stories: list[Story] = []

    def add(self, log: PartitionLog, *, is_whole: bool) -> None:
        """Add the log of one partition; is_whole: it still begins with the first record there ever was."""
        self.records += log.records
        self.refused.update(log.refused)
        if log.newest is not None:
            self.newest = log.newest if self.newest is None else max(self.newest, log.newest)
            self._note_horizon(log.newest)
        for stay, is_kept in log.stays():
            self.cases += 1
            case = stay.case()
            if log.topic == "surveys":
                self._add_answers(case)
                continue
            if log.topic == "customers":
                self._stories.append(story_of(case, self.limits.zone))
                continue
            facts = self._counting(case_facts(case, self.settings))
            if is_kept:
                snapshot = Watch(case).at(self.now, self.settings)
                if snapshot is not None:
                    self._note(snapshot)
            else:
                # Nobody waits any more in a case that was let go.
                facts.waits.clear()
            self._facts.append(facts)
        if not is_whole:
            starts = self._surveys if log.topic == "surveys" else self.starts
            self.shadow.fall(log, starts, self.now, self.settings)

    def numbers(self) -> dict[str, list[Metric]]:
        """Return all metrics by window label, and those of the state under `STATES`."""
        ledger = ledger_of(self._facts, self.settings)
        found = {
            label: window_metrics(ledger, (start, self.end), self.settings)
            for label, start in self.starts.items()
        }
        surveyed = {answer.queue for answer in self._answers}
        for label, start in self._surveys.items():
            counted = survey_metrics(self._answers, (start, self.end), surveyed)
            if counted:
                found.setdefault(label, []).extend(counted)
        self._add_customers(found)
        ended = Metric("support_window_end_timestamp_seconds", {}, self.end / 1000)
        known = Snapshot(Place("", "", ""), places=frozenset(self._places))
        states = snapshot_metrics([*self._open, known], self.now, self.settings)
        found[STATES] = [*(metric for metric in states if not self._is_ambiguous(metric)), ended]
        if self._stories and "30d" in customer_periods(self.end, self.limits):
            period = lifetime_period(self.end, self.limits.zone)
            found[STATES] += lifetime_metrics(self._stories, period, self._options, self._products)
        return found

    def _add_customers(self, found: dict[str, list[Metric]]) -> None:
        """Add the metrics of customers to their windows."""
        for label, period in customer_periods(self.end, self.limits).items():
            counted = customer_metrics(self._stories, period, self._options, (), self._products)
            if counted:
                found.setdefault(label, []).extend(counted)

    def _add_answers(self, case: Case) -> None:
        since = min(self._surveys.values(), default=self.end)
        for answer in answers_of(case):
            if since <= answer.time < self.end:
                is_hidden = self._shown is not None and answer.queue not in self._shown
                self._answers.append(answer._replace(queue=OTHER) if is_hidden else answer)

    def _is_ambiguous(self, metric: Metric) -> bool:
        """Say whether a gauge of the configuration could be that of one topic or of another."""
        if metric.name not in _BY_TOPIC:
            return False
        pair = metric.labels["channel"], metric.labels["queue"]
        topics = {place.topic for place in self._places if (place.channel, place.queue) == pair}
        return topics != {_USUAL_TOPIC.get(pair[0], "tickets")}

    def _note_horizon(self, newest: int) -> None:
        # Rule — "closed windows beyond the horizon do not change": what arrived too late for them is not
        # counted.
        for label, start in self.starts.items():
            if start < newest - self.limits.horizon:
                self.shadow.windows[label] = "reaches back beyond the horizon"

    def _note(self, snapshot: Snapshot) -> None:
        self._places |= self._named(snapshot.places)
        if snapshot.state is not None:
            self._open.append(replace(snapshot, place=self._place(snapshot.place), places=frozenset[Place]()))

    def _counting(self, facts: Facts) -> Facts:
        """Return the facts that count in a window of this view, in the queues that it names."""
        since = min(self.starts.values())
        return Facts(
            observations=[
                item._replace(place=self._place(item.place))
                for item in facts.observations
                if since <= item.time < self.end
            ],
            arrivals=[
                item._replace(place=self._place(item.place))
                for item in facts.arrivals
                if since <= item.time < self.end
            ],
            waits=[
                item._replace(place=self._place(item.place))
                for item in facts.waits
                if item.start < self.end and (item.end is None or item.end >= self.end)
            ],
            places=self._named(facts.places),
        )

    def _named(self, places: Iterable[Place]) -> set[Place]:
        return {self._place(place) for place in places}

    def _place(self, place: Place) -> Place:
        if self._shown is None or place.queue in self._shown or place.topic == "agents":
            return place
        return place._replace(queue=OTHER)
