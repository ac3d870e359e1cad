"""The shape of the configuration."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from aggregators.events import TOPICS
from streams.settings_models import Sections, SiteSection, TopicsSection, secret


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


def test_secret_is_the_file_before_the_text_and_none_without_either(tmp_path: Path) -> None:
    """A file that is gone is an error, not an empty secret."""
    file = tmp_path / "secret"
    file.write_text(" s \n")
    assert secret("", file) == "s"
    assert secret("t", None) == "t"
    assert secret("", None) is None
    with pytest.raises(FileNotFoundError):
        secret("", tmp_path / "none")
