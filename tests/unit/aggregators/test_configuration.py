"""The resolved configuration."""

from tests.building import configured

QUEUES = {
    "service_level": {"phone": {"threshold": "30s"}},
    "sla": {"resolution": {"normal": "8h"}},
    "queues": [
        {
            "name": "vip",
            "hours": "office",
            "service_level": {"phone": {"target": 0.9}},
            "sla": {"resolution": {"normal": "1h"}},
        }
    ],
    "calendars": {"office": {"weekly": {"mon": ["09:00-17:00"]}}},
}


def test_a_queue_without_settings_shares_those_of_the_site() -> None:
    """T = 30 s everywhere, the target 0.8 but at vip."""
    configuration = configured(QUEUES)
    assert configuration.service_level("other", "phone", "calls").threshold == 30_000
    assert configuration.service_level("vip", "phone", "calls").threshold == 30_000
    assert configuration.service_level("vip", "phone", "calls").target == 0.9
    assert configuration.service_level("other", "phone", "calls").target == 0.8


def test_targets_exist_only_where_a_section_states_them() -> None:
    """There is a resolution target and no response target."""
    configuration = configured(QUEUES)
    vip, other = configuration.sla_target("vip", "resolution"), configuration.sla_target("x", "resolution")
    assert vip is not None
    assert other is not None
    assert (vip.allowed["normal"], other.allowed["normal"]) == (3_600_000, 28_800_000)
    assert configuration.sla_target("vip", "first_response") is None


def test_a_queue_without_hours_has_no_calendar() -> None:
    """It is always open."""
    configuration = configured(QUEUES)
    assert configuration.calendar("vip") is not None
    assert configuration.calendar("other") is None


def test_the_fingerprint_tells_numbers_apart() -> None:
    """Equal settings, equal fingerprint; another threshold, another one."""
    assert configured(QUEUES).fingerprint == configured(QUEUES).fingerprint
    assert configured(QUEUES).fingerprint != configured().fingerprint
