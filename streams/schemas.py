"""JSON Schemas of the events, one per type and one for the envelope, generated from the structs of the core.

Guarantee: a schema takes what the codec takes, as far as JSON Schema can say it: required attributes and
fields, types, listed values, integers within 2^53, unknown fields allowed. What one record cannot show (its
key, its topic, its distance from now, its size) is not in it. The text is the same on every run.

Source: JSON Schema 2020-12 from `msgspec.json.schema_components`; CloudEvents 1.0, structured mode.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from aggregators.events import DATA_OF_RANK, TOPIC_OF_RANK, TYPE_NAME, Rank
from streams.json_text import MAX_INTEGER

ENVELOPE_FILE: Final = "envelope.schema.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TIME_PATTERN: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "minLength": 1, "description": "Unique within `source`."},
    "source": {"type": "string", "minLength": 1, "description": "URI-reference of the emitting system."},
    "type": {"enum": list(TYPE_NAME.values())},
    "subject": {"type": "string", "minLength": 1, "description": "Id of the case; also the record's key."},
    "time": {
        "type": "string",
        "format": "date-time",
        "pattern": _TIME_PATTERN,
        "description": "Event time with its offset, within the years 1970 to 2100.",
    },
}


def event_schemas() -> dict[str, str]:
    """Return file name → JSON Schema text of the envelope and of every event type."""
    schemas = {ENVELOPE_FILE: _envelope_schema()}
    for rank in Rank:
        schemas[f"{TYPE_NAME[rank]}.schema.json"] = _type_schema(rank)
    return {name: json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}


def _envelope_schema() -> dict[str, Any]:
    return {
        "$schema": _DIALECT,
        "$id": ENVELOPE_FILE,
        "title": "An event of a support centre, as a CloudEvent",
        "type": "object",
        "properties": _ATTRIBUTES | {"data": {"type": "object"}},
        "required": list(_ATTRIBUTES),
    }


def _type_schema(rank: Rank) -> dict[str, Any]:
    name = TYPE_NAME[rank]
    data = _data_schema(rank)
    return {
        "$schema": _DIALECT,
        "$id": f"{name}.schema.json",
        "title": f"{name}, a record of the topic of {TOPIC_OF_RANK[rank]}",
        "allOf": [{"$ref": ENVELOPE_FILE}],
        "properties": {"type": {"const": name}, "data": data},
        "required": ["data"] if data["required"] else [],
    }


def _data_schema(rank: Rank) -> dict[str, Any]:
    struct = DATA_OF_RANK[rank]
    _, components = msgspec.json.schema_components([struct])
    stated = components[struct.__name__]
    schema = {
        "type": "object",
        "properties": {name: _bounded(field) for name, field in stated["properties"].items()},
        "required": stated["required"],
    }
    if rank == Rank.SURVEY_RESPONSE:
        # The one rule of the contract that ties two fields.
        schema["if"] = {"properties": {"survey": {"const": "ces"}}}
        schema["then"] = {"required": ["high_is_good"]}
    return schema


def _bounded(field: dict[str, Any]) -> dict[str, Any]:
    """Add what the codec asks of integers; a fraction may be larger."""
    if field.get("type") == "integer":
        return field | {"minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}
    if "anyOf" in field:
        return field | {"anyOf": [_bounded(choice) for choice in field["anyOf"]]}
    return field
