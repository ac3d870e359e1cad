"""Facts of Kafka: brokers, topics, group, offsets, the newest records of sources and changelogs.

Guarantee: nothing is written or created, no offset is committed, and no group is joined. What one question is
refused is an `Unknown` of that question; only where no broker answers there are no facts at all.

Worked: eight partitions of six source topics: 96 partitions in all, read side by side in two seconds.
Cost: at most the newest `EVENTS` records of each source partition and `TAIL` of each changelog partition.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from aggregators.events import TOPICS, Topic
from streams.changelog import ChangelogDamaged, decode_headers
from streams.codec import decode
from streams.diagnosis.facts import (
    GroupFacts,
    KafkaFacts,
    LogFacts,
    MemberFacts,
    Place,
    SampleFacts,
    TailFacts,
    Unknown,
)
from streams.kafka_access import KafkaProblem, admin_client, log_reader
from streams.log_reading import LogStalled, newest_of
from streams.refusal import Refusal
from streams.settings_models import Sections
from streams.topic_check import (
    KeySample,
    TopicFacts,
    finding_of,
    partitions_of_role,
    read_facts,
    sample_of,
    topic_names,
)
from streams.wire_names import changelog_topic

EVENTS: Final = 200
TAIL: Final = 20
CONNECT_SECONDS: Final = 3.0

Answer = TypeVar("Answer")


def kafka_facts(sections: Sections) -> KafkaFacts | Unknown:
    """Ask the brokers everything; Unknown where none answers."""
    kafka = sections.kafka
    try:
        with admin_client(kafka) as admin, log_reader(kafka) as consumer:
            return _Questions(sections, admin, consumer).answered()
    except (KafkaProblem, LogStalled, OSError) as error:
        return Unknown(str(error))


class _Questions:
    """One round of questions to one cluster."""

    def __init__(self, sections: Sections, admin: KafkaAdminClient, consumer: KafkaConsumer) -> None:
        self._sections = sections
        self._kafka = sections.kafka
        self._admin = admin
        self._consumer = consumer

    def answered(self) -> KafkaFacts:
        cluster = self._admin.describe_cluster()
        brokers = {each["broker_id"]: f"{each['host']}:{each['port']}" for each in cluster["brokers"]}
        version = self._admin.get_broker_version_data(next(iter(brokers))).broker_version
        names = topic_names(self._sections)
        sources = {topic: names[topic] for topic in TOPICS}
        changelogs = {topic: changelog_topic(self._kafka.group, topic) for topic in TOPICS}
        facts = read_facts(self._admin, [*names.values(), *changelogs.values()])
        records = self._asked("records", lambda: self._newest(facts[name] for name in sources.values()))
        keys: dict[str, KeySample] = {}
        if not isinstance(records, Unknown):
            keys = {
                name: sample_of(((each.partition, each.key) for each in found), facts[name].partitions or 1)
                for name, found in records.items()
            }
        return KafkaFacts(
            version=tuple(version),
            brokers=brokers,
            unreachable=_unreachable(brokers.values()),
            topics=[
                finding_of(
                    role,
                    facts[name],
                    keys.get(name, KeySample()),
                    partitions_of_role(role, names, facts),
                )
                for role, name in names.items()
            ],
            changelogs={topic: facts[name] for topic, name in changelogs.items()},
            group=self._asked("who is in the group", self._group),
            logs=self._asked("offsets", lambda: self._logs(facts.values())),
            tails=self._asked("the changelogs", lambda: self._tails(changelogs, facts)),
            samples=records
            if isinstance(records, Unknown)
            else {topic: self._sample(topic, records.get(name, [])) for topic, name in sources.items()},
        )

    def _asked(self, what: str, question: Callable[[], Answer]) -> Answer | Unknown:
        try:
            return question()
        except (KafkaError, LogStalled) as error:
            return Unknown(
                f"Kafka does not tell {what}: {' '.join(str(error).split()) or type(error).__name__}"
            )

    def _group(self) -> GroupFacts:
        described = self._admin.describe_groups([self._kafka.group])[self._kafka.group]
        return GroupFacts(
            state=str(described["group_state"]) or "Dead",
            members=[_member(each) for each in described["members"]],
        )

    def _logs(self, topics: Iterable[TopicFacts]) -> Mapping[tuple[str, int], LogFacts]:
        places = [TopicPartition(each.name, number) for each in topics for number in range(each.partitions)]
        if not places:
            return {}
        begins, ends, latest = (
            self._admin.list_partition_offsets(dict.fromkeys(places, spec))
            for spec in (OffsetSpec.EARLIEST, OffsetSpec.LATEST, OffsetSpec.MAX_TIMESTAMP)
        )
        committed = self._admin.list_group_offsets(self._kafka.group).get(self._kafka.group, {})
        return {
            (place.topic, place.partition): LogFacts(
                begin=begins[place].offset,
                end=ends[place].offset,
                newest_timestamp=latest[place].timestamp if latest[place].timestamp >= 0 else None,
                committed=committed[place].offset if place in committed else None,
            )
            for place in places
        }

    def _newest(self, topics: Iterable[TopicFacts]) -> Mapping[str, list[Any]]:
        known = list(topics)
        places = [TopicPartition(each.name, number) for each in known for number in range(each.partitions)]
        records = newest_of(self._consumer, places, EVENTS)
        return {
            each.name: [record for place in places if place.topic == each.name for record in records[place]]
            for each in known
        }

    def _tails(
        self, changelogs: Mapping[Topic, str], facts: Mapping[str, TopicFacts]
    ) -> Mapping[Place, TailFacts]:
        topics = {name: topic for topic, name in changelogs.items()}
        places = [TopicPartition(name, number) for name in topics for number in range(facts[name].partitions)]
        records = newest_of(self._consumer, places, TAIL)
        return {(topics[place.topic], place.partition): tail_of(found) for place, found in records.items()}

    def _sample(self, topic: Topic, records: list[Any]) -> SampleFacts:
        skew = self._kafka.max_future_skew
        refused: Counter[str] = Counter()
        newest_event: tuple[int, int] | None = None
        for record in records:
            found = decode(
                record.value, topic=topic, key=record.key, timestamp=record.timestamp, max_future_skew=skew
            )
            if isinstance(found, Refusal):
                refused[found.reason.value] += 1
            elif newest_event is None or found.time > newest_event[0]:
                newest_event = (found.time, record.timestamp)
        event_time, arrived_at = newest_event or (None, None)
        return SampleFacts(
            records=len(records), event_time=event_time, arrived_at=arrived_at, refused=refused
        )


def tail_of(records: Iterable[Any]) -> TailFacts:
    """Return what the newest records of a changelog partition say, in their order."""
    fences: list[int] = []
    late, position, epoch, header, written_at = 0, None, -1, None, None
    for record in records:
        try:
            header = decode_headers(record.headers, record.offset)
        except ChangelogDamaged as error:
            return TailFacts(damage=str(error))
        written_at = record.timestamp
        if header.kind == "fence":
            fences.append(record.timestamp)
            epoch = record.offset
        elif header.epoch < epoch:
            late += 1
        else:
            epoch = header.epoch
            # The last chunk makes it count.
            position = header.to_position if header.chunk + 1 == header.chunks else position
    return TailFacts(
        fences=fences,
        late=late,
        position=position,
        epoch=epoch,
        written_at=written_at,
        state_version=None if header is None else header.state_version,
        fingerprint="" if header is None else header.fingerprint,
    )


def _member(described: Mapping[str, Any]) -> MemberFacts:
    assignment = described["member_assignment"]
    # A member that does not speak the protocol of consumers has bytes there, or nothing.
    assigned = assignment.get("assigned_partitions", ()) if isinstance(assignment, dict) else ()
    return MemberFacts(
        instance=described.get("group_instance_id") or "",
        client=described["client_id"],
        host=described["client_host"].lstrip("/"),
        places=frozenset((each["topic"], number) for each in assigned for number in each["partitions"]),
    )


def _unreachable(addresses: Iterable[str]) -> dict[str, str]:
    found = {}
    for address in addresses:
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
        except OSError as error:
            found[address] = error.strerror or str(error)
    return found
