"""`supportpulse exporter`: what it is called with."""

import pytest

from streams.command_line import run


def test_without_redis_it_is_one_line_and_exit_code_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the key."""
    monkeypatch.delenv("SUPPORTPULSE_REDIS__URL", raising=False)
    assert run(["exporter"]) == 2
    assert capsys.readouterr().err == (
        "supportpulse: redis.url: is empty; name the Redis that the workers publish to\n"
    )
