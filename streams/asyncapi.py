"""The topics and their events as AsyncAPI 3, for tools that read interfaces and not prose.

Guarantee: every event type is a message of the channel of its topic, by the schema that `streams.schemas`
writes beside it; addresses are the default names of the topics. The text is the same on every run.

Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0, Kafka bindings 0.5.0.
"""

from __future__ import annotations

import json
from typing import Any, Final

from aggregators.announcements import Word
from aggregators.events import TOPIC_OF_RANK, TYPE_NAME, Rank, Topic
from streams.program import build_info
from streams.settings_models import TopicsSection
from streams.wire_names import SLA_EVENT_TYPES

FILE: Final = "asyncapi.json"
DEAD_LETTERS: Final = "dead_letters"
WRITTEN: Final = (DEAD_LETTERS, "sla_events")
"""What this program writes for others, as the configuration calls it."""
_ANNOUNCED: Final = tuple(SLA_EVENT_TYPES.items())
_SUMMARIES: Final[dict[Word, str]] = {
    "at_risk": "A target's deadline is near and it is not met yet.",
    "breached": "A target was not met by its deadline.",
    "met": "A target was met in time.",
    "withdrawn": "An earlier one of these events holds no more.",
}
_SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"
_BINDING_VERSION: Final = "0.5.0"


def asyncapi() -> str:
    """Return the document as JSON text."""
    topics = tuple(dict.fromkeys(TOPIC_OF_RANK[rank] for rank in Rank))
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "supportpulse",
            "version": build_info().version,
            "description": "What supportpulse reads from Kafka, and what it writes there for others. "
            "docs/events.md has the rules that a schema cannot state.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {topic: _channel(topic) for topic in (*topics, *WRITTEN)},
        "operations": {
            **{f"read_{topic}": _operation("receive", topic) for topic in topics},
            **{f"write_{topic}": _operation("send", topic) for topic in WRITTEN},
        },
        "components": {
            "messages": {
                **{TYPE_NAME[rank]: _message(TYPE_NAME[rank]) for rank in Rank},
                **{name: _message(name) | {"summary": _SUMMARIES[word]} for word, name in _ANNOUNCED},
                "refused": _refused(),
            }
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _channel(topic: Topic | str) -> dict[str, Any]:
    field = TopicsSection.model_fields[topic]
    read = [TYPE_NAME[rank] for rank in Rank if TOPIC_OF_RANK[rank] == topic]
    names = read or (["refused"] if topic == DEAD_LETTERS else list(SLA_EVENT_TYPES.values()))
    return {
        "address": field.default,
        "description": field.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"topic": field.default, "bindingVersion": _BINDING_VERSION}},
    }


def _operation(action: str, topic: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}}


def _message(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": {"$ref": f"schemas/{name}.schema.json"}},
        "bindings": _keyed("The `subject` of the event: all events of a case lie in one partition."),
    }


def _refused() -> dict[str, Any]:
    return {
        "name": "refused",
        "summary": "A record as it was, byte for byte; why it was refused stands in its headers.",
        "contentType": "application/octet-stream",
        "payload": {},
        "bindings": _keyed("The key of the record."),
    }


def _keyed(description: str) -> dict[str, Any]:
    key = {"type": "string", "description": description}
    return {"kafka": {"key": key, "bindingVersion": _BINDING_VERSION}}
