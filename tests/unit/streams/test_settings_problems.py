"""What is said about single values, in the words of the configuration."""

from collections.abc import Mapping

import pytest

from streams.errors import ConfigurationError
from streams.settings import configuration_from_mapping
from streams.settings_models import (
    CalendarSection,
    QueueSection,
    Sections,
    ServiceLevelSection,
    SlaSection,
    SlaSections,
)
from streams.settings_problems import path_of, section_of, without


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"windows": {"lenghts": []}}, "windows.lenghts: unknown key; did you mean `lengths`?"),
        ({"site": {"zzz": 1}}, "site.zzz: unknown key; remove it; known here: name, time_zone, max_queues"),
        (
            {"service_level": {"fax": {}}},
            (
                "service_level.fax: unknown key; "
                "choose one of 'email', 'web', 'social', 'messaging', 'sms', 'phone' or 'chat'"
            ),
        ),
        ({"clock": {"mode": "sun"}}, "clock.mode: 'sun' is not known; choose one of 'wall' or 'event'"),
        ({"queues": [{}]}, 'queues[0].name: is missing; write name = "billing", for example'),
        ({"redis": "x"}, "redis: is no table; write a table: [redis]"),
        (
            {"windows": {"resolution": 10}},
            (
                "windows.resolution: 10 has no unit; "
                'write a number and ms, s, m, h or d in quotes, such as "20s"'
            ),
        ),
        (
            {"queues": [{"name": "a", "channels": "phone"}]},
            'queues[a].channels: is no list; write channels = ["phone", "email"], for example',
        ),
        (
            {"calendars": {"office": {"weekly": {"mon": ["09:00-12:00", "11:00-13:00"]}}}},
            (
                "calendars.office.weekly.mon: the interval from 11:00 begins before the previous one ends; "
                "list the intervals of a day in order, each beginning at or after the end of the one before"
            ),
        ),
        (
            {"site": {"max_queues": 0}},
            "site.max_queues: should be greater than or equal to 1; write max_queues = 500, for example",
        ),
        (
            {"service_level": {"phone": {"target": float("nan")}}},
            "service_level.phone.target: should be a finite number; write target = 0.9, for example",
        ),
    ],
)
def test_problem_says_where_what_and_what_to_do(mapping: Mapping[str, object], said: str) -> None:
    """One line that can be acted on without looking anything up."""
    with pytest.raises(ConfigurationError) as raised:
        configuration_from_mapping(mapping)
    assert str(raised.value) == said


def test_path_names_entries_of_lists() -> None:
    """By name where there is one, else by place."""
    document = {"queues": [{"name": "a"}, {"x": 1}, 5]}
    assert path_of(("queues", 0, "hours"), document) == "queues[a].hours"
    assert path_of(("queues", 1, "hours"), document) == "queues[1].hours"
    assert path_of(("queues", 2), document) == "queues[2]"
    assert path_of((), document) == ""


def test_document_without_places_keeps_everything_else() -> None:
    """Entries of lists go with their places counted before anything went."""
    document = {"a": 1, "b": {"c": [1, 2, 3], "d": 4}, "e": 5}
    assert without(document, {("a",), ("b", "c", 0), ("b", "c", 2), ("b", "d")}) == {"b": {"c": [2]}, "e": 5}


def test_section_of_a_field_is_found_inside_its_type() -> None:
    """Directly, optional, in a list or in a table."""
    found = {name: section_of(field.annotation) for name, field in Sections.model_fields.items()}
    assert found["queues"] is QueueSection
    assert found["calendars"] is CalendarSection
    assert found["service_level"] is ServiceLevelSection
    assert section_of(SlaSections.model_fields["resolution"].annotation) is SlaSection
    assert section_of(str | None) is None
