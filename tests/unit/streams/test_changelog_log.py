"""Deleting heads where the broker cannot; keys that are never reused (the rest: on a real broker)."""

import logging
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IncompatibleBrokerVersion, KafkaConnectionError

from streams import changelog_log
from streams.changelog import ChangelogHeader
from streams.changelog_log import HeadDeletion, KafkaChangelogLog
from streams.connection import KafkaConnection

PLACE = TopicPartition("changelog", 0)


class Admin:
    """An admin client that refuses to delete."""

    error: Exception = IncompatibleBrokerVersion()
    calls = 0

    def __init__(self, **_options: Any) -> None:
        self.is_open = True

    async def start(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Disconnect."""
        self.is_open = False

    async def delete_records(self, _wanted: Any) -> None:
        """Refuse."""
        type(self).calls += 1
        raise self.error


@pytest.mark.parametrize(
    ("error", "calls"), [(IncompatibleBrokerVersion(), 1), (KafkaConnectionError(), 3), (OSError(), 1)]
)
async def test_a_broker_that_cannot_delete_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, calls: int
) -> None:
    """And one that is only away is asked again with the next cycle; nothing is raised."""
    monkeypatch.setattr(changelog_log, "AIOKafkaAdminClient", Admin)
    monkeypatch.setattr(Admin, "error", error)
    monkeypatch.setattr(Admin, "calls", 0)
    deletion = HeadDeletion(KafkaConnection(("nowhere:1",)))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await deletion.delete_before(PLACE, 10)
    assert Admin.calls == calls
    assert len(caplog.records) == calls


async def test_keys_are_never_reused(memory_sender: Any) -> None:
    """Under compaction a late writer's record would replace a newer one with the same key."""
    log = KafkaChangelogLog(
        "changelog", 3, KafkaConnection(("nowhere:1",)), memory_sender, HeadDeletion(KafkaConnection(()))
    )
    headers = [
        ChangelogHeader("checkpoint", epoch, 1, 4, "f", 0, end, number, 2)
        for epoch in (1, 5)
        for end in (10, 20)
        for number in (0, 1)
    ]
    await log.append([(header, b"chunk") for header in headers])
    assert len({record.key for record in memory_sender.sent}) == len(headers)
    assert {record.partition for record in memory_sender.sent} == {3}
