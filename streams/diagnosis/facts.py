"""What is known of an installation at one moment: plain data, gathered once and then only judged.

Guarantee: a fact that could not be had is an `Unknown` with its reason, never a guess and never a default
that looks like an answer. Times are milliseconds since the epoch by this machine's clock, unless a field says
otherwise.

Worked: a user who may not describe the group gives group=Unknown("Kafka does not tell who is in the group:
…"), and the checks of group and owners are skipped with just these words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from aggregators.events import Topic
from exporters.redis_facts import RedisFacts
from streams.errors import Problem
from streams.settings import Settings
from streams.topic_check import TopicFacts, TopicFinding

Place: TypeAlias = tuple[Topic, int]
"""(topic, partition)."""

NOT_ASKED: Final = "nothing was asked: the configuration is wrong"


class Unknown(Struct, frozen=True):
    """Something could not be learned; reason: why, in the words of an operator."""

    reason: str


class MachineFacts(Struct, frozen=True, kw_only=True):
    """This machine and process.

    open_files: the soft limit, −1 without one; zone_data, system_zone_data: versions of Python's and of the
    system's time zone data, empty where there are none; zones: those of the configuration that cannot be
    read; listening: why the [http] address cannot be had, empty where it can.
    """

    open_files: int = -1
    zone_data: str = ""
    system_zone_data: str = ""
    zones: Sequence[str] = ()
    listening: str = ""


class ProcessFacts(Struct, frozen=True, kw_only=True):
    """One address of a worker or exporter.

    is_stated: whether somebody named it on the command line; trouble: why there is no answer, else empty;
    version: of the program there, None where another one answers; reasons: why it is not ready.
    """

    address: str
    is_stated: bool = False
    trouble: str = ""
    version: str | None = None
    reasons: Sequence[str] = ()


class LogFacts(Struct, frozen=True, kw_only=True):
    """One partition of a topic: oldest offset that is there, next one to be written, newest timestamp.

    committed: the group's next offset, None where nothing was committed.
    """

    begin: int
    end: int
    newest_timestamp: int | None = None
    committed: int | None = None


class MemberFacts(Struct, frozen=True, kw_only=True):
    """One member of the consumer group; instance: its static name, empty without one."""

    instance: str
    client: str
    host: str
    places: frozenset[tuple[str, int]] = frozenset()

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.instance or self.client} at {self.host}"


class GroupFacts(Struct, frozen=True, kw_only=True):
    """The consumer group; state: in Kafka's words, such as Stable, Empty or Dead."""

    state: str
    members: Sequence[MemberFacts] = ()


class TailFacts(Struct, frozen=True, kw_only=True):
    """The newest records of one changelog partition.

    fences: timestamps of the fences among them; late: records of a writer that had lost the partition;
    position: the source offset that the newest one reaches, None without a checkpoint; epoch: of the newest
    writer; damage: what cannot be read, else empty.
    """

    fences: Sequence[int] = ()
    late: int = 0
    position: int | None = None
    epoch: int = -1
    written_at: int | None = None
    state_version: int | None = None
    fingerprint: str = ""
    damage: str = ""


class SampleFacts(Struct, frozen=True, kw_only=True):
    """The newest records of one source topic.

    event_time, arrived_at: of the newest event and of its record; refused: reason → records that the
    processor does not take.
    """

    records: int = 0
    event_time: int | None = None
    arrived_at: int | None = None
    refused: Mapping[str, int] = {}


class KafkaFacts(Struct, frozen=True, kw_only=True):
    """What the brokers say.

    version: of their protocol; brokers: id → address as they advertise it; unreachable: address → why;
    topics: every topic of the configuration; changelogs: those that should exist, partitions 0 where one does
    not; logs: (name, partition) → offsets; tails, samples: by place and topic.
    """

    version: tuple[int, ...]
    brokers: Mapping[int, str]
    unreachable: Mapping[str, str]
    topics: Sequence[TopicFinding]
    changelogs: Mapping[Topic, TopicFacts]
    group: GroupFacts | Unknown
    logs: Mapping[tuple[str, int], LogFacts] | Unknown
    tails: Mapping[Place, TailFacts] | Unknown
    samples: Mapping[Topic, SampleFacts] | Unknown


class Facts(Struct, frozen=True, kw_only=True):
    """Everything that is known. now: this machine's clock; settings: None where `problems` has any."""

    now: int
    program: str = ""
    problems: Sequence[Problem] = ()
    settings: Settings | None = None
    machine: MachineFacts = MachineFacts()
    processes: Sequence[ProcessFacts] = ()
    kafka: KafkaFacts | Unknown = Unknown(NOT_ASKED)
    redis: RedisFacts | Unknown = Unknown(NOT_ASKED)
