"""Read the configuration for the independent recount, with its defaults and overrides.

Guarantee: an unset key has the default that INTERFACE.md prints; "Per-queue settings override the general
ones key by key."
Source: INTERFACE.md *Configuration*, METRICS.md *Edge rules*.
Worked number: general phone threshold 20 s, queue `vip` sets only target 0.9: `vip` has threshold 20 s and
target 0.9.
Cost: every effective section is computed once.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays

from aggregators.recount_calendar import Calendar, Interval
from aggregators.recount_events import PRIORITIES
from aggregators.recount_timeline import DEFAULT_CHANNEL

SLAS = ("first_response", "next_response", "resolution")
FORMULAS = (
    "excluding_short",
    "answered_only",
    "abandons_negative",
    "abandons_within_ignored",
    "abandons_positive",
    "removed_within",
)
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
# Rule — "T (default 20 s calls, 60 s chats), S (default 5 s), target (default 0.80)"
_SERVICE_LEVEL_DEFAULTS: dict[str, dict[str, Any]] = {
    "calls": {"threshold": "20s", "short_abandon": "5s", "target": 0.8, "formula": "excluding_short"},
    "chats": {"threshold": "60s", "short_abandon": "5s", "target": 0.8, "formula": "excluding_short"},
}
_SLA_DEFAULTS = {
    "clock": "calendar",
    "low": "24h",
    "normal": "8h",
    "high": "4h",
    "urgent": "1h",
    "target": 0.95,
}
_MAX_OPEN_DEFAULTS = {"calls": "12h", "chats": "7d"}


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The service level in force for one queue and channel; durations in milliseconds."""

    threshold: int
    short_abandon: int
    target: float
    formula: str


@dataclass(frozen=True, slots=True)
class Target:
    """One target in force for one queue; durations in milliseconds per priority."""

    is_business: bool
    durations: Mapping[str, int]
    share: float


class Options(NamedTuple):
    """Which of the definitions in use the numbers of customers follow, and how many may leave in 30 days."""

    churn: str = "lost"
    returning: str = "ever"
    lifetime_value: str = "profit"
    margin: float = 1.0
    churn_target: float | None = None


@dataclass(slots=True)
class Settings:
    """The parts of the configuration that decide numbers; the caches only save work."""

    general_service_level: Mapping[str, Mapping[str, Any]]
    general_sla: Mapping[str, Mapping[str, Any]]
    queues: Mapping[str, Mapping[str, Any]]
    calendars: Mapping[str, Calendar]
    max_open: Mapping[str, int]
    customers: Options = field(default_factory=Options)
    nps_target: float | None = None
    csat_target: float | None = None
    service_levels: dict[tuple[str, str, str], ServiceLevel] = field(default_factory=dict)
    targets: dict[tuple[str, str], Target | None] = field(default_factory=dict)

    def configured_pairs(self) -> list[tuple[str, str]]:
        """Return the configured pairs of channel and queue."""
        return [
            (channel, name) for name, queue in self.queues.items() for channel in queue.get("channels", ())
        ]

    def calendar(self, queue: str) -> Calendar | None:
        """Return the queue's business hours; None means always open."""
        hours = self.queues.get(queue, {}).get("hours")
        return self.calendars[hours] if hours else None

    def service_level(self, topic: str, channel: str, queue: str) -> ServiceLevel:
        """Return the service level of a contact of `topic` (calls or chats) in a queue and channel."""
        key = (topic, channel, queue)
        if key not in self.service_levels:
            self.service_levels[key] = self._service_level(topic, channel, queue)
        return self.service_levels[key]

    def _service_level(self, topic: str, channel: str, queue: str) -> ServiceLevel:
        # Rule — "T of a chat or message channel: as configured for the stated channel, else for the topic's
        # default."
        own = self.queues.get(queue, {}).get("service_level", {})
        fallback = DEFAULT_CHANNEL[topic]
        sections = (
            own.get(channel, {}),
            self.general_service_level.get(channel, {}),
            own.get(fallback, {}),
            self.general_service_level.get(fallback, {}),
            _SERVICE_LEVEL_DEFAULTS[topic],
        )
        value = {key: next(part[key] for part in sections if key in part) for key in sections[-1]}
        return ServiceLevel(
            milliseconds(value["threshold"]),
            milliseconds(value["short_abandon"]),
            float(value["target"]),
            str(value["formula"]),
        )

    def target(self, sla: str, queue: str) -> Target | None:
        """Return the queue's target, or None where there is neither a general section nor one of its own."""
        key = (sla, queue)
        if key not in self.targets:
            self.targets[key] = self._target(sla, queue)
        return self.targets[key]

    def _target(self, sla: str, queue: str) -> Target | None:
        own = self.queues.get(queue, {}).get("sla", {})
        # Rule — "Without an `[sla.…]` section there is no target and no SLA series."
        if sla not in own and sla not in self.general_sla:
            return None
        value = {**_SLA_DEFAULTS, **self.general_sla.get(sla, {}), **own.get(sla, {})}
        durations = {priority: milliseconds(value[priority]) for priority in PRIORITIES}
        return Target(value["clock"] == "business", durations, float(value["target"]))


def read_settings(configuration: Mapping[str, Any]) -> Settings:
    """Read the configuration, a nested mapping as in INTERFACE.md.

    Raises ValueError for a duration, an hour or a formula that cannot be read.
    """
    site_zone = configuration.get("site", {}).get("time_zone", "UTC")
    max_open = _MAX_OPEN_DEFAULTS | dict(configuration.get("windows", {}).get("max_open", {}))
    calendars = configuration.get("calendars", {})
    settings = Settings(
        general_service_level=configuration.get("service_level", {}),
        general_sla=configuration.get("sla", {}),
        queues={queue["name"]: queue for queue in configuration.get("queues", ())},
        calendars={name: read_calendar(section, site_zone) for name, section in calendars.items()},
        max_open={topic: milliseconds(duration) for topic, duration in max_open.items()},
        customers=Options(**configuration.get("customers", {})),
        nps_target=configuration.get("surveys", {}).get("nps_target"),
        csat_target=configuration.get("surveys", {}).get("csat_target"),
    )
    sections = [*settings.general_service_level.values()]
    for queue in settings.queues.values():
        sections += queue.get("service_level", {}).values()
    for name, queue in settings.queues.items():
        if queue.get("hours") and queue["hours"] not in settings.calendars:
            raise ValueError(f"queue {name!r} has hours of an unknown calendar: {queue['hours']!r}")
    unknown = {section["formula"] for section in sections if "formula" in section} - set(FORMULAS)
    if unknown:
        raise ValueError(f"unknown service level formula: {sorted(unknown)}")
    return settings


def read_calendar(section: Mapping[str, Any], site_zone: str) -> Calendar:
    """Read one calendar; without its own time zone it follows the site's."""
    closed: list[Container[date]] = [{date.fromisoformat(str(day)) for day in section.get("holidays", ())}]
    if section.get("country"):
        closed.append(
            holidays.country_holidays(section["country"], subdiv=section.get("subdivision") or None)
        )
    weekly = {day: [_hours(text) for text in hours] for day, hours in section.get("weekly", {}).items()}
    return Calendar(ZoneInfo(section.get("time_zone", site_zone)), weekly, closed)


def milliseconds(duration: str | float) -> int:
    """Return the milliseconds of a duration like "20s", "1h30m", "1.5h" or a number of seconds."""
    if isinstance(duration, int | float):
        return round(duration * 1000)
    part = r"\s*(\d+(?:\.\d+)?)\s*(ms|[smhd])\s*"
    if not re.fullmatch(rf"(?:{part})+", duration):
        raise ValueError(f"not a duration: {duration!r}")
    return int(sum(Decimal(amount) * _UNITS[unit] for amount, unit in re.findall(part, duration)))


def _hours(text: str) -> Interval:
    match = re.fullmatch(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)", text.strip())
    if match is None:
        raise ValueError(f"not opening hours: {text!r}")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if not start < end <= 24 * 60:
        raise ValueError(f"opening hours must end after they start, at 24:00 at the latest: {text!r}")
    return start, end
