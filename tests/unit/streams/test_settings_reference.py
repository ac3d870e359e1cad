"""The page docs/configuration.md is the models' own list of keys."""

import re
from pathlib import Path

from streams.durations import parse_duration
from streams.settings_engine import ALLOWED, RETENTION, SHORT_ABANDON, SLA_TARGET, THRESHOLDS
from streams.settings_models import RetentionSection, ServiceLevelSection, SlaSection
from streams.settings_problems import section_of
from streams.settings_reference import reference, sections_with_paths
from streams.settings_section import Section

PAGE = Path(__file__).resolve().parents[3] / "docs" / "configuration.md"


def keys_of(section: type[Section]) -> set[str]:
    """Return the keys that hold values, not sections."""
    return {name for name, field in section.model_fields.items() if section_of(field.annotation) is None}


def test_page_is_what_the_models_say() -> None:
    """Write it anew with `supportpulse generate`."""
    assert PAGE.read_text(encoding="utf-8") == reference()


def test_page_lists_exactly_the_keys_that_are_read() -> None:
    """Read back from the page: each header has the keys of its section, no fewer and no more."""
    listed = {}
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        header, _, body = part.partition("\n")
        for path in re.findall(r"`(\[.+?\])`", header):
            listed[path] = set(re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE))
    expected = {
        path: keys_of(section)
        for section, paths in sections_with_paths().items()
        for path in paths
        if keys_of(section)
    }
    assert listed == expected
    assert {"[site]", "[[queues]]", "[calendars.NAME]", "[queues.sla.resolution]"} <= set(listed)


def test_every_key_has_a_meaning_and_an_example_that_is_right() -> None:
    """An example that its own section refuses would mislead."""
    for section in sections_with_paths():
        for name in keys_of(section):
            field = section.model_fields[name]
            assert field.description, name
            assert field.examples, name
            stated = section.model_validate({**required_keys(section), name: field.examples[0]})
            assert stated.model_fields_set >= {name}


def required_keys(section: type[Section]) -> dict[str, object]:
    """Return the keys that have no default, with their examples."""
    return {
        name: (field.examples or [None])[0]
        for name, field in section.model_fields.items()
        if field.is_required()
    }


def described_duration(section: type[Section], name: str) -> list[int]:
    """Return the durations that a key's meaning names, in milliseconds."""
    found = re.findall(r"(\d+) (s|h|hours|days)\b", section.model_fields[name].description or "")
    return [parse_duration(f"{number}{unit[0]}") for number, unit in found]


def test_defaults_in_words_are_the_defaults_that_hold() -> None:
    """Keys that inherit have no default of their own; their meaning names the last one in line."""
    assert described_duration(ServiceLevelSection, "threshold") == [THRESHOLDS["calls"], THRESHOLDS["chats"]]
    assert described_duration(ServiceLevelSection, "short_abandon") == [SHORT_ABANDON]
    for priority, allowed in ALLOWED.items():
        assert described_duration(SlaSection, priority) == [allowed]
    assert str(SLA_TARGET) in (SlaSection.model_fields["target"].description or "")
    for topic in ("tickets", "calls", "chats"):
        assert described_duration(RetentionSection, topic) == [RETENTION[topic]]
