"""Refused records leave unchanged, and are waited for."""

from typing import Any

import pytest
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.structs import ConsumerRecord

from streams.dead_letters import MOST_IN_FLIGHT, DeadLetter, DeadLetters
from streams.sending import SendFailed
from streams.statistics import PipelineStatistics


def letter(value: bytes | None = b"raw", reason: str = "invalid_json") -> DeadLetter:
    """Return the letter of a record with a header of its own."""
    record: Any = ConsumerRecord("calls", 3, 17, 1_000, 0, b"key", value, None, 3, 3, (("own", b"1"),))
    return DeadLetter(record, "calls", 3, reason, "why")


def letters_to(sender: Any) -> tuple[DeadLetters, PipelineStatistics]:
    """Return the letters of a partition and the statistics they count in."""
    statistics = PipelineStatistics()
    return DeadLetters(sender, "dead", "calls", statistics), statistics


async def test_a_letter_is_the_record_with_its_reason_and_place(memory_sender: Any) -> None:
    """Key, value and headers byte for byte, then five headers."""
    letters, statistics = letters_to(memory_sender)
    letters.post([letter()])
    await letters.settle()
    (sent,) = memory_sender.sent
    assert (sent.key, sent.value) == (b"key", b"raw")
    assert sent.headers == [
        ("own", b"1"),
        ("reason", b"invalid_json"),
        ("detail", b"why"),
        ("source-topic", b"calls"),
        ("source-partition", b"3"),
        ("source-offset", b"17"),
    ]
    assert statistics.dead_letters["calls", "invalid_json"] == 1


async def test_a_tombstone_stays_a_tombstone(memory_sender: Any) -> None:
    """A null value is no empty one."""
    letters, _ = letters_to(memory_sender)
    letters.post([letter(None, "empty")])
    await letters.settle()
    assert memory_sender.sent[0].value is None


async def test_a_record_without_key_and_value_leaves_as_its_headers(memory_sender: Any) -> None:
    """No client sends a record that is nothing at all, so the letter only says where that lies."""
    letters = DeadLetters(memory_sender, "dead", "calls", PipelineStatistics())
    nothing = letter(None, "empty")
    nothing.record.key = None
    letters.post([nothing])
    await letters.settle()
    (sent,) = memory_sender.sent
    assert (sent.key, sent.value) == (None, b"")
    assert ("value-omitted", b"0") in sent.headers


async def test_settling_raises_what_finally_failed(memory_sender: Any) -> None:
    """Nothing is counted then."""
    letters, statistics = letters_to(memory_sender)
    memory_sender.failures = 99
    letters.post([letter()])
    with pytest.raises(SendFailed):
        await letters.settle()
    assert statistics.dead_letters.total() == 0


async def test_a_letter_that_is_too_large_leaves_without_its_value(memory_sender: Any) -> None:
    """Nothing that arrives may stop the processor; the header says how large it was."""
    letters, statistics = letters_to(memory_sender)
    memory_sender.failures, memory_sender.error = 2, MessageSizeTooLargeError()
    letters.post([letter(b"x" * 100)])
    await letters.settle()
    (sent,) = memory_sender.sent
    assert sent.value == b""
    assert dict(sent.headers)["value-omitted"] == b"100"
    assert statistics.dead_letters.total() == 1


async def test_letters_in_flight_are_bounded_and_can_be_abandoned(memory_sender: Any) -> None:
    """The fold waits when there are too many."""
    letters, _ = letters_to(memory_sender)
    assert not letters.is_full
    for _ in range(MOST_IN_FLIGHT):
        letters.post([letter()])
    assert letters.is_full
    await letters.abandon()
    assert not letters.is_full
    assert memory_sender.sent == []


async def test_nothing_to_post_is_nothing(memory_sender: Any) -> None:
    """No task is started."""
    letters, _ = letters_to(memory_sender)
    letters.post([])
    await letters.settle()
    assert memory_sender.sent == []
