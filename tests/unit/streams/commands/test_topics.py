"""`supportpulse topics`: what it is called with."""

import pytest
from kafka.errors import KafkaTimeoutError

from streams.command_line import run
from streams.commands.topics import retention_of
from streams.errors import UsageError


def test_a_retention_is_a_duration_or_forever() -> None:
    """In milliseconds, -1 for ever."""
    assert retention_of("forever") == -1
    assert retention_of("30d") == 30 * 86_400_000
    with pytest.raises(UsageError, match="--retention"):
        retention_of("long")


def test_without_a_broker_it_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the address, and exit code 1."""

    def refuse(**_: object) -> None:
        raise KafkaTimeoutError("Unable\nto bootstrap")

    monkeypatch.setenv("SUPPORTPULSE_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    # A real refusal would leave sockets of the library to be collected in the middle of another test.
    monkeypatch.setattr("streams.kafka_access.KafkaAdminClient", refuse)
    assert run(["topics", "check"]) == 1
    assert capsys.readouterr().err == (
        "supportpulse: Kafka at 127.0.0.1:1: KafkaTimeoutError: Unable to bootstrap\n"
    )
