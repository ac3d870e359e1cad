"""Announcements as records: key, id, envelope and fields."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from aggregators.announcements import Said
from aggregators.announcer import Announcement
from aggregators.targets import Cycle
from streams.schemas import event_schemas
from streams.sla_events import event_id, id_in, record_of
from streams.wire_names import SLA_EVENT_TYPES

START = 1_772_445_600_000
BREACHED = Said(
    Cycle("next_response", START), "breached", 2, START + 3_600_000, ("email", "mail"), START + 3_600_000,
    START + 3_610_000,
)  # fmt: skip


def event_of(said: Said, case: str = "T/1") -> dict[str, Any]:
    """Return the event of an announcement."""
    key, value = record_of(Announcement(case, said), "/supportpulse/here")
    assert key == case.encode()
    event: dict[str, Any] = json.loads(value)
    assert event["id"] == event_id(Announcement(case, said)) == id_in(value)
    return event


def test_an_outcome_is_an_event_of_its_moment() -> None:
    """The id names case, target, cycle, outcome and revision."""
    assert event_of(BREACHED) == {
        "specversion": "1.0",
        "id": "T/1/next_response/2026-03-02T10:00:00.000Z/breached/2",
        "source": "/supportpulse/here",
        "type": "sla.breached",
        "subject": "T/1",
        "time": "2026-03-02T11:00:00.000Z",
        "data": {
            "target": "next_response",
            "cycle": "2026-03-02T10:00:00.000Z",
            "outcome": "breached",
            "revision": 2,
            "channel": "email",
            "queue": "mail",
            "decided": "2026-03-02T11:00:10.000Z",
            "deadline": "2026-03-02T11:00:00.000Z",
        },
    }


def test_a_withdrawal_names_the_event_that_holds_no_more() -> None:
    """Its time is when that was found."""
    event = event_of(replace(BREACHED, word="withdrawn", withdrawn="breached", deadline=None))
    assert event["data"]["withdraws"] == event_of(BREACHED)["id"]
    assert event["time"] == event["data"]["decided"]
    assert "deadline" not in event["data"]


def test_cycles_that_begin_in_one_millisecond_have_ids_of_their_own() -> None:
    """The second one is `~2`."""
    second = replace(BREACHED, cycle=Cycle("next_response", START, 1))
    assert event_of(second)["data"]["cycle"] == "2026-03-02T10:00:00.000Z~2"


@pytest.mark.parametrize("value", [None, b"", b"{", b"[]", b'{"id":7}'])
def test_what_is_none_of_ours_has_no_id(value: bytes | None) -> None:
    """Somebody else may write to the topic."""
    assert id_in(value) is None


@pytest.mark.parametrize("word", list(SLA_EVENT_TYPES))
def test_what_is_written_is_what_the_schema_says(word: str) -> None:
    """Every field is in it, and none is required that may be missing."""
    withdrawn = "breached" if word == "withdrawn" else None
    full = event_of(replace(BREACHED, word=word, withdrawn=withdrawn))
    bare = event_of(replace(BREACHED, word=word, withdrawn=withdrawn, deadline=None))
    schema = json.loads(event_schemas()[f"sla.{word}.schema.json"])
    assert set(full) == set(schema["properties"]) == set(schema["required"])
    data = schema["properties"]["data"]
    assert set(full["data"]) == set(data["properties"])
    assert set(bare["data"]) == set(data["required"])
    assert schema["properties"]["type"]["const"] == full["type"]
