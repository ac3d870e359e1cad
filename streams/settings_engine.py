"""The configuration resolved for the core: every override applied, every default filled in, calendars built.

A service level is looked up key by key, in this order: the queue's section for the stated channel, the
general one for it, the queue's section for the topic's own channel (phone or chat), the general one for that,
the default.
Worked: calls on channel `sms` in a queue with service_level.phone.threshold = "30s", and a general
[service_level.sms] target = 0.9: T = 30 s, S = 5 s, target 0.9, excluding_short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, TypeVar

from msgspec import structs

from aggregators.business_calendar import BusinessCalendar
from aggregators.configuration import (
    SLAS,
    AnnouncingTerms,
    Configuration,
    CustomerOptions,
    CustomerTargets,
    Formula,
    Horizon,
    QueueConfiguration,
    ServiceLevel,
    SlaName,
    SlaTarget,
    fingerprint_of,
)
from aggregators.events import CASE_TOPICS, CHANNELS, DEFAULT_CHANNEL, PRIORITIES, Channel, Priority, Topic
from streams.durations import parse_duration
from streams.settings_checks import holidays_of
from streams.settings_models import (
    DAY,
    HOUR,
    QueueSection,
    Sections,
    SlaSection,
    WindowsSection,
)
from streams.settings_sla_events import SlaEventsSection

CONTACT_TOPICS: Final[tuple[Topic, ...]] = ("calls", "chats")
THRESHOLDS: Final[dict[Topic, int]] = {"calls": 20_000, "chats": 60_000}
SHORT_ABANDON: Final = 5_000
SERVICE_LEVEL_TARGET: Final = 0.80
SLA_TARGET: Final = 0.95
ALLOWED: Final[dict[Priority, int]] = {"low": 24 * HOUR, "normal": 8 * HOUR, "high": 4 * HOUR, "urgent": HOUR}
RETENTION: Final[dict[Topic, int]] = {"tickets": 30 * DAY, "calls": 72 * HOUR, "chats": 72 * HOUR}


def configuration_of(sections: Sections) -> Configuration:
    """Return what the core needs, with its fingerprint. The sections have passed all checks."""
    windows, horizon = sections.windows, sections.windows.horizon
    service_levels, sla_targets = _service_levels(sections), _sla_targets(sections)
    queues = {
        queue.name: QueueConfiguration(queue.name, queue.channels, queue.display_name, queue.hours)
        for queue in sections.queues
    }
    calendars = _calendars(sections)
    resolved = Configuration(
        time_zone=sections.site.time_zone,
        window_lengths={text: None if text == "today" else parse_duration(text) for text in windows.lengths},
        resolution=windows.resolution,
        horizon=Horizon(horizon.default, horizon.surveys, horizon.customers),
        retention=_retention(windows),
        max_open={"calls": windows.max_open.calls, "chats": windows.max_open.chats},
        queues=queues,
        calendars=calendars,
        service_levels=service_levels,
        sla_targets=sla_targets,
        clock=sections.clock.mode,
        max_future_skew=sections.kafka.max_future_skew,
        max_queues=sections.site.max_queues,
        keep_reasons=sections.surveys.keep_reasons,
        customers=CustomerOptions(
            churn=sections.customers.churn,
            returning=sections.customers.returning,
            lifetime_value=sections.customers.lifetime_value,
            margin=sections.customers.margin,
        ),
        customer_targets=CustomerTargets(
            nps=sections.surveys.nps_target,
            csat=sections.surveys.csat_target,
            churn=sections.customers.churn_target,
        ),
        announcing=_announcing(sections.sla_events),
    )
    return structs.replace(resolved, fingerprint=fingerprint_of(described(resolved)))


def _announcing(section: SlaEventsSection) -> AnnouncingTerms | None:
    if not section.enabled:
        return None
    return AnnouncingTerms(at_risk=section.at_risk, patience=section.patience)


def described(configuration: Configuration) -> dict[str, object]:
    """Return what decides the numbers, as plain data with text keys.

    Left out are names for people, what is decided when numbers are read (the clock, how many queues are
    shown), what is announced, and everything about connections: a change there must not make state look
    foreign.
    """
    return {
        "time_zone": configuration.time_zone,
        "window_lengths": configuration.window_lengths,
        "resolution": configuration.resolution,
        "horizon": configuration.horizon,
        "retention": configuration.retention,
        "max_open": configuration.max_open,
        "max_future_skew": configuration.max_future_skew,
        "queues": {name: [queue.channels, queue.hours] for name, queue in configuration.queues.items()},
        "calendars": {name: calendar.describe() for name, calendar in configuration.calendars.items()},
        "service_levels": _listed(configuration.service_levels),
        "sla_targets": _listed(configuration.sla_targets),
    }


Key = TypeVar("Key", bound=tuple[str | None, ...])
Stated = TypeVar("Stated")


def _listed(table: Mapping[Key, object]) -> list[tuple[object, object]]:
    """Return a table as a list in an order of its own: JSON has no keys of several parts."""
    return sorted(table.items(), key=lambda item: repr(item[0]))


def _retention(windows: WindowsSection) -> dict[Topic, int]:
    """Return how long cases are kept: as stated, else the default, and always the horizon and one hour."""
    stated: dict[Topic, int | None] = {
        "tickets": windows.retention.tickets,
        "calls": windows.retention.calls,
        "chats": windows.retention.chats,
    }
    least = windows.horizon.default + HOUR
    kept = {topic: max(stated[topic] or RETENTION[topic], least) for topic in CASE_TOPICS}
    return kept | {
        "agents": max(RETENTION["calls"], least),
        "surveys": windows.horizon.surveys + HOUR,
        "customers": windows.horizon.customers + HOUR,
    }


def _calendars(sections: Sections) -> dict[str, BusinessCalendar]:
    return {
        name: BusinessCalendar(
            calendar.time_zone or sections.site.time_zone, calendar.weekly, holidays_of(calendar)
        )
        for name, calendar in sections.calendars.items()
    }


def _service_levels(
    sections: Sections,
) -> dict[tuple[str | None, Channel, Topic], ServiceLevel]:
    own = [queue for queue in sections.queues if queue.service_level]
    return {
        (None if queue is None else queue.name, channel, topic): _service_level(
            sections, queue, channel, topic
        )
        for queue in (None, *own)
        for topic in CONTACT_TOPICS
        for channel in CHANNELS
    }


def _service_level(
    sections: Sections, queue: QueueSection | None, channel: Channel, topic: Topic
) -> ServiceLevel:
    tables = [sections.service_level] if queue is None else [queue.service_level, sections.service_level]
    layers = [table[name] for name in (channel, DEFAULT_CHANNEL[topic]) for table in tables if name in table]
    return ServiceLevel(
        threshold=_first((layer.threshold for layer in layers), THRESHOLDS[topic]),
        short_abandon=_first((layer.short_abandon for layer in layers), SHORT_ABANDON),
        target=_first((layer.target for layer in layers), SERVICE_LEVEL_TARGET),
        formula=_first((layer.formula for layer in layers), Formula.EXCLUDING_SHORT),
    )


def _sla_targets(sections: Sections) -> dict[tuple[str | None, SlaName], SlaTarget]:
    """Return the targets; a queue has an entry only where it states a section of its own."""
    result: dict[tuple[str | None, SlaName], SlaTarget] = {}
    for sla in SLAS:
        general: SlaSection | None = getattr(sections.sla, sla)
        if general is not None:
            result[None, sla] = _sla_target([general])
        for queue in sections.queues:
            own: SlaSection | None = getattr(queue.sla, sla)
            if own is not None:
                result[queue.name, sla] = _sla_target([own] if general is None else [own, general])
    return result


def _sla_target(layers: list[SlaSection]) -> SlaTarget:
    clocks: Iterator[Literal["calendar", "business"] | None] = (layer.clock for layer in layers)
    return SlaTarget(
        clock=_first(clocks, "calendar"),
        allowed={
            priority: _first((getattr(layer, priority) for layer in layers), ALLOWED[priority])
            for priority in PRIORITIES
        },
        target=_first((layer.target for layer in layers), SLA_TARGET),
    )


def _first(stated: Iterable[Stated | None], default: Stated) -> Stated:
    """Return what the most particular section states, else the default; 0 counts as stated."""
    return next((value for value in stated if value is not None), default)
