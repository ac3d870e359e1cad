"""Judgements on brokers, topics and changelogs: whether events and state are kept as they must be.

Worked: a changelog with retention.ms=604800000 is a problem: after a week checkpoints would be deleted that a
restart needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from streams.codec import MAX_RECORD_BYTES
from streams.diagnosis.facts import Facts, KafkaFacts, Unknown
from streams.diagnosis.verdicts import Verdict, Verdicts, age, listed, ok, or_ok, problem, skipped, warning
from streams.topic_check import TopicFacts, topic_names
from streams.wire_names import changelog_topic

TESTED: Final = (4, 1)
STATIC_MEMBERS: Final = (2, 3)
"""Since then a worker with `--instance` gets its partitions back at once (KIP-345)."""
DEFAULT_MESSAGE_BYTES: Final = 1_048_588
"""What brokers take by default, and what checkpoints are tested with."""
AHEAD_MS: Final = 2_000
_CONFIGURE: Final = "kafka-configs.sh --alter --topic"


def judge_brokers(facts: Facts) -> Verdicts:
    """Whether the cluster answers, what it speaks, and whether every broker can be reached as it says."""
    kafka = kafka_of(facts)
    version = ".".join(map(str, kafka.version))
    if kafka.version < STATIC_MEMBERS:
        yield warning(
            f"the brokers speak Kafka {version}", "from 2.3 on a restarted worker gets its partitions at once"
        )
    for address, why in kafka.unreachable.items():
        yield problem(
            f"a broker says that it listens at {address}, and there: {why}",
            "correct its advertised.listeners, or the way there: clients connect to that address",
        )
    if not kafka.unreachable:
        note = "" if kafka.version == TESTED else f", tested on {'.'.join(map(str, TESTED))}"
        yield ok(f"Kafka {version}{note}; brokers: {listed(kafka.brokers.values())}")


def judge_topics(facts: Facts) -> Verdicts:
    """Whether every topic is there, keeps its records, and has each case in the partition of its key."""
    found: list[Verdict] = []
    for finding in kafka_of(facts).topics:
        for text in finding.problems:
            what, _, remedy = text.rpartition(": ")
            found.append(problem(f"{finding.facts.name}: {what}", remedy))
        found += _replicas(finding.facts)
    topics = [f"{finding.facts.name} {finding.facts.partitions}" for finding in kafka_of(facts).topics]
    return or_ok(found, f"partitions: {', '.join(topics)}")


def judge_message_sizes(facts: Facts) -> Verdicts:
    """Whether a refused record and a checkpoint fit where they are written."""
    kafka, settings = kafka_of(facts), facts.settings
    assert settings is not None
    known = {finding.topic: finding.facts for finding in kafka.topics if finding.facts.partitions}
    letters = known.pop("dead_letters", None)
    largest = max((each.message_bytes for each in known.values()), default=0)
    found = []
    if letters is not None and largest > letters.message_bytes:
        found.append(
            warning(
                f"{letters.name} takes {letters.message_bytes:,} bytes, a source topic {largest:,}: larger "
                "refused records are kept without their value",
                f"{_CONFIGURE} {letters.name} --add-config max.message.bytes={largest + MAX_RECORD_BYTES}",
            )
        )
    found += [
        problem(
            f"{each.name} takes only {each.message_bytes:,} bytes: a checkpoint may not fit",
            f"{_CONFIGURE} {each.name} --add-config max.message.bytes={DEFAULT_MESSAGE_BYTES}",
        )
        for each in kafka.changelogs.values()
        if each.partitions and each.message_bytes < DEFAULT_MESSAGE_BYTES
    ]
    return or_ok(found, f"source topics take up to {largest:,} bytes, the rest as much")


def judge_changelogs(facts: Facts) -> Verdicts:
    """Whether checkpoints are kept for ever, in as many partitions as their source has."""
    kafka, settings = kafka_of(facts), facts.settings
    assert settings is not None
    sources = {finding.topic: finding.facts for finding in kafka.topics}
    existing = {topic: each for topic, each in kafka.changelogs.items() if each.partitions}
    if not existing:
        return [skipped("there are none yet: the first `supportpulse run` creates them")]
    found: list[Verdict] = []
    for topic, each in existing.items():
        found += _changelog(each, sources[topic])
        found += _replicas(each)
    missing = [
        changelog_topic(settings.kafka.group, topic) for topic in kafka.changelogs if topic not in existing
    ]
    if missing:
        found.append(
            warning(f"no {listed(missing)}", "the next start of a worker creates it, and reads anew")
        )
    return or_ok(found, f"all are kept: {listed(each.name for each in existing.values())}")


def judge_kafka_clock(facts: Facts) -> Verdicts:
    """Whether records are dated ahead of this machine: Kafka does not tell its own time."""
    logs = kafka_of(facts).logs
    if isinstance(logs, Unknown):
        return [skipped(logs)]
    stamped = {
        name: max(
            each.newest_timestamp
            for (topic, _), each in logs.items()
            if topic == name and each.newest_timestamp is not None
        )
        for name in {topic for (topic, _), each in logs.items() if each.newest_timestamp is not None}
    }
    if not stamped:
        return [skipped("no record has a timestamp yet, and Kafka does not tell its own time")]
    ahead = {name: at - facts.now for name, at in stamped.items() if at - facts.now > AHEAD_MS}
    return or_ok(
        (
            warning(
                f"the newest record of {name} is dated {age(by)} ahead of this machine's clock",
                "keep the clocks of this machine and of its writer in step (NTP)",
            )
            for name, by in sorted(ahead.items())
        ),
        "no record is dated ahead of this machine's clock; Kafka does not tell its own time",
    )


def kafka_of(facts: Facts) -> KafkaFacts:
    """Return what is known of Kafka; checks that need it are skipped where it is unknown."""
    assert isinstance(facts.kafka, KafkaFacts)
    return facts.kafka


def source_names(facts: Facts) -> dict[str, str]:
    """Return role → name of the topics in this Kafka."""
    assert facts.settings is not None
    return {str(role): name for role, name in topic_names(facts.settings).items()}


def _replicas(topic: TopicFacts) -> Iterator[Verdict]:
    if topic.leaderless:
        yield problem(
            f"{topic.name}: {topic.leaderless} partitions have no leader", "bring their brokers back"
        )
    elif topic.in_sync < topic.needed_in_sync:
        yield problem(
            f"{topic.name}: {topic.in_sync} copies up to date, min.insync.replicas is {topic.needed_in_sync}",
            "bring the other brokers back: until then nothing can be written",
        )
    elif topic.in_sync < topic.replicas:
        yield warning(
            f"{topic.name}: a partition has {topic.in_sync} of {topic.replicas} copies up to date",
            "look at the brokers: one is away or behind",
        )


def _changelog(topic: TopicFacts, source: TopicFacts) -> Iterator[Verdict]:
    if source.partitions and topic.partitions != source.partitions:
        counts = f"{topic.partitions} partitions, {source.name} has {source.partitions}"
        yield problem(
            f"{topic.name} has {counts}: no worker starts",
            f"stop all workers, delete {topic.name} and start again; the source is then read anew",
        )
    wrong = {
        "cleanup.policy": (topic.cleanup, "delete", topic.cleanup != "delete"),
        "retention.ms": (topic.retention, -1, topic.retention >= 0),
        "retention.bytes": (topic.retention_bytes, -1, topic.retention_bytes >= 0),
    }
    for key, (stated, right, is_wrong) in wrong.items():
        if is_wrong:
            yield problem(
                f"{topic.name}: {key}={stated} lets Kafka remove checkpoints that a restart needs",
                f"{_CONFIGURE} {topic.name} --add-config {key}={right}",
            )
