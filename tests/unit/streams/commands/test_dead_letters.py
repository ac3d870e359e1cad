"""`supportpulse dead-letters`: what it is called with."""

import pytest

from streams.command_line import run
from streams.commands.dead_letters import place_of
from streams.errors import UsageError


def test_a_place_is_partition_and_offset() -> None:
    """As the list shows it."""
    assert place_of("3:17") == (3, 17)


@pytest.mark.parametrize("text", ["", "17", "a:1", "1:", ":1", "-1:2", "1:2:3"])
def test_another_place_is_wrong_usage(text: str) -> None:
    """Before Kafka is asked."""
    with pytest.raises(UsageError, match="PARTITION:OFFSET"):
        place_of(text)


def test_a_replay_must_name_something(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything only when asked for."""
    assert run(["dead-letters", "replay"]) == 2
    assert "--all" in capsys.readouterr().err
