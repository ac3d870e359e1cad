"""A Kafka broker inside this process: librdkafka's mock cluster, so that the demo needs no server.

Guarantee: real protocol, real consumer groups, four partitions per topic; topics come into being when they
are first used. It is for the demo and quick tests only and keeps nothing: at most 5 MiB or 100,000 record
sets per partition in memory, then the oldest go; no compaction, no DeleteRecords; everything ends with the
process. On it the head of a log may be missing. Whatever claims durability is tested on Apache Kafka.

Clients must be told what the mock cannot do. Faust: `topic_allow_declare=False`, `topic_disable_leader=True`.
kafka-python: `api_version=(2, 0)`, because the mock answers newer requests with what looks like an empty
cluster.

Worked: `with EmbeddedBroker() as broker: KafkaProducer(bootstrap_servers=broker.bootstrap, api_version=(2,
0))`. Cost: 30 ms to start, 3 threads. Source: librdkafka INTRODUCTION.md, "Test and mock cluster"
(`test.mock.num.brokers`).
"""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from confluent_kafka import KafkaException, Producer

from streams.errors import SupportPulseError

PARTITIONS: Final = 4
"""How many partitions every topic has; librdkafka's default, which cannot be chosen from Python."""
API_VERSION: Final = (2, 0)
"""What kafka-python has to take the broker for."""

_START_SECONDS: Final = 10.0


class BrokerFailed(SupportPulseError):
    """The embedded broker did not come up. Look at memory and at limits on threads and sockets."""


class EmbeddedBroker:
    """One mock broker on a free port of the loopback interface; it lives as long as the context."""

    def __init__(self) -> None:
        self._cluster: Producer | None = None
        self._bootstrap = ""

    @property
    def bootstrap(self) -> str:
        """Where the broker listens, as host:port; only inside the context."""
        assert self._bootstrap, "the embedded broker is not running"
        return self._bootstrap

    def __enter__(self) -> Self:
        """Start the broker.

        Raises:
            BrokerFailed: it does not answer within ten seconds.
        """
        # The producer that asks for a mock cluster owns it: the cluster ends when the producer is destroyed.
        cluster = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        try:
            brokers = cluster.list_topics(timeout=_START_SECONDS).brokers
        except KafkaException as error:
            raise BrokerFailed(f"the embedded broker does not answer: {error}") from error
        self._cluster = cluster
        self._bootstrap = ",".join(f"{broker.host}:{broker.port}" for broker in brokers.values())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the broker; what it kept is gone."""
        self._cluster = None
        self._bootstrap = ""
