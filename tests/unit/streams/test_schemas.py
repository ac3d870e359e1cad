"""The published schemas say what the codec does."""

import json
from typing import Any

import pytest

from aggregators.events import DATA_OF_RANK, TYPE_NAME, Event, Rank
from streams.codec import decode
from streams.schemas import ENVELOPE_FILE, event_schemas
from streams.wire_names import SLA_EVENT_TYPES

SCHEMAS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in event_schemas().items()}


def data_schema(rank: Rank) -> dict[str, Any]:
    """Return the part of a type's schema that describes its data."""
    schema: dict[str, Any] = SCHEMAS[f"{TYPE_NAME[rank]}.schema.json"]["properties"]["data"]
    return schema


def value_for(field: dict[str, Any]) -> Any:
    """Return some value the schema of a field takes."""
    if "anyOf" in field:
        return value_for(field["anyOf"][0])
    if "enum" in field:
        return field["enum"][0]
    return {"string": "x", "integer": 1, "number": 1, "boolean": True, "array": []}[field["type"]]


def test_there_is_one_schema_per_type_and_one_for_the_envelope() -> None:
    """Nothing is forgotten when a type is added."""
    names = (*TYPE_NAME.values(), *SLA_EVENT_TYPES.values())
    assert set(SCHEMAS) == {ENVELOPE_FILE, *(f"{name}.schema.json" for name in names)}


@pytest.mark.parametrize("rank", list(Rank), ids=lambda rank: TYPE_NAME[rank])
def test_what_a_schema_names_is_what_the_codec_takes(rank: Rank) -> None:
    """A record with every field of its schema is an event; without a required one it is refused."""
    schema = data_schema(rank)
    data = {name: value_for(field) for name, field in schema["properties"].items()}
    good: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "/s", "subject": "c"}
    good |= {"type": TYPE_NAME[rank], "time": "2026-03-02T10:00:00Z", "data": data}
    assert isinstance(decode(json.dumps(good).encode()), Event)
    for name in schema["required"]:
        less = good | {"data": {key: value for key, value in data.items() if key != name}}
        assert not isinstance(decode(json.dumps(less).encode()), Event)
    assert set(schema["properties"]) == set(DATA_OF_RANK[rank].__struct_fields__)


def test_unknown_fields_are_allowed() -> None:
    """Senders may add fields before this program knows them."""
    assert not any("additionalProperties" in data_schema(rank) for rank in Rank)
    assert "additionalProperties" not in SCHEMAS[ENVELOPE_FILE]


def test_amounts_are_bounded() -> None:
    """An integer beyond 2^53 is refused at the door, so the schema says so."""
    assert data_schema(Rank.CUSTOMER_CHANGED)["properties"]["mrr"]["maximum"] == 2**53


def test_the_polarity_of_an_effort_survey_must_be_stated() -> None:
    """The rule that ties two fields is in the schema."""
    schema = data_schema(Rank.SURVEY_RESPONSE)
    assert schema["if"]["properties"]["survey"]["const"] == "ces"
    assert schema["then"] == {"required": ["high_is_good"]}
