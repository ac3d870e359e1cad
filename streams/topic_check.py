"""What topics must look like, and what is wrong with those that are there.

Guarantee: `topics create` makes exactly what `topics check` accepts; nothing that exists is changed.

Worked: support.calls with cleanup.policy=compact is a problem, because compaction keeps one event per case; a
key in another partition than (murmur2(key) & 0x7fffffff) % partitions is one, because a case then lies in two
of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from msgspec import Struct

from aggregators.events import TOPICS, Topic
from streams.durations import UNITS, format_duration
from streams.partitioning import partition_of
from streams.settings_models import Sections

LEAST_RETENTION: Final = UNITS["d"]
"""A source must outlast the longest outage of the processor."""
DEAD_LETTER_BYTES: Final = 16 * 1024 * 1024
"""A dead letter holds the record that may have been refused for its size."""
DEAD_LETTERS: Final = "dead_letters"
SLA_EVENTS: Final = "sla_events"

_EXISTS: Final = 36


class TopicFacts(Struct, frozen=True):
    """What Kafka says of a topic; `partitions` is 0 when it is not there, `retention` (ms) -1 for ever.

    retention_bytes: of a partition, -1 without a limit; message_bytes: of the largest record it takes;
    in_sync: the smallest number of copies that are up to date; needed_in_sync: below it nothing can be
    written; leaderless: partitions that nobody serves.
    """

    name: str
    partitions: int = 0
    replicas: int = 0
    retention: int = -1
    cleanup: str = "delete"
    retention_bytes: int = -1
    message_bytes: int = 1_048_588
    in_sync: int = 1
    needed_in_sync: int = 1
    leaderless: int = 0


class KeySample(Struct, frozen=True):
    """What the newest records of a topic say about its producers."""

    records: int = 0
    without_key: int = 0
    misrouted: int = 0


class TopicFinding(Struct, frozen=True):
    """One topic with what is wrong with it."""

    topic: str
    facts: TopicFacts
    sample: KeySample
    problems: list[str]


def topic_names(sections: Sections) -> dict[Topic | str, str]:
    """Return role → name of every topic that is needed: sources, dead letters, SLA events if enabled."""
    topics = sections.kafka.topics
    written = {DEAD_LETTERS: topics.dead_letters}
    if sections.sla_events.enabled:
        written[SLA_EVENTS] = topics.sla_events
    return {topic: topics.name_of(topic) for topic in TOPICS} | written


def partitions_of_role(
    role: Topic | str, names: Mapping[Topic | str, str], facts: Mapping[str, TopicFacts]
) -> int:
    """Return how many partitions a role needs: SLA events as many as the tickets have, 0 for any number."""
    return facts[names["tickets"]].partitions if role == SLA_EVENTS else 0


def wanted_topics(sections: Sections, *, partitions: int, replicas: int, retention: int) -> dict[str, Any]:
    """Return what to create: name → options as kafka-python takes them. retention: ms, -1 for ever."""
    settings = {"cleanup.policy": "delete", "retention.ms": str(retention)}
    sources = {
        "num_partitions": partitions,
        "replication_factor": replicas,
        "configs": settings,
    }
    letters = sources | {
        "num_partitions": 1,
        "configs": settings | {"max.message.bytes": str(DEAD_LETTER_BYTES)},
    }
    names = topic_names(sections)
    return {name: letters if role == DEAD_LETTERS else sources for role, name in names.items()}


def create_topics(admin: KafkaAdminClient, wanted: dict[str, Any]) -> dict[str, str]:
    """Create what is missing and return name → "created", "exists", or why it could not be."""
    answer = admin.create_topics(wanted, raise_errors=False)
    outcome = {}
    for each in answer["topics"]:
        code = each["error_code"]
        outcome[each["name"]] = (
            "created"
            if code == 0
            else "exists"
            if code == _EXISTS
            else each["error_message"] or f"error {code}"
        )
    admin.wait_for_topics([name for name, result in outcome.items() if result == "created"])
    return outcome


def read_facts(admin: KafkaAdminClient, names: Iterable[str]) -> dict[str, TopicFacts]:
    """Ask Kafka for the facts of topics, those of missing ones included."""
    facts = {name: TopicFacts(name) for name in names}
    described = {each["name"]: each for each in admin.describe_topics(list(facts)) if not each["error_code"]}
    if not described:
        return facts
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in described]
    settings = admin.describe_configs(resources, config_filter="all")["topic"]
    for name, topic in described.items():
        stated = {key: each["value"] for key, each in settings[name].items()}
        partitions = topic["partitions"]
        facts[name] = TopicFacts(
            name,
            partitions=len(partitions),
            replicas=min((len(each["replica_nodes"]) for each in partitions), default=0),
            retention=int(stated["retention.ms"]),
            cleanup=stated["cleanup.policy"],
            retention_bytes=int(stated["retention.bytes"]),
            message_bytes=int(stated["max.message.bytes"]),
            in_sync=min((len(each["isr_nodes"]) for each in partitions), default=0),
            needed_in_sync=int(stated["min.insync.replicas"]),
            leaderless=sum(each["leader_id"] < 0 for each in partitions),
        )
    return facts


def sample_of(records: Iterable[tuple[int, bytes | None]], partitions: int) -> KeySample:
    """Look at (partition, key) of some records of a topic."""
    count = without_key = misrouted = 0
    for partition, key in records:
        count += 1
        if key is None:
            without_key += 1
        elif partition_of(key, partitions) != partition:
            misrouted += 1
    return KeySample(count, without_key, misrouted)


def finding_of(topic: Topic | str, facts: TopicFacts, sample: KeySample, partitions: int = 0) -> TopicFinding:
    """Judge one topic; partitions: how many it must have, 0 for any number."""
    return TopicFinding(topic, facts, sample, list(_problems(topic, facts, sample, partitions)))


def _problems(topic: Topic | str, facts: TopicFacts, sample: KeySample, partitions: int) -> Iterable[str]:
    if not facts.partitions:
        yield "does not exist: run `supportpulse topics create`"
        return
    if partitions not in (0, facts.partitions):
        yield (
            f"has {facts.partitions} partitions, that of the tickets {partitions}: delete it and run "
            f"`supportpulse topics create --partitions {partitions}`"
        )
    if "compact" in facts.cleanup:
        yield f"cleanup.policy={facts.cleanup} drops events: set it to delete"
    if 0 <= facts.retention < LEAST_RETENTION:
        kept = format_duration(facts.retention)
        yield f"retention.ms keeps {kept}: set at least {format_duration(LEAST_RETENTION)}, better -1"
    if topic == DEAD_LETTERS:
        return  # refused records keep the keys they came with
    if sample.without_key:
        yield f"{sample.without_key} of the newest {sample.records} records have no key: they are refused"
    if sample.misrouted:
        yield (
            f"{sample.misrouted} of the newest {sample.records} records are in another partition than "
            "murmur2 of their key gives: set the producer's partitioner to murmur2"
        )
