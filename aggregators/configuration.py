"""What the core needs to know about a site: durations in milliseconds, everything resolved, nothing read.

`streams.settings` builds this from TOML and environment and lists every problem; here is only the result.
Two cores with equal configuration give equal numbers: `fingerprint` is what state is stamped with.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal

from msgspec import Struct, json

from aggregators.business_calendar import BusinessCalendar
from aggregators.events import Channel, Priority, Topic


class Formula(StrEnum):
    """The six ways the field computes a service level; METRICS.md gives each value."""

    EXCLUDING_SHORT = "excluding_short"
    ANSWERED_ONLY = "answered_only"
    ABANDONS_NEGATIVE = "abandons_negative"
    ABANDONS_WITHIN_IGNORED = "abandons_within_ignored"
    ABANDONS_POSITIVE = "abandons_positive"
    REMOVED_WITHIN = "removed_within"


SlaName = Literal["first_response", "next_response", "resolution"]
SLAS: Final[tuple[SlaName, ...]] = ("first_response", "next_response", "resolution")


class ServiceLevel(Struct, frozen=True):
    """The service level of one queue and channel; threshold T and short_abandon S in milliseconds."""

    threshold: int
    short_abandon: int
    target: float
    formula: Formula


class SlaTarget(Struct, frozen=True):
    """One target of tickets: the time allowed per priority in milliseconds, on which clock."""

    clock: Literal["calendar", "business"]
    allowed: dict[Priority, int]
    target: float


class QueueConfiguration(Struct, frozen=True):
    """One configured queue; `hours` names a calendar, None is always open."""

    name: str
    channels: tuple[Channel, ...] = ()
    display_name: str | None = None
    hours: str | None = None


class Horizon(Struct, frozen=True):
    """How far back numbers are exact, in milliseconds."""

    default: int
    surveys: int
    customers: int


class CustomerOptions(Struct, frozen=True):
    """Which of the definitions in use the numbers of customers follow; docs/metrics.md names who uses which.

    margin: the share of revenue that is profit.
    """

    churn: Literal["lost", "cohort", "netted"] = "lost"
    returning: Literal["ever", "within"] = "ever"
    lifetime_value: Literal["profit", "revenue"] = "profit"
    margin: float = 1.0


class CustomerTargets(Struct, frozen=True):
    """What surveys and customers should reach; None where nothing is set.

    nps: −100 to 100; csat: least share of satisfied customers; churn: largest share that may leave in 30
    days.
    """

    nps: float | None = None
    csat: float | None = None
    churn: float | None = None


class AnnouncingTerms(Struct, frozen=True):
    """How SLA targets are announced, in milliseconds.

    at_risk: how long before its deadline a target is at risk; patience: how long after it a breach is
    announced that only time tells.
    """

    at_risk: int
    patience: int


class Configuration(Struct, frozen=True):
    """A site, resolved.

    window_lengths: label → milliseconds, `None` for `today`; retention, max_open: topic → milliseconds.
    service_levels and sla_targets are reached through `service_level` and `sla_target`, which know the
    overrides. keep_reasons: whether answers to surveys keep what was said in words.
    customers, customer_targets: decided when numbers are read. announcing: None where outcomes of SLA
    targets are not announced.
    """

    time_zone: str
    window_lengths: dict[str, int | None]
    resolution: int
    horizon: Horizon
    retention: dict[Topic, int]
    max_open: dict[Topic, int]
    queues: dict[str, QueueConfiguration]
    calendars: dict[str, BusinessCalendar]
    service_levels: dict[tuple[str | None, Channel, Topic], ServiceLevel]
    sla_targets: dict[tuple[str | None, SlaName], SlaTarget]
    clock: Literal["wall", "event"] = "wall"
    max_future_skew: int = 300_000
    max_queues: int = 200
    keep_reasons: bool = False
    customers: CustomerOptions = CustomerOptions()
    customer_targets: CustomerTargets = CustomerTargets()
    announcing: AnnouncingTerms | None = None
    fingerprint: str = ""

    def service_level(self, queue: str, channel: Channel, topic: Topic) -> ServiceLevel:
        """Return the settings of a queue and channel for contacts of a topic (calls or chats).

        A queue without settings of its own shares those of the site, key (None, channel, topic).
        """
        found = self.service_levels.get((queue, channel, topic))
        return found if found is not None else self.service_levels[(None, channel, topic)]

    def sla_target(self, queue: str, sla: SlaName) -> SlaTarget | None:
        """Return the target of a queue, or None where no section states one: then there is no SLA series."""
        found = self.sla_targets.get((queue, sla))
        return found if found is not None else self.sla_targets.get((None, sla))

    def calendar(self, queue: str) -> BusinessCalendar | None:
        """Return the business calendar of a queue, or None for one that is always open."""
        configured = self.queues.get(queue)
        return None if configured is None or configured.hours is None else self.calendars[configured.hours]


def fingerprint_of(described: object) -> str:
    """Return 16 hexadecimal digits that differ for configurations that differ: SHA-256 of canonical JSON."""
    return sha256(json.encode(described, order="deterministic")).hexdigest()[:16]
