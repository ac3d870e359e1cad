"""Everything is gathered, whatever is missing."""

from pathlib import Path

import pytest

from streams.diagnosis import gathering
from streams.diagnosis.facts import Unknown
from streams.diagnosis.gathering import gather
from streams.diagnosis.judgement import NO_REDIS


@pytest.fixture(autouse=True)
def _no_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brokers are for tests/kafka."""
    monkeypatch.setattr(gathering, "kafka_facts", lambda _: Unknown("no brokers here"))


def test_a_wrong_configuration_is_all_there_is(tmp_path: Path) -> None:
    """Nothing is connected to."""
    file = tmp_path / "site.toml"
    file.write_text("[site]\nnam = 1\n", encoding="utf-8")
    facts = gather(file, {})
    assert facts.settings is None
    assert [problem.path for problem in facts.problems] == ["site.nam"]


def test_what_does_not_answer_keeps_nothing_else_from_being_known() -> None:
    """No brokers, a Redis that refuses, and this machine."""
    facts = gather(None, {"SUPPORTPULSE_REDIS__URL": "redis://127.0.0.1:1/0"})
    assert facts.kafka == Unknown("no brokers here")
    assert isinstance(facts.redis, Unknown)
    assert "no answer" in facts.redis.reason
    assert len(facts.processes) == 1
    assert facts.now > 0


def test_no_redis_is_stated_as_such() -> None:
    """It is not the same as one that does not answer."""
    assert gather(None, {}).redis == Unknown(NO_REDIS)
