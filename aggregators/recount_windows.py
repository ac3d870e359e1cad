"""Count the metrics of one window from the facts of all cases, for the independent recount.

Guarantee: counts and sums are integers; ratios, means and quantiles are divided once, at the end, from
summed parts.
Source: METRICS.md *Windows*, *Service level* and *Rules that hold for all*.
Worked number: waits 12 s, 20 s, 14 s: mean 15.333… s, p50 14 s (rank ⌈0.5·3⌉ = 2), max 20 s.
Cost: one look at every observation inside the window.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from aggregators.recount_events import BLOCKED_REASONS
from aggregators.recount_facts import Arrival, Facts, Observation, Place, Wait
from aggregators.recount_settings import SLAS, Settings

Dated = TypeVar("Dated", Observation, Arrival)


class Metric(NamedTuple):
    """One series: name, labels and value."""

    name: str
    labels: Mapping[str, str]
    value: float


COUNTS = (
    "requests",
    "offered",
    "answered",
    "abandoned",
    "short_abandoned",
    "exited",
    "transferred",
    "ring_no_answer",
    "unanswered",
    "handled",
    "assigned",
    "resolved",
    "resolved_cases",
    "reopened",
    "merged",
    "deleted",
)
MEASURES = (
    "answer",
    "wait",
    "abandon",
    "first_response",
    "next_response",
    "handle",
    "talk",
    "hold",
    "wrapup",
    "resolution",
    "first_response_business",
    "resolution_business",
)
PARTS = (
    "answered",
    "answered_within",
    "abandoned",
    "abandoned_within",
    "abandoned_short",
    "exited",
    "exited_within",
)
QUANTILES = {"p50": 50, "p90": 90, "p95": 95}


@dataclass(slots=True)
class Tally:
    """The summed parts of one place, one queue and channel, one channel, or everything."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    hits: int = 0  # numerator of the service level
    eligible: int = 0  # its denominator
    live_hits: int = 0
    live_eligible: int = 0
    call_requests: int = 0
    slas: set[str] = field(default_factory=set)

    def count(self, measure: str, label: str = "") -> int:
        """Return how often a measure was counted."""
        return self.counts[measure, label]

    def add(self, other: Tally) -> None:
        """Add the parts of another tally: "Totals over queues or channels are computed from summed parts"."""
        self.counts.update(other.counts)
        for measure, values in other.samples.items():
            self.samples[measure] += values
        self.hits += other.hits
        self.eligible += other.eligible
        self.live_hits += other.live_hits
        self.live_eligible += other.live_eligible
        self.call_requests += other.call_requests
        self.slas |= other.slas


@dataclass(slots=True)
class Ledger:
    """The facts of all cases, observations and arrivals sorted by time."""

    observations: list[Observation]
    arrivals: list[Arrival]
    waits: list[Wait]
    pairs: list[tuple[str, str]]
    places: set[Place]


def ledger_of(facts: Iterable[Facts], settings: Settings) -> Ledger:
    """Return the facts of all cases gathered; pairs are those configured and those seen in the whole log."""
    found = list(facts)
    places = {place for one in found for place in one.places}
    pairs = {(place.channel, place.queue) for place in places} | set(settings.configured_pairs())
    return Ledger(
        observations=sorted((item for one in found for item in one.observations), key=lambda item: item.time),
        arrivals=sorted((item for one in found for item in one.arrivals), key=lambda item: item.time),
        waits=[item for one in found for item in one.waits],
        pairs=sorted(pairs),
        places=places,
    )


def window_metrics(ledger: Ledger, window: tuple[int, int], settings: Settings) -> list[Metric]:
    """Return all metrics of one half-open window in milliseconds: per queue, per channel and over all."""
    start, end = window
    # Every known place has a tally, so that its counts are 0 when nothing happened: "Known queue x channel
    # pairs are present from the start with 0."
    tallies = {place: Tally() for place in ledger.places}
    for item in _between(ledger.observations, start, end):
        tally = tallies.setdefault(item.place, Tally())
        if item.value is not None:
            tally.samples[item.measure].append(item.value)
        else:
            tally.counts[item.measure, item.label] += 1
            tally.call_requests += item.measure == "requests" and item.place.topic == "calls"
    for arrival in _between(ledger.arrivals, start, end):
        # Rule — "requests that arrived in the window and had no answer by its end"; the window is half-open,
        # so an answer exactly at its end comes after it.
        if arrival.answered is None or arrival.answered >= end:
            tallies[arrival.place].counts["unanswered", ""] += 1
    late = late_waits(ledger.waits, end, settings)
    for place, tally in tallies.items():
        _add_service_level(tally, place, late[place], settings)
    by_pair, by_channel, total = _rolled_up(tallies, ledger.pairs, settings)
    metrics = []
    for (channel, queue), tally in by_pair.items():
        metrics += _metrics_of(tally, "support_window_", {"channel": channel, "queue": queue})
    for channel, tally in by_channel.items():
        metrics += _metrics_of(tally, "support_channel_window_", {"channel": channel})
    return metrics + _metrics_of(total, "support_all_window_", {})


def late_waits(waits: Iterable[Wait], end: int, settings: Settings) -> Counter[Place]:
    """Return how many contacts wait longer than T at the end of a window, per place."""
    late: Counter[Place] = Counter()
    for wait in waits:
        # Rule — "contacts waiting longer than T at the end of the window join the denominator (an outcome
        # exactly at the end counts as still waiting)"
        if wait.start + wait.threshold < end and (wait.end is None or wait.end >= end):
            # Rule — "calls and chats without any event for longer than `max_open` …: out of the states and
            # the live ratio until their next event"
            last = wait.moments[bisect_left(wait.moments, end) - 1]
            if end - last <= settings.max_open[wait.place.topic]:
                late[wait.place] += 1
    return late


def _between(items: Sequence[Dated], start: int, end: int) -> Sequence[Dated]:
    first = bisect_left(items, start, key=lambda item: item.time)
    last = bisect_left(items, end, key=lambda item: item.time)
    return items[first:last]


def _add_service_level(tally: Tally, place: Place, late: int, settings: Settings) -> None:
    """Work out a place's own numerator and denominator, by its own T and formula."""
    if place.topic not in ("calls", "chats"):
        # Rule — "For tickets the service level is the share of first responses within the first-response
        # target."
        if settings.target("first_response", place.queue) is not None:
            tally.hits = tally.count("part", "answered_within")
            tally.eligible = tally.count("part", "answered")
        # Rule — "no live ratio"
        return
    tally.hits, tally.eligible = service_level(tally, settings.service_level(*place).formula)
    # Rule — "the same, contacts still waiting beyond T counted as missed already"
    tally.live_hits, tally.live_eligible = tally.hits, tally.eligible + late


def service_level(tally: Tally, formula: str) -> tuple[int, int]:
    """Return numerator and denominator of a formula."""
    answered, answered_within, abandoned, abandoned_within, short, exited, exited_within = (
        tally.count("part", part) for part in PARTS
    )
    return {
        "excluding_short": (answered_within, answered + abandoned - short),
        "answered_only": (answered_within, answered),
        "abandons_negative": (answered_within, answered + abandoned),
        "abandons_within_ignored": (answered_within, answered + abandoned - abandoned_within),
        "abandons_positive": (answered_within + abandoned_within, answered + abandoned),
        "removed_within": (
            answered_within + abandoned_within + exited_within,
            answered + abandoned + exited,
        ),
    }[formula]


def _rolled_up(
    tallies: Mapping[Place, Tally], pairs: Sequence[tuple[str, str]], settings: Settings
) -> tuple[dict[tuple[str, str], Tally], dict[str, Tally], Tally]:
    # Rule — "Roll-ups over queues with different T or formula sum each queue's own numerator and
    # denominator."
    by_pair = {pair: Tally(slas=slas_of(pair[1], settings)) for pair in pairs}
    for place, tally in tallies.items():
        by_pair[place.channel, place.queue].add(tally)
    by_channel: dict[str, Tally] = {}
    total = Tally()
    for (channel, _), tally in by_pair.items():
        by_channel.setdefault(channel, Tally()).add(tally)
        total.add(tally)
    return by_pair, by_channel, total


def slas_of(queue: str, settings: Settings) -> set[str]:
    """Return the targets that a queue has a section for, its own or a general one."""
    return {sla for sla in SLAS if settings.target(sla, queue) is not None}


def _metrics_of(tally: Tally, prefix: str, labels: Mapping[str, str]) -> list[Metric]:
    found = [Metric(prefix + name, labels, tally.count(name)) for name in COUNTS]

    def add(name: str, value: float, **more: str) -> None:
        found.append(Metric(prefix + name, {**labels, **more}, value))

    for reason in BLOCKED_REASONS:
        add("blocked", tally.count("blocked", reason), reason=reason)
    for part in PARTS:
        add("service_level_parts", tally.count("part", part), part=part)
    for sla in sorted(tally.slas):
        add("sla_met", tally.count("sla_met", sla), sla=sla)
        add("sla_breached", tally.count("sla_breached", sla), sla=sla)
    # Rule — "blocked / (blocked + requests), calls only"; "`blocked_ratio` goes by topic. All blocked reasons
    # count in it."
    blocked = sum(tally.count("blocked", reason) for reason in BLOCKED_REASONS)
    outcomes = tally.count("answered") + tally.count("abandoned") + tally.count("exited")
    ratios = {
        "blocked_ratio": (blocked, blocked + tally.call_requests),
        # Rule — "abandoned / offered-with-an-outcome (answered + abandoned + exited)"
        "abandonment_ratio": (tally.count("abandoned"), outcomes),
        "service_level_ratio": (tally.hits, tally.eligible),
        "service_level_live_ratio": (tally.live_hits, tally.live_eligible),
        # Rule — "resolved_cases / assigned"
        "resolution_ratio": (tally.count("resolved_cases"), tally.count("assigned")),
    }
    for name, (numerator, denominator) in ratios.items():
        # Rule — "ratios, means and quantiles without a sample are absent"
        if denominator:
            add(name, numerator / denominator)
    for measure in MEASURES:
        values = sorted(tally.samples[measure])
        add("samples", len(values), measure=measure)
        for stat, value in statistics(values).items():
            add(seconds_name(measure), value, stat=stat)
    return found


def seconds_name(measure: str) -> str:
    """Return the name of a duration: `answer_seconds`, `resolution_business_seconds`."""
    return f"{measure}_seconds"


def statistics(values: Sequence[int]) -> dict[str, float]:
    """Return the statistics in seconds of sorted durations in milliseconds; none of nothing."""
    if not values:
        return {}
    found = {"mean": sum(values) / (1000 * len(values)), "max": values[-1] / 1000}
    for stat, percent in QUANTILES.items():
        # The nearest rank is the smallest one that is no less than the share of all.
        rank = -(-percent * len(values) // 100)
        found[stat] = values[rank - 1] / 1000
    return found
