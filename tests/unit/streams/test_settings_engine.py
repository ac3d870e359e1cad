"""Overrides key by key, defaults, and the fingerprint."""

from collections.abc import Mapping

import pytest

from aggregators.configuration import Configuration, Formula
from aggregators.events import CHANNELS, Channel, Topic
from streams.settings import configuration_from_mapping

HOUR = 3_600_000
DAY = 24 * HOUR


def engine(mapping: Mapping[str, object]) -> Configuration:
    """Return what the core gets."""
    return configuration_from_mapping(mapping).engine()


def test_defaults_are_those_of_the_contract() -> None:
    """20 s for calls, 60 s for chats, on every channel they may state; no SLA without a section."""
    resolved = engine({})
    for channel in CHANNELS:
        calls = resolved.service_level("any", channel, "calls")
        assert (calls.threshold, calls.short_abandon, calls.target) == (20_000, 5_000, 0.80)
        assert calls.formula is Formula.EXCLUDING_SHORT
        assert resolved.service_level("any", channel, "chats").threshold == 60_000
    assert resolved.sla_targets == {}
    assert resolved.window_lengths == {
        "5m": 300_000,
        "15m": 900_000,
        "30m": 1_800_000,
        "1h": HOUR,
        "today": None,
    }
    assert (resolved.retention["tickets"], resolved.retention["calls"]) == (30 * DAY, 72 * HOUR)
    assert (resolved.max_open["calls"], resolved.max_open["chats"]) == (12 * HOUR, 7 * DAY)
    assert (resolved.horizon.default, resolved.horizon.surveys) == (48 * HOUR, 100 * DAY)


LAYERS: Mapping[str, object] = {
    "service_level": {
        "sms": {"threshold": "40s", "target": 0.7},
        "phone": {"threshold": "30s", "target": 0.9, "formula": "answered_only"},
    },
    "queues": [
        {
            "name": "vip",
            "service_level": {"sms": {"threshold": "10s"}, "phone": {"short_abandon": "0s", "target": 0.99}},
        },
        {"name": "plain"},
    ],
}


@pytest.mark.parametrize(
    ("queue", "channel", "topic", "expected"),
    [
        # The queue's sms, the general sms, the queue's phone, the general phone.
        ("vip", "sms", "calls", (10_000, 0, 0.7, "answered_only")),
        ("vip", "phone", "calls", (30_000, 0, 0.99, "answered_only")),
        ("vip", "web", "calls", (30_000, 0, 0.99, "answered_only")),
        # Chats fall back to `chat`, of which there is no section, and then to the contract.
        ("vip", "sms", "chats", (10_000, 5_000, 0.7, "excluding_short")),
        ("vip", "chat", "chats", (60_000, 5_000, 0.80, "excluding_short")),
        ("plain", "sms", "calls", (40_000, 5_000, 0.7, "answered_only")),
        ("unknown", "phone", "calls", (30_000, 5_000, 0.9, "answered_only")),
    ],
)
def test_service_level_is_found_key_by_key(
    queue: str, channel: Channel, topic: Topic, expected: tuple[int, int, float, str]
) -> None:
    """Zero seconds count as stated."""
    level = engine(LAYERS).service_level(queue, channel, topic)
    assert (level.threshold, level.short_abandon, level.target, level.formula.value) == expected


def test_only_queues_with_sections_of_their_own_have_entries() -> None:
    """The core shares the site's settings among all others."""
    keys = engine(LAYERS).service_levels
    assert {queue for queue, _, _ in keys} == {None, "vip"}
    assert len(keys) == 2 * 2 * len(CHANNELS)


def test_sla_section_fills_what_it_does_not_state() -> None:
    """24 h, 8 h, 4 h, 1 h, 95 %, by the calendar."""
    resolved = engine({"sla": {"resolution": {"normal": "5d"}}})
    target = resolved.sla_target("any", "resolution")
    assert target is not None
    assert target.allowed == {"low": 24 * HOUR, "normal": 5 * DAY, "high": 4 * HOUR, "urgent": HOUR}
    assert (target.clock, target.target) == ("calendar", 0.95)
    assert resolved.sla_target("any", "first_response") is None


def test_queue_overrides_sla_key_by_key_and_may_have_its_own() -> None:
    """`first_response` is overridden in one key, `next_response` exists for this queue alone."""
    resolved = engine(
        {
            "sla": {"first_response": {"clock": "business", "high": "2h", "target": 0.9}},
            "queues": [{"name": "vip", "sla": {"first_response": {"urgent": "10m"}, "next_response": {}}}],
        }
    )
    target = resolved.sla_target("vip", "first_response")
    assert target is not None
    assert target.allowed == {"low": 24 * HOUR, "normal": 8 * HOUR, "high": 2 * HOUR, "urgent": HOUR // 6}
    assert (target.clock, target.target) == ("business", 0.9)
    assert resolved.sla_target("vip", "next_response") is not None
    assert resolved.sla_target("other", "next_response") is None


def test_one_horizon_is_that_of_everything_and_retention_follows() -> None:
    """400 days and one hour are kept of every topic."""
    resolved = engine({"windows": {"horizon": "400d", "retention": {"tickets": "400d", "chats": "500d"}}})
    assert (resolved.horizon.default, resolved.horizon.surveys, resolved.horizon.customers) == (
        400 * DAY,
    ) * 3
    assert resolved.retention == {
        "tickets": 400 * DAY + HOUR,
        "calls": 400 * DAY + HOUR,
        "chats": 500 * DAY,
        "agents": 400 * DAY + HOUR,
        "surveys": 400 * DAY + HOUR,
        "customers": 400 * DAY + HOUR,
    }


def test_calendar_has_the_site_zone_and_the_holidays_of_its_country() -> None:
    """Women's Day is a holiday in Berlin and not in Bavaria; the extra date is closed in both."""
    resolved = engine(
        {
            "site": {"time_zone": "Europe/Berlin"},
            "calendars": {
                name: {
                    "weekly": {"mon": ["09:00-17:00"], "thu": ["09:00-17:00"]},
                    "country": "DE",
                    "subdivision": name,
                    "holidays": ["2027-03-15"],
                }
                for name in ("BE", "BY")
            },
            "queues": [{"name": "q", "hours": "BE"}],
        }
    )
    monday, week = 1_804_460_400_000, 7 * DAY  # 2027-03-08T00:00+01:00, Women's Day; one working Thursday
    berlin, bavaria = resolved.calendars["BE"], resolved.calendars["BY"]
    assert resolved.calendar("q") is berlin
    assert berlin.elapsed(monday, monday + week) == 8 * HOUR
    assert bavaria.elapsed(monday, monday + week) == 16 * HOUR
    assert bavaria.elapsed(monday + week, monday + week + DAY) == 0


BASE: Mapping[str, object] = {
    "queues": [{"name": "a", "hours": "c"}],
    "calendars": {"c": {"weekly": {"mon": ["09:00-10:00"]}}},
}


@pytest.mark.parametrize(
    "change",
    [
        {"site": {"time_zone": "Asia/Tokyo"}},
        {"windows": {"lengths": ["5m"]}},
        {"windows": {"resolution": "5s"}},
        {"windows": {"horizon": "49h"}},
        {"windows": {"retention": {"calls": "90h"}}},
        {"windows": {"max_open": {"calls": "90h"}}},
        {"kafka": {"max_future_skew": "1m"}},
        {"service_level": {"phone": {"threshold": "21s"}}},
        {"sla": {"first_response": {}}},
        {"queues": [{"name": "a"}]},
        {"queues": [{"name": "a", "hours": "c", "channels": ["sms"]}]},
        {"queues": [{"name": "a", "hours": "c", "service_level": {"phone": {"target": 0.5}}}]},
        {"calendars": {"c": {"weekly": {"mon": ["09:00-10:01"]}}}},
        {"calendars": {"c": {"weekly": {"mon": ["09:00-10:00"]}, "holidays": ["2026-01-05"]}}},
    ],
)
def test_fingerprint_changes_with_what_decides_the_numbers(change: Mapping[str, object]) -> None:
    """State folded under the old configuration must not pass for the new one's."""
    assert engine({**BASE, **change}).fingerprint != engine(BASE).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"site": {"name": "Berlin", "max_queues": 9}},
        {"http": {"port": 1}},
        {"kafka": {"bootstrap": "kafka:1", "group": "g"}},
        {"redis": {"url": "redis://r"}},
        {"clock": {"mode": "event"}},
        {"queues": [{"name": "a", "hours": "c", "display_name": "A"}]},
        {"service_level": {"phone": {"short_abandon": "5s"}}},
        {"windows": {"retention": {"calls": "72h"}}},
    ],
)
def test_fingerprint_stays_with_what_does_not(change: Mapping[str, object]) -> None:
    """Names, addresses and stated defaults do not make state look foreign."""
    assert engine({**BASE, **change}).fingerprint == engine(BASE).fingerprint


def test_fingerprint_is_short_hexadecimal_and_stable() -> None:
    """Sixteen digits, the same in every process."""
    fingerprint = engine(BASE).fingerprint
    assert len(fingerprint) == 16
    assert int(fingerprint, 16) >= 0
    assert fingerprint == engine(BASE).fingerprint
