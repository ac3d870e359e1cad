"""The states table: what is so now, and the configuration as data for alerts and dashboards.

Guarantee: counts of known (channel, queue) pairs are 0 from the start; a moment that does not exist is None.
Worked: now 10:20:10, the oldest wait since 10:20:00: longest_wait 10 s, since 2026-03-02T10:20:00Z as a
timestamp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aggregators.catalogue.metric import StateMetric, StateView, domain_of
from aggregators.configuration import SLAS, Formula, ServiceLevel
from aggregators.events import AGENT_STATES, CASE_TOPICS, DEFAULT_CHANNEL, PRIORITIES, Topic
from aggregators.parts import BACKLOG_CLASSES, CASE_STATES, SlaParts
from aggregators.samples import Value

NO_DEADLINES: Final = SlaParts()
CONTACT_TOPICS: Final[tuple[Topic, ...]] = ("calls", "chats")
FORMULAS: Final = tuple(formula.value for formula in Formula)


def open_cases(view: StateView) -> Sequence[Value | None]:
    """Cases by state."""
    return view.state.open_cases


def backlog(view: StateView) -> Sequence[Value | None]:
    """Waiting cases by age."""
    return view.state.backlog


def longest_wait(view: StateView) -> Sequence[Value | None]:
    """Age of the oldest wait in seconds; 0 when nobody waits."""
    since = view.state.longest_since
    return (0 if since is None else (view.now - since) / 1000,)


def longest_wait_since(view: StateView) -> Sequence[Value | None]:
    """When the oldest wait began."""
    return (_seconds(view.state.longest_since),)


def sla_at_risk(view: StateView) -> Sequence[Value | None]:
    """Deadlines within 15 and within 60 minutes for each of SLAS that has a target."""
    found: list[Value | None] = []
    for parts in _deadlines(view):
        found += (None, None) if parts is None else (parts.within_15m, parts.within_60m)
    return found


def sla_breached_open(view: StateView) -> Sequence[Value | None]:
    """Deadlines passed and not met for each of SLAS that has a target."""
    return [None if parts is None else parts.breached_open for parts in _deadlines(view)]


def sla_next_breach(view: StateView) -> Sequence[Value | None]:
    """The earliest deadline ahead for each of SLAS."""
    return [None if parts is None else _seconds(parts.next_breach) for parts in _deadlines(view)]


def stale_cases(view: StateView) -> Sequence[Value | None]:
    """Calls and chats of the channel that have lost their ending."""
    return (view.moment.stale.get(view.channel, 0),)


def agents(view: StateView) -> Sequence[Value | None]:
    """Agents by state."""
    return [view.moment.agents.get(state, 0) for state in AGENT_STATES]


def queue_open(view: StateView) -> Sequence[Value | None]:
    """1 inside the queue's business hours, else 0; a queue without hours is always open."""
    calendar = view.configuration.calendar(view.queue)
    return (1 if calendar is None or calendar.is_open(view.now) else 0,)


def service_level_target(view: StateView) -> Sequence[Value | None]:
    """The share that should be answered within the threshold, or in time by the first-response target."""
    level = _service_level(view)
    if level is not None:
        return (level.target,)
    target = view.configuration.sla_target(view.queue, "first_response")
    return (None if target is None else target.target,)


def service_level_threshold(view: StateView) -> Sequence[Value | None]:
    """T in seconds; tickets have none, because what they are allowed depends on their priority."""
    level = _service_level(view)
    return (None if level is None else level.threshold / 1000,)


def sla_target(view: StateView) -> Sequence[Value | None]:
    """The time allowed in seconds for each of SLAS and PRIORITIES."""
    found: list[Value | None] = []
    for sla in SLAS:
        target = view.configuration.sla_target(view.queue, sla)
        allowed = {} if target is None else target.allowed
        found += [_seconds(allowed.get(priority)) for priority in PRIORITIES]
    return found


def queue_info(view: StateView) -> Sequence[Value | None]:
    """1 at the formula in force; tickets have no choice of one."""
    level = _service_level(view)
    return [1 if level is not None and candidate == level.formula else None for candidate in FORMULAS]


def nps_target(view: StateView) -> Sequence[Value | None]:
    """The NPS to be reached."""
    return (view.configuration.customer_targets.nps,)


def csat_target(view: StateView) -> Sequence[Value | None]:
    """The share of satisfied customers to be reached."""
    return (view.configuration.customer_targets.csat,)


def churn_target(view: StateView) -> Sequence[Value | None]:
    """The share of customers that may leave within 30 days."""
    return (view.configuration.customer_targets.churn,)


def window_end(view: StateView) -> Sequence[Value | None]:
    """The smallest multiple of the resolution strictly later than now."""
    resolution = view.configuration.resolution
    return ((view.now // resolution + 1) * resolution / 1000,)


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _deadlines(view: StateView) -> list[SlaParts | None]:
    return [
        None
        if view.configuration.sla_target(view.queue, sla) is None
        else view.state.sla.get(sla, NO_DEADLINES)
        for sla in SLAS
    ]


def _service_level(view: StateView) -> ServiceLevel | None:
    """Return what holds for the calls of a series, else for its chats; None where only tickets come.

    Until cases have been seen, a channel is taken for that of the topic whose default it is, else of tickets.
    """
    channel, queue = view.channel, view.queue
    seen = [topic for topic in CASE_TOPICS if (topic, (channel, queue)) in view.moment.served]
    expected = seen or [topic for topic in CASE_TOPICS if DEFAULT_CHANNEL[topic] == channel]
    for topic in CONTACT_TOPICS:
        if topic in expected:
            return view.configuration.service_level(queue, channel, topic)  # type: ignore[arg-type]  # a plain string
    return None


STATE_METRICS: Final = (
    StateMetric(
        name="support_open_cases",
        unit="cases",
        help="How many cases are not solved yet, by what they are waiting for.",
        definition="Cases not solved or closed. States are disjoint: awaiting_reply means a customer is "
        "waiting for us now; the sum over states is what the industry calls open (unsolved).",
        scope="series",
        own_labels=("state",),
        domain=domain_of(CASE_STATES),
        values=open_cases,
        formula="count",
        term="Offene Fälle",
    ),
    StateMetric(
        name="support_backlog_cases",
        unit="cases",
        help="How many customers are waiting for a reply, by how long they have waited.",
        definition="Cases in awaiting_reply by the age of this wait; exclusive classes that include their "
        "lower bound.",
        scope="series",
        own_labels=("age",),
        domain=domain_of([label for label, _ in BACKLOG_CLASSES]),
        values=backlog,
        formula="count",
        term="Ticket-Rückstau",
    ),
    StateMetric(
        name="support_longest_wait_seconds",
        unit="seconds",
        help="How long the customer who waits longest has been waiting.",
        definition="Age of the oldest wait in awaiting_reply; 0 when nobody waits.",
        scope="series",
        values=longest_wait,
        formula="now − since",
    ),
    StateMetric(
        name="support_longest_wait_since_timestamp_seconds",
        unit="seconds",
        help="Since when the customer who waits longest has been waiting.",
        definition="When the oldest wait in awaiting_reply began; absent when nobody waits.",
        scope="series",
        values=longest_wait_since,
    ),
    StateMetric(
        name="support_sla_at_risk_cases",
        unit="cases",
        help="How many promises will be broken within the next 15 or 60 minutes unless somebody acts.",
        definition="Cases whose deadline falls in the next 15 or 60 minutes (cumulative, both ends "
        "included) and is not met yet; business hours and pauses are in the deadline. Only where"
        " a target is set.",
        scope="series",
        own_labels=("sla", "within"),
        domain=domain_of(SLAS, ("15m", "60m")),
        values=sla_at_risk,
        formula="count",
    ),
    StateMetric(
        name="support_sla_breached_open_cases",
        unit="cases",
        help="How many open cases are already too late.",
        definition="Cases whose deadline has passed and whose target is not met yet.",
        scope="series",
        own_labels=("sla",),
        domain=domain_of(SLAS),
        values=sla_breached_open,
        formula="count",
    ),
    StateMetric(
        name="support_sla_next_breach_timestamp_seconds",
        unit="seconds",
        help="When the next promise will be broken unless somebody acts.",
        definition="The earliest deadline still ahead; absent when there is none.",
        scope="series",
        own_labels=("sla",),
        domain=domain_of(SLAS),
        values=sla_next_breach,
    ),
    StateMetric(
        name="support_stale_cases",
        unit="cases",
        help="How many calls and chats seem to have lost their ending.",
        definition="Calls and chats without any event for longer than max_open; they are out of the states "
        "and the live ratio until their next event.",
        scope="channel",
        values=stale_cases,
        formula="count",
    ),
    StateMetric(
        name="support_agents",
        unit="agents",
        help="How many agents are in each state.",
        definition="Agents by the last state they reported; states are exclusive.",
        scope="site",
        own_labels=("state",),
        domain=domain_of(AGENT_STATES),
        values=agents,
        formula="count",
    ),
    StateMetric(
        name="support_queue_open",
        unit="boolean",
        help="Whether the queue is within its business hours.",
        definition="1 inside the hours of the queue's calendar, else 0; a queue without hours is always "
        "open.",
        scope="queue",
        values=queue_open,
    ),
    StateMetric(
        name="support_service_level_target_ratio",
        unit="ratio",
        help="The service level that the queue should reach.",
        definition="Configuration: of calls, else of chats seen in the queue; where only tickets come, the "
        "target of first responses, absent without one.",
        scope="series",
        values=service_level_target,
    ),
    StateMetric(
        name="support_service_level_threshold_seconds",
        unit="seconds",
        help="Within how many seconds a contact should be answered.",
        definition="Configuration: the threshold T of the service level; absent where only tickets come.",
        scope="series",
        values=service_level_threshold,
    ),
    StateMetric(
        name="support_sla_target_seconds",
        unit="seconds",
        help="How much time a promise allows, by priority.",
        definition="Configuration: the targets of tickets; absent where no target is set.",
        scope="series",
        own_labels=("sla", "priority"),
        domain=domain_of(SLAS, PRIORITIES),
        values=sla_target,
    ),
    StateMetric(
        name="support_queue_info",
        unit="boolean",
        help="Which service-level formula the queue uses.",
        definition="1 with the formula in force as a label; absent where only tickets come.",
        scope="series",
        own_labels=("formula",),
        domain=domain_of(FORMULAS),
        values=queue_info,
    ),
    StateMetric(
        name="support_nps_target_score",
        unit="points",
        help="The net promoter score that is to be reached.",
        definition="Configuration: `[surveys] nps_target`; absent where no target is set.",
        scope="site",
        values=nps_target,
    ),
    StateMetric(
        name="support_csat_target_ratio",
        unit="ratio",
        help="The share of customers who should be satisfied.",
        definition="Configuration: `[surveys] csat_target`; absent where no target is set.",
        scope="site",
        values=csat_target,
    ),
    StateMetric(
        name="support_churn_target_ratio",
        unit="ratio",
        help="The share of customers that may leave within 30 days.",
        definition="Configuration: `[customers] churn_target`; absent where no target is set.",
        scope="site",
        values=churn_target,
    ),
    StateMetric(
        name="support_window_end_timestamp_seconds",
        unit="seconds",
        help="The moment at which all windows of this scrape end.",
        definition="The smallest multiple of the resolution strictly later than now.",
        scope="site",
        values=window_end,
        formula="(⌊now / resolution⌋ + 1) · resolution",
    ),
)
"""Every gauge of the state now; the order is that of docs/metrics.md."""
