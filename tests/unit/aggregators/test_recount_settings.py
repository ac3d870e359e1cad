"""How the recount reads the configuration: defaults, overrides, refusals."""

import pytest

from aggregators.recount_settings import milliseconds, read_settings


def test_without_a_section_there_is_no_target() -> None:
    """A section of the queue is enough, and what it leaves out has the printed defaults."""
    settings = read_settings({"queues": [{"name": "q", "sla": {"resolution": {"high": "90m"}}}]})
    assert settings.target("resolution", "z") is None
    target = settings.target("resolution", "q")
    assert target is not None
    assert (target.is_business, target.share) == (False, 0.95)
    assert target.durations == {
        "low": 86_400_000,
        "normal": 28_800_000,
        "high": 5_400_000,
        "urgent": 3_600_000,
    }


def test_defaults_hold_without_any_configuration() -> None:
    """20 s for calls, 60 s for chats, 12 h and 7 d until a lost case is stale, always open."""
    settings = read_settings({})
    thresholds = [settings.service_level(topic, "web", "q").threshold for topic in ("calls", "chats")]
    assert thresholds == [20_000, 60_000]
    assert settings.max_open == {"calls": 43_200_000, "chats": 604_800_000}
    assert settings.calendar("q") is None
    assert settings.configured_pairs() == []


def test_a_queue_overrides_the_service_level_key_by_key() -> None:
    """The stated channel of queue and of all, then the default channel of queue and of all, then built in."""
    settings = read_settings(
        {
            "service_level": {"messaging": {"target": 0.7}, "chat": {"threshold": "90s", "target": 0.6}},
            "queues": [{"name": "q", "service_level": {"chat": {"target": 0.5, "short_abandon": "3s"}}}],
        }
    )
    level = settings.service_level("chats", "messaging", "q")
    assert (level.threshold, level.short_abandon, level.target, level.formula) == (
        90_000,
        3000,
        0.7,
        "excluding_short",
    )
    assert settings.service_level("chats", "web", "q").target == 0.5
    assert settings.service_level("calls", "phone", "q").threshold == 20_000


def test_configurations_that_cannot_be_read_are_refused() -> None:
    """Durations, hours, formulas and names of calendars."""
    assert milliseconds("1h30m") == 5_400_000
    for configuration in (
        {"windows": {"max_open": {"calls": "soon"}}},
        {"calendars": {"c": {"weekly": {"mon": ["17:00-09:00"]}}}},
        {"calendars": {"c": {"weekly": {"mon": ["9-17"]}}}},
        {"service_level": {"phone": {"formula": "best"}}},
        {"queues": [{"name": "q", "hours": "c"}]},
    ):
        with pytest.raises(ValueError, match=r"not|unknown|must"):
            read_settings(configuration)
