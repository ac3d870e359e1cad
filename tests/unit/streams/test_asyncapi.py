"""The topics as AsyncAPI 3: whole, and nothing in it leads nowhere."""

import json
from collections.abc import Iterator
from typing import Any

from aggregators.events import TOPIC_OF_RANK, TYPE_NAME, Rank
from streams.asyncapi import asyncapi
from streams.schemas import event_schemas
from streams.settings_models import TopicsSection

DOCUMENT: dict[str, Any] = json.loads(asyncapi())
SCHEMAS = {f"schemas/{name}" for name in event_schemas()}
ALLOWED = {
    "": {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"},
    "channels": {
        "address",
        "messages",
        "title",
        "summary",
        "description",
        "servers",
        "parameters",
        "bindings",
    },
    "operations": {"action", "channel", "title", "summary", "description", "bindings", "messages", "reply"},
    "messages": {"headers", "payload", "contentType", "name", "title", "summary", "description", "bindings"},
}
"""Fields of the objects in use, from the specification of AsyncAPI 3.0.0."""


def references(node: Any) -> Iterator[str]:
    """Yield every $ref."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere() -> None:
    """Inside of the document, or to a schema that is generated beside it."""
    found = set(references(DOCUMENT))
    for reference in found - SCHEMAS:
        node = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    assert {each for each in found if not each.startswith("#/")} == SCHEMAS - {"schemas/envelope.schema.json"}


def test_every_type_is_a_message_of_the_channel_of_its_topic_alone() -> None:
    """And the address is the default name of the topic."""
    channels = DOCUMENT["channels"]
    for rank in Rank:
        having = [topic for topic, channel in channels.items() if TYPE_NAME[rank] in channel["messages"]]
        assert having == [TOPIC_OF_RANK[rank]]
    assert {topic: channel["address"] for topic, channel in channels.items()} == TopicsSection().model_dump()


def test_what_is_read_and_what_is_written() -> None:
    """Six topics are read; refused records and outcomes of SLA targets are written."""
    actions = {name: operation["action"] for name, operation in DOCUMENT["operations"].items()}
    assert actions.pop("write_dead_letters") == actions.pop("write_sla_events") == "send"
    assert len(actions) == 6
    assert set(actions.values()) == {"receive"}


def test_only_fields_of_the_specification_are_used() -> None:
    """Version 3.0.0; a field of version 2, such as `subscribe`, would be one too many."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT) <= ALLOWED[""]
    assert {"title", "version"} <= set(DOCUMENT["info"])
    for kind, objects in (
        ("channels", DOCUMENT["channels"]),
        ("operations", DOCUMENT["operations"]),
        ("messages", DOCUMENT["components"]["messages"]),
    ):
        for name, each in objects.items():
            assert set(each) <= ALLOWED[kind], name
