"""JSON Schemas of the events, one per type and one for the envelope, generated from the structs.

Guarantee: a schema takes what the codec takes, as far as JSON Schema can say it: required attributes and
fields, types, listed values, integers within 2^53, unknown fields allowed. What one record cannot show (its
key, its topic, its distance from now, its size) is not in it. Of the events that this program writes itself,
those of SLA targets, it takes exactly what is written. The text is the same on every run.

Source: JSON Schema 2020-12 from `msgspec.json.schema_components`; CloudEvents 1.0, structured mode.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from aggregators.announcements import Word
from aggregators.events import DATA_OF_RANK, TOPIC_OF_RANK, TYPE_NAME, Rank
from streams.json_text import MAX_INTEGER
from streams.sla_events import SlaEventData
from streams.wire_names import SLA_EVENT_TYPES

ENVELOPE_FILE: Final = "envelope.schema.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TIME_PATTERN: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
_TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time", "pattern": _TIME_PATTERN}
_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "minLength": 1, "description": "Unique within `source`."},
    "source": {"type": "string", "minLength": 1, "description": "URI-reference of the emitting system."},
    "type": {"enum": list(TYPE_NAME.values())},
    "subject": {"type": "string", "minLength": 1, "description": "Id of the case; also the record's key."},
    "time": _TIME | {"description": "Event time with its offset, within the years 1970 to 2100."},
}
_SLA_TIMES: Final[dict[Word, str]] = {
    "at_risk": "When it was found.",
    "breached": "When the target was breached.",
    "met": "When the target was met.",
    "withdrawn": "When it was found that the earlier event holds no more.",
}


def event_schemas() -> dict[str, str]:
    """Return file name → JSON Schema text of the envelope and of every event type."""
    schemas = {ENVELOPE_FILE: _envelope_schema()}
    for rank in Rank:
        schemas[f"{TYPE_NAME[rank]}.schema.json"] = _type_schema(rank)
    for word, name in SLA_EVENT_TYPES.items():
        schemas[f"{name}.schema.json"] = _sla_event_schema(word, name)
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


def _sla_event_schema(word: Word, name: str) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([SlaEventData])
    stated = components[SlaEventData.__name__]
    fields: dict[str, Any] = {key: _written(field) for key, field in stated["properties"].items()}
    fields["outcome"] = {"const": word}
    required = list(stated["required"])
    if word == "withdrawn":
        required.append("withdraws")
    else:
        del fields["withdraws"]
    return {
        "$schema": _DIALECT,
        "$id": f"{name}.schema.json",
        "title": f"{name}, a record of the topic of SLA events",
        "type": "object",
        "properties": _ATTRIBUTES
        | {
            "type": {"const": name},
            "subject": {"type": "string", "minLength": 1, "description": "Ticket id; also the record's key."},
            "time": _TIME | {"description": _SLA_TIMES[word]},
            "data": {
                "type": "object",
                "properties": fields,
                "required": required,
                "additionalProperties": False,
            },
        },
        "required": [*_ATTRIBUTES, "data"],
    }


def _written(field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field that this program writes: where it has none it leaves it out."""
    (stated,) = [choice for choice in field.get("anyOf", [field]) if choice.get("type") != "null"]
    return {key: value for key, value in stated.items() if key != "default"}


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
