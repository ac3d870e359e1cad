"""The section `[sla_events]`."""

import pytest

from aggregators.configuration import AnnouncingTerms
from streams.errors import ConfigurationError
from streams.settings import configuration_from_mapping

TARGETS = {"resolution": {"normal": "8h"}}


def test_nothing_is_announced_unless_it_is_enabled() -> None:
    """An update changes nothing by itself."""
    assert configuration_from_mapping({}).engine().announcing is None
    settings = configuration_from_mapping({"sla": TARGETS, "sla_events": {"enabled": True}})
    assert settings.engine().announcing == AnnouncingTerms(at_risk=900_000, patience=10_000)
    assert settings.notices() == []


def test_it_decides_no_number() -> None:
    """State is not foreign because others are told of it."""
    with_it = configuration_from_mapping({"sla": TARGETS, "sla_events": {"enabled": True}})
    without = configuration_from_mapping({"sla": TARGETS})
    assert with_it.engine().fingerprint == without.engine().fingerprint


def test_without_a_target_there_is_nothing_to_announce() -> None:
    """Allowed, and yet it may surprise; a queue's own target is one."""
    (notice,) = configuration_from_mapping({"sla_events": {"enabled": True}}).notices()
    assert notice.startswith("sla_events.enabled: no section of [sla]")
    queues = [{"name": "mail", "sla": TARGETS}]
    assert configuration_from_mapping({"sla_events": {"enabled": True}, "queues": queues}).notices() == []


def test_its_topic_is_its_own() -> None:
    """Announcements among events of tickets would be refused as such."""
    topics = {"sla_events": "support.tickets"}
    with pytest.raises(ConfigurationError, match="another topic's name"):
        configuration_from_mapping({"kafka": {"topics": topics}})
