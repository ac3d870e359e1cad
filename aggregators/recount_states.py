"""Count the gauges of the state at one moment, for the independent recount.

Guarantee: "A state at T is derived from the events with time ≤ T, deletions and retractions included".
Source: METRICS.md *State now*, *Edge rules: States, Deadlines*.
Worked number: two customers waiting since 9:00 and 9:50, asked at 10:00: one case in `1h_4h`, one in
`lt_1h`, longest wait 3,600 s.
Cost: one look at every case; only those with events after T are walked again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregators.recount_calendar import NEVER
from aggregators.recount_contacts import contact_snapshot
from aggregators.recount_events import AGENT_STATES, PRIORITIES
from aggregators.recount_facts import Place, Snapshot
from aggregators.recount_settings import SLAS, Settings
from aggregators.recount_tickets import ticket_snapshot
from aggregators.recount_timeline import Case, Timeline
from aggregators.recount_windows import Metric

STATES = ("awaiting_reply", "in_progress", "awaiting_customer", "on_hold")
HOUR = 3_600_000
# Rule — "Backlog classes include their lower bound."
AGES = {
    "lt_1h": 0,
    "1h_4h": HOUR,
    "4h_24h": 4 * HOUR,
    "1d_3d": 24 * HOUR,
    "3d_7d": 72 * HOUR,
    "gt_7d": 168 * HOUR,
}
HORIZONS = {"15m": 15 * 60_000, "60m": 60 * 60_000}


@dataclass(slots=True)
class Watch:
    """A case and its last snapshot, which holds from its last event on; it only saves work."""

    case: Case
    final: Snapshot | None = None

    def at(self, moment: int, settings: Settings) -> Snapshot | None:
        """Return the snapshot at a moment, or None when nothing had arrived by then."""
        if moment < self.case.first_moment:
            return None
        if moment < self.case.last_moment:
            return snapshot_of(self.case.timeline_until(moment), settings)
        if self.final is None:
            self.final = snapshot_of(self.case.timeline(), settings)
        return self.final


def snapshot_of(timeline: Timeline, settings: Settings) -> Snapshot | None:
    """Return the state a timeline ends in, or None where everything was retracted."""
    if not timeline.events:
        return None
    if timeline.topic == "tickets":
        return ticket_snapshot(timeline, settings)
    if timeline.topic == "agents":
        last = timeline.events[-1]
        return Snapshot(Place("agents", "", ""), last.text("state"), last_moment=last.time)
    return contact_snapshot(timeline)


def state_metrics(watches: Iterable[Watch], moment: int, settings: Settings) -> list[Metric]:
    """Return all gauges at a moment in milliseconds."""
    found = [snapshot for watch in watches if (snapshot := watch.at(moment, settings)) is not None]
    return snapshot_metrics(found, moment, settings)


def snapshot_metrics(found: Sequence[Snapshot], moment: int, settings: Settings) -> list[Metric]:
    """Return all gauges from the snapshots of all cases at a moment in milliseconds."""
    agents = Counter(snapshot.state for snapshot in found if snapshot.place.topic == "agents")
    cases = [snapshot for snapshot in found if snapshot.place.topic != "agents"]
    places = {place for snapshot in cases for place in snapshot.places}
    pairs = sorted({(place.channel, place.queue) for place in places} | set(settings.configured_pairs()))
    stale = [snapshot for snapshot in cases if is_stale(snapshot, moment, settings)]
    gone = {id(snapshot) for snapshot in stale}
    by_pair: defaultdict[tuple[str, str], list[Snapshot]] = defaultdict(list)
    for snapshot in cases:
        if snapshot.state is not None and id(snapshot) not in gone:
            by_pair[snapshot.place.channel, snapshot.place.queue].append(snapshot)
    metrics = []
    for pair in pairs:
        metrics += _open_metrics(pair, by_pair[pair], moment)
        metrics += _sla_metrics(pair, by_pair[pair], moment, settings)
        metrics += _configuration_metrics(pair, places, settings)
    for channel in sorted({channel for channel, _ in pairs}):
        count = sum(snapshot.place.channel == channel for snapshot in stale)
        metrics.append(Metric("support_stale_cases", {"channel": channel}, count))
    metrics += [Metric("support_agents", {"state": state}, agents[state]) for state in AGENT_STATES]
    metrics += _site_targets(settings)
    for queue in sorted({queue for _, queue in pairs} | set(settings.queues)):
        # Rule — "1 inside the queue's business hours, else 0"; "A queue without `hours` is always open."
        calendar = settings.calendar(queue)
        is_open = calendar is None or calendar.is_open(moment)
        metrics.append(Metric("support_queue_open", {"queue": queue}, int(is_open)))
    return metrics


def is_stale(snapshot: Snapshot, moment: int, settings: Settings) -> bool:
    """Tell whether an open call or chat has had no event for longer than `max_open`."""
    limit = settings.max_open.get(snapshot.place.topic)
    return limit is not None and snapshot.state is not None and moment - snapshot.last_moment > limit


def _open_metrics(pair: tuple[str, str], snapshots: Sequence[Snapshot], moment: int) -> list[Metric]:
    labels = {"channel": pair[0], "queue": pair[1]}
    states = Counter(snapshot.state for snapshot in snapshots)
    metrics = [Metric("support_open_cases", {**labels, "state": state}, states[state]) for state in STATES]
    waits = [snapshot.since for snapshot in snapshots if snapshot.since is not None]
    classes = Counter(age_class(moment - since) for since in waits)
    metrics += [Metric("support_backlog_cases", {**labels, "age": age}, classes[age]) for age in AGES]
    # Rule — "age of the oldest `awaiting_reply`; 0 when none"; "when that wait began; absent when none"
    oldest = min(waits, default=moment)
    metrics.append(Metric("support_longest_wait_seconds", labels, (moment - oldest) / 1000))
    if waits:
        metrics.append(Metric("support_longest_wait_since_timestamp_seconds", labels, oldest / 1000))
    return metrics


def age_class(age: int) -> str:
    """Return the class of an age in milliseconds."""
    return [name for name, bound in AGES.items() if bound <= age][-1]


def _sla_metrics(
    pair: tuple[str, str], snapshots: Sequence[Snapshot], moment: int, settings: Settings
) -> list[Metric]:
    labels = {"channel": pair[0], "queue": pair[1]}
    metrics = []
    for sla in SLAS:
        target = settings.target(sla, pair[1])
        if target is None:
            continue
        dues = [due.breach for snapshot in snapshots for due in snapshot.dues if due.sla == sla]
        # Rule — "an unmet target is breached from that instant [of the deadline]"
        ahead = [due for due in dues if moment < due < NEVER]
        breached = sum(due <= moment for due in dues)
        metrics.append(Metric("support_sla_breached_open_cases", {**labels, "sla": sla}, breached))
        for name, horizon in HORIZONS.items():
            # Rule — "A deadline exactly 15 or 60 minutes ahead is at risk." The two counts are cumulative.
            at_risk = sum(due - moment <= horizon for due in ahead)
            metrics.append(
                Metric("support_sla_at_risk_cases", {**labels, "sla": sla, "within": name}, at_risk)
            )
        if ahead:
            earliest = min(ahead) / 1000
            metrics.append(
                Metric("support_sla_next_breach_timestamp_seconds", {**labels, "sla": sla}, earliest)
            )
        for priority in PRIORITIES:
            seconds = target.durations[priority] / 1000
            metrics.append(
                Metric("support_sla_target_seconds", {**labels, "sla": sla, "priority": priority}, seconds)
            )
    return metrics


def _site_targets(settings: Settings) -> list[Metric]:
    targets = {
        "support_nps_target_score": settings.nps_target,
        "support_csat_target_ratio": settings.csat_target,
        "support_churn_target_ratio": settings.customers.churn_target,
    }
    return [Metric(name, {}, target) for name, target in targets.items() if target is not None]


def _configuration_metrics(pair: tuple[str, str], places: set[Place], settings: Settings) -> list[Metric]:
    channel, queue = pair
    labels = {"channel": channel, "queue": queue}
    default = {"phone": "calls", "chat": "chats"}.get(channel, "tickets")
    seen = [topic for topic in ("calls", "chats", "tickets") if Place(topic, channel, queue) in places]
    topic = next(iter(seen), default)
    if topic in ("calls", "chats"):
        level = settings.service_level(topic, channel, queue)
        return [
            Metric("support_service_level_target_ratio", labels, level.target),
            Metric("support_service_level_threshold_seconds", labels, level.threshold / 1000),
        ]
    # A ticket's threshold depends on its priority and is given as `support_sla_target_seconds`.
    target = settings.target("first_response", queue)
    return [] if target is None else [Metric("support_service_level_target_ratio", labels, target.share)]
