"""`supportpulse topics`: what it is called with."""

import gc

import pytest

from streams.command_line import run
from streams.commands.topics import retention_of
from streams.errors import UsageError


def test_a_retention_is_a_duration_or_forever() -> None:
    """In milliseconds, -1 for ever."""
    assert retention_of("forever") == -1
    assert retention_of("30d") == 30 * 86_400_000
    with pytest.raises(UsageError, match="--retention"):
        retention_of("long")


# The library leaves the sockets of a client that could not connect to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_without_a_broker_it_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the address, and exit code 1."""
    monkeypatch.setenv("SUPPORTPULSE_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setattr("streams.kafka_access._BOOTSTRAP_MILLISECONDS", 200)
    assert run(["topics", "check"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "127.0.0.1:1" in error
    gc.collect()
