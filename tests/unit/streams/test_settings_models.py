"""The shape of the configuration."""

import pytest
from pydantic import ValidationError

from aggregators.events import TOPICS
from streams.settings_models import Sections, SiteSection, TopicsSection


def test_every_source_topic_has_a_name() -> None:
    """By default those of the contract; one may be changed alone."""
    topics = TopicsSection(calls="pbx.calls")
    assert {topic: topics.name_of(topic) for topic in TOPICS} == {
        **{topic: f"support.{topic}" for topic in TOPICS},
        "calls": "pbx.calls",
    }


def test_values_do_not_change() -> None:
    """Settings are read once and shared."""
    with pytest.raises(ValidationError):
        Sections().site.name = "other"
    assert SiteSection(name="a") == SiteSection(name="a")
