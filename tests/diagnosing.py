"""Facts of an installation that is well, for tests that make one thing of it wrong.

Worked: findings(well()) has no problem; findings(well(kafka=replace(KAFKA, group=Unknown("no"))) skips two.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from aggregators.events import TOPICS
from exporters.fleet_parts import Identity, PartitionReport, encode
from exporters.fleet_store import StoredReport
from exporters.redis_facts import NEEDED, MemoryFacts, RedisFacts
from streams.diagnosis.facts import (
    Facts,
    GroupFacts,
    KafkaFacts,
    LogFacts,
    MachineFacts,
    MemberFacts,
    ProcessFacts,
    SampleFacts,
    TailFacts,
)
from streams.diagnosis.judgement import findings
from streams.diagnosis.verdicts import Result
from streams.settings import configuration_from_mapping
from streams.topic_check import KeySample, TopicFacts, finding_of, topic_names
from streams.wire_names import STATE_VERSION, changelog_topic

NOW = 1_772_445_610_000
SETTINGS = configuration_from_mapping({"redis": {"url": "redis://localhost:6379/0"}})
FINGERPRINT = SETTINGS.engine().fingerprint
NAMES = topic_names(SETTINGS)
COUNTS = {str(topic): 1 for topic in TOPICS}
CHANGELOGS = {topic: TopicFacts(changelog_topic("supportpulse", topic), 1, 1) for topic in TOPICS}

MEMBER = MemberFacts(
    instance="w1",
    client="supportpulse",
    host="10.0.0.1",
    places=frozenset((NAMES[topic], 0) for topic in TOPICS),
)
LOG = LogFacts(begin=0, end=100, newest_timestamp=NOW - 1_000, committed=100)
TAIL = TailFacts(
    fences=[NOW - 3_600_000],
    position=100,
    epoch=7,
    written_at=NOW - 1_000,
    state_version=STATE_VERSION,
    fingerprint=FINGERPRINT,
)
KAFKA = KafkaFacts(
    version=(4, 1),
    brokers={1: "kafka:9092"},
    unreachable={},
    topics=[finding_of(role, TopicFacts(name, 1, 1), KeySample(100)) for role, name in NAMES.items()],
    changelogs=CHANGELOGS,
    group=GroupFacts(state="Stable", members=[MEMBER]),
    logs={(name, 0): LOG for name in NAMES.values()} | {(NAMES["dead_letters"], 0): LogFacts(begin=5, end=5)},
    tails={(topic, 0): TAIL for topic in TOPICS},
    samples={
        topic: SampleFacts(records=100, event_time=NOW - 2_000, arrived_at=NOW - 1_000) for topic in TOPICS
    },
)


def report(fingerprint: str = FINGERPRINT, topic: str = "calls") -> bytes:
    """Return what a worker publishes of partition 0 of a topic."""
    identity = Identity(fingerprint, STATE_VERSION, COUNTS, "wall")
    return encode(
        PartitionReport(
            identity=identity, topic=topic, partition=0, state="live", applied=100, lag=0, worker="w1"
        )
    )


REDIS = RedisFacts(
    prefix="supportpulse:supportpulse:",
    clock=NOW + 40,
    asked_at=NOW,
    round_trip=2,
    rights=dict.fromkeys(NEEDED, True),
    memory=MemoryFacts(2_000_000, 256_000_000, "noeviction", "redis 7.0.15"),
    reports={
        (topic, 0): StoredReport(7, NOW - 500, frozenset({600}), report(topic=topic)) for topic in TOPICS
    },
)
MACHINE = MachineFacts(open_files=20_000, zone_data="2026.6", listening="Address already in use")
PROCESS = ProcessFacts(address="http://127.0.0.1:9464", version="0.1.0")


def well(**changes: Any) -> Facts:
    """Return facts of an installation that is well, but for the changes."""
    facts = Facts(
        now=NOW,
        program="0.1.0",
        settings=SETTINGS,
        machine=MACHINE,
        processes=[PROCESS],
        kafka=KAFKA,
        redis=REDIS,
    )
    return replace(facts, **changes)


def with_kafka(**changes: Any) -> Facts:
    """Return facts in which something of Kafka is another."""
    return well(kafka=replace(KAFKA, **changes))


def with_redis(**changes: Any) -> Facts:
    """Return facts in which something of Redis is another."""
    return well(redis=replace(REDIS, **changes))


def said(facts: Facts, check: str) -> list[tuple[Result, str]]:
    """Return what a check says: result, and text with remedy."""
    return [(each.result, f"{each.text} → {each.remedy}") for each in findings(facts) if each.check == check]


def wrong(facts: Facts) -> set[tuple[str, Result]]:
    """Return the checks that found something wrong, or could not look."""
    return {(each.check, each.result) for each in findings(facts) if each.result is not Result.OK}
