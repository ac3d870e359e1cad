"""The processor that tests kill: its settings and its one line per batch."""

import pytest

from streams.statistics import Folded
from testbed.counting_processor import _print_progress, processor_settings


def test_the_settings_are_of_one_topic_with_its_dead_letters() -> None:
    """Named after the topic."""
    settings = processor_settings("here:9092", "mine", "group", instance="one")
    assert settings.topics == {"calls": "mine"}
    assert (settings.dead_letters, settings.instance_id) == ("mine-dead", "one")
    assert settings.connection.bootstrap == ("here:9092",)


def test_every_batch_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A test reads how many records were folded."""
    _print_progress(Folded("calls", 0, 17, 0, 0))
    assert capsys.readouterr().out == "folded 17\n"
