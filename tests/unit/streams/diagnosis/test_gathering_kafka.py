"""What the newest records of a changelog say; asking real brokers: tests/kafka/test_operators.py."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.changelog import ChangelogHeader, encode_headers
from streams.diagnosis import gathering_kafka
from streams.diagnosis.facts import TailFacts, Unknown
from streams.diagnosis.gathering_kafka import kafka_facts, tail_of
from streams.settings_models import KafkaSection, Sections

AT = 1_772_445_600_000


def record(offset: int, kind: Any, epoch: int = 0, chunk: int = 0, chunks: int = 1) -> SimpleNamespace:
    """Return a changelog record; a checkpoint reaches ten times its offset."""
    header = ChangelogHeader(
        kind, epoch, 2, 8, f"configuration {epoch}", to_position=offset * 10, chunk=chunk, chunks=chunks
    )
    return SimpleNamespace(offset=offset, timestamp=AT + offset, headers=encode_headers(header))


def test_a_tail_tells_writers_position_and_late_records() -> None:
    """The checkpoint whose last chunk is not there does not count, the one of an older writer neither."""
    records = [
        record(5, "checkpoint", epoch=1),
        record(6, "fence"),
        record(7, "checkpoint", epoch=6),
        record(8, "checkpoint", epoch=1),
        record(9, "checkpoint", epoch=6, chunk=0, chunks=2),
    ]
    assert tail_of(records) == TailFacts(
        fences=[AT + 6],
        late=1,
        position=70,
        epoch=6,
        written_at=AT + 9,
        state_version=2,
        fingerprint="configuration 6",
    )


def test_an_empty_changelog_has_no_position() -> None:
    """Nothing is known of its state."""
    assert (tail_of([]).position, tail_of([]).state_version, tail_of([]).damage) == (None, None, "")


def test_a_record_that_no_worker_wrote_is_named() -> None:
    """With its offset."""
    stranger = SimpleNamespace(offset=3, timestamp=AT, headers=[])
    assert "record 3" in tail_of([stranger]).damage


def test_brokers_that_do_not_answer_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the address."""
    monkeypatch.setattr("streams.kafka_access._BOOTSTRAP_MILLISECONDS", 200)
    found = kafka_facts(Sections(kafka=KafkaSection(bootstrap="127.0.0.1:1")))
    assert isinstance(found, Unknown)
    assert "127.0.0.1:1" in found.reason


def test_an_address_that_does_not_answer_is_named() -> None:
    """As the system words it."""
    assert gathering_kafka._unreachable(["127.0.0.1:1"]) == {"127.0.0.1:1": "Connection refused"}
