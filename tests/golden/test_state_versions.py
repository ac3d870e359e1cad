"""State as each version wrote it: the one before is read, the present one is written as it was."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aggregators.events import TOPIC_OF_RANK, Topic
from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration
from aggregators.state_versions import PRESENT, as_present
from streams.wire_names import STATE_VERSION
from tests.golden.state_files import SITE, TOPICS, log, written
from tests.laws.logs import everything_of, same

HERE = Path(__file__).parent
WRITTEN = [
    (version, topic)
    for version in range(1, STATE_VERSION + 1)
    for topic in TOPICS
    if version > 1 or topic not in {"surveys", "customers"}
]
"""What each version wrote: the first had no state of surveys and customers."""


def kept(version: int, topic: str) -> list[list[bytes]]:
    """Return the checkpoints in the file of a version."""
    content = json.loads((HERE / f"state_version_{version}.json").read_text(encoding="utf-8"))
    return [[base64.b64decode(chunk) for chunk in chunks] for chunks in content[topic]]


@pytest.mark.parametrize(("version", "topic"), WRITTEN)
def test_what_a_version_wrote_is_restored_in_every_number(version: int, topic: Topic) -> None:
    """As if this program had folded the log."""
    events = [event for event in log() if TOPIC_OF_RANK[event.rank] == topic]
    folded = PartitionLedger(topic, SITE)
    folded.fold(events, len(events))
    restoration = Restoration(topic, SITE)
    for chunks in kept(version, topic):
        restoration.add(as_present(chunks, version), len(events))
    for _ in restoration.steps():
        pass
    same(everything_of(restoration.ledger), everything_of(folded))


@pytest.mark.parametrize("topic", TOPICS)
def test_the_present_version_is_written_as_it_was(topic: Topic) -> None:
    """Whoever changes a byte of it makes a new version, keeps a reader of this one and its file."""
    now = [[base64.b64decode(chunk) for chunk in chunks] for chunks in written()[topic]]
    assert [plain(chunks) for chunks in now] == [plain(chunks) for chunks in kept(STATE_VERSION, topic)]


def plain(chunks: list[bytes]) -> list[Any]:
    """Return chunks with their cases in one order: those that began come in any."""
    decoded = [msgspec.msgpack.decode(chunk) for chunk in chunks]
    return [[*front, *(sorted(cases, key=repr) for cases in both)] for *front, both in map(_halved, decoded)]


def _halved(chunk: list[Any]) -> list[Any]:
    return [*chunk[:3], chunk[3:]]


def test_what_was_announced_is_restored() -> None:
    """The word that stands, and all that nobody has sent to the topic."""
    restoration = Restoration("tickets", SITE)
    for chunks in kept(STATE_VERSION, "tickets"):
        restoration.add(chunks, 7)
    for _ in restoration.steps():
        pass
    announcer = restoration.ledger.announcer
    assert [(said.word, said.revision) for said in announcer.said("t1")] == [("breached", 1)]
    assert [each.said.word for each in announcer.unsent] == ["at_risk", "breached"]


def test_core_and_wire_name_the_same_version() -> None:
    """The core reads what the header says."""
    assert PRESENT == STATE_VERSION
