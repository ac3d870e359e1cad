"""The support centre of a run: its topics, its configuration, and where its broker is.

Guarantee: the horizon of 30 hours is longer than any lateness of `chaos.event_log`, the retention of 31 hours
is shorter than its two days, so cases leave while it runs. The clock is that of the events, which lie years
before the timestamps of their records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aggregators.events import Topic
from chaos.stories import HOUR
from testbed.kafka import KafkaBroker
from testbed.redis import RedisServer
from testbed.support_site import SupportSite

HORIZON = 30 * HOUR
RETENTION = 31 * HOUR
TOPICS: tuple[Topic, ...] = ("tickets", "calls", "chats")
IDLE: tuple[Topic, ...] = ("agents", "surveys", "customers")
CONFIGURATION: Mapping[str, Any] = {
    "site": {"time_zone": "UTC"},
    "clock": {"mode": "event"},
    "windows": {
        "lengths": ["5m", "15m", "1h", "2h", "today"],
        "horizon": "30h",
        "retention": {"tickets": "31h", "calls": "31h", "chats": "31h"},
        "max_open": {"calls": "3h", "chats": "6h"},
    },
    "service_level": {"phone": {"threshold": "20s"}, "chat": {"threshold": "45s"}},
    "sla": {
        "first_response": {"clock": "business", "normal": "2h", "urgent": "20m", "high": "1h", "low": "6h"},
        "next_response": {"normal": "4h"},
        "resolution": {"clock": "calendar", "normal": "6h", "urgent": "2h"},
    },
    "queues": [
        {"name": "service", "channels": ["phone", "email"], "hours": "office"},
        {
            "name": "tech",
            "channels": ["phone"],
            "service_level": {"phone": {"threshold": "30s", "formula": "removed_within"}},
            "sla": {"first_response": {"normal": "1h"}},
        },
    ],
    "calendars": {
        "office": {
            "time_zone": "Europe/Berlin",
            "weekly": {day: ["08:00-12:00", "12:30-18:00"] for day in ("mon", "tue", "wed")},
        }
    },
}


@dataclass(frozen=True, slots=True)
class Servers:
    """What a run has for itself; the workers publish to Redis where there is one."""

    broker: KafkaBroker
    redis: RedisServer | None = None


def new_site(servers: Servers, name: str, directory: Path, *, partitions: int) -> SupportSite:
    """Create the topics of a run; those without events have one partition each."""
    redis = {} if servers.redis is None else {"redis": {"url": servers.redis.url}}
    site = SupportSite(
        servers.broker.bootstrap,
        name,
        directory,
        partitions=partitions,
        configuration={**CONFIGURATION, **redis},
    )
    idle = {"num_partitions": 1, "replication_factor": 1}
    with site.admin() as admin:
        admin.create_topics({site.topics[topic]: idle for topic in IDLE})
    site.create_topics()
    return site
