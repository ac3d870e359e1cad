"""Before the processor starts: are the source topics there, and have their changelogs the right shape?

Guarantee: a changelog is created with its source's number of partitions and replicas, without retention and
without compaction; one with another number of partitions stops the start with what to do. Nothing existing is
changed.

Worked: `support.calls` with 8 partitions, group "supportpulse" → `supportpulse-calls-changelog`, 8
partitions, cleanup.policy=delete, retention.ms=-1.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from aggregators.events import Topic
from streams.changelog import StateMismatch
from streams.connection import KafkaConnection
from streams.wire_names import changelog_topic

logger = logging.getLogger(__name__)

CHANGELOG_SETTINGS: Final = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


class TopicsMissing(Exception):
    """Topics do not exist. What to do: `supportpulse topics create`; the processor goes on by itself then."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"no topic {', '.join(names)}: run `supportpulse topics create`")


async def prepare_topics(
    connection: KafkaConnection,
    group: str,
    sources: Mapping[Topic, str],
    dead_letters: str,
    *,
    sla_events: str | None = None,
) -> dict[Topic, int]:
    """Create the changelogs that are missing and return the number of partitions of every source topic.

    sla_events: the topic that outcomes of SLA targets are announced to, None where they are not.

    Raises:
        TopicsMissing: a source topic, the dead-letter topic or the one of SLA events is not there.
        StateMismatch: a changelog has another number of partitions than its source, or the topic of SLA
            events another one than that of the tickets.
        KafkaError: no broker answers, or the broker refuses.
    """
    admin = AIOKafkaAdminClient(**connection.client_options(), client_id=group)
    try:
        await admin.start()
        wanted = [*sources.values(), dead_letters, *(() if sla_events is None else (sla_events,))]
        shapes = await _shapes(admin, wanted)
        missing = [name for name in wanted if name not in shapes]
        if missing:
            raise TopicsMissing(missing)
        for topic, name in sources.items():
            await _prepare_changelog(admin, changelog_topic(group, topic), name, shapes[name])
        counts = {topic: shapes[name][0] for topic, name in sources.items()}
        if sla_events is not None and shapes[sla_events][0] != counts.get("tickets"):
            raise StateMismatch(
                f"the topic {sla_events} has {shapes[sla_events][0]} partitions, that of the tickets has "
                f"{counts.get('tickets')}: both must have as many, so that a case has one partition in both; "
                f"delete {sla_events} and run `supportpulse topics create --partitions "
                f"{counts.get('tickets')}`, or set sla_events.enabled = false"
            )
        return counts
    finally:
        await admin.close()


async def _prepare_changelog(
    admin: AIOKafkaAdminClient, name: str, source: str, shape: tuple[int, int]
) -> None:
    partitions, replicas = shape
    found = await _shapes(admin, [name])
    if name not in found:
        await _create(admin, name, partitions, replicas)
        return
    count = found[name][0]
    if count != partitions:
        raise StateMismatch(
            f"the changelog {name} has {count} partitions, its source {source} has {partitions}: stop all "
            f"workers, delete {name} and start again; the source is then read anew"
        )


async def _create(admin: AIOKafkaAdminClient, name: str, partitions: int, replicas: int) -> None:
    topic = NewTopic(name, partitions, replicas, topic_configs=dict(CHANGELOG_SETTINGS))
    response = await admin.create_topics([topic])
    for created, code, *detail in response.topic_errors:
        error_type = for_code(code)
        if code and error_type is not TopicAlreadyExistsError:  # another worker may have been faster
            raise error_type(f"{created}: {detail}")
    logger.info("created %s with %d partitions", name, partitions)


async def _shapes(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, tuple[int, int]]:
    """Return partitions and replicas of the topics that exist; none comes into being by being asked for.

    Asking for one topic by its name creates it on many brokers, with a retention that would delete
    checkpoints. Only where topics cannot be created at all, on the embedded broker, that is the way to get
    one.
    """
    if await _can_create(admin):
        existing = set(await admin.list_topics())
        names = [name for name in names if name in existing]
    described: list[dict[str, Any]] = await admin.describe_topics(names) if names else []
    return {
        topic["topic"]: (len(topic["partitions"]), len(topic["partitions"][0]["replicas"]))
        for topic in described
        if not topic["error_code"] and topic["partitions"]
    }


async def _can_create(admin: AIOKafkaAdminClient) -> bool:
    """Say whether this is a real cluster: the embedded broker's controller is none of its brokers."""
    cluster: dict[str, Any] = await admin.describe_cluster()
    controller = cluster["controller_id"]
    return controller < 0 or controller in {broker["node_id"] for broker in cluster["brokers"]}
