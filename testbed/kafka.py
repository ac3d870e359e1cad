"""A real Apache Kafka broker: one KRaft node (broker and controller in one JVM) on free loopback ports.

Guarantee: `start` returns when the broker answers the Kafka protocol; after `stop` or `kill`, `start` brings
the same broker back with the same port and data. Cost: 4 s and 0.3 GB for the first start, 3 s for a later
one, 6 s after a kill. Run one by hand with `python -m testbed.kafka --port 9092 --data DIRECTORY`.

    with KafkaBroker() as broker:
        broker.create_topic("support.calls", partitions=8)
        producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
"""

import argparse
import logging
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.errors import KafkaError

from testbed.artifacts import fetch_kafka, kafka_version
from testbed.processes import LOOPBACK, ServerFailed, accepts_connections, free_port
from testbed.server import Server

START_SECONDS = 60.0
ADMIN_SECONDS = 5
CLUSTER_ID = "c3VwcG9ydHB1bHNlMDAwMQ"  # any 16 bytes in base64; fixed, so that a data directory can be moved
LOGGING_FILE = Path(__file__).with_name("kafka-log4j2.xml")

JVM_OPTIONS = (
    "-Xmx512m",
    "-Xms256m",
    "-XX:+UseSerialGC",  # the broker shares two cores with what is being tested
    "-XX:TieredStopAtLevel=1",  # the quick compiler only: starts 2 s sooner
    "-Djava.awt.headless=true",
)

SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",  # a killed broker may register again only after it; default 9000
    "auto.create.topics.enable": "false",
    "num.partitions": "4",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": "16777216",  # the default of 128 MiB is a quarter of the heap
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",  # lets a test's killed worker be noticed in 1 s instead of 6 s
}


class KafkaBroker(Server):
    """One broker with its port and data; also a context manager that starts and closes it."""

    start_seconds = START_SECONDS

    def __init__(
        self, directory: Path | None = None, *, port: int = 0, settings: Mapping[str, str] | None = None
    ) -> None:
        """Choose where the broker lives; nothing is started yet.

        Args:
            directory: keeps the log; without one a temporary directory that `close` removes.
            port: TCP port on the loopback interface; 0 chooses a free one.
            settings: broker properties that override or extend `SETTINGS`.
        """
        super().__init__(f"Kafka {kafka_version()}", directory, port=port)
        self._controller_port = free_port()
        self._settings = {**SETTINGS, **(settings or {})}

    @property
    def bootstrap(self) -> str:
        """The address for `bootstrap_servers`, as host:port."""
        return self.address

    def answers(self) -> bool:
        """Say whether the broker describes its cluster with itself as a live node."""
        if not accepts_connections(self.port):
            return False
        try:
            with self.admin() as admin:
                return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False

    def admin(self) -> KafkaAdminClient:
        """Open an admin client; the caller closes it (it is a context manager)."""
        return KafkaAdminClient(
            bootstrap_servers=self.bootstrap,
            bootstrap_timeout_ms=ADMIN_SECONDS * 1000,
            request_timeout_ms=ADMIN_SECONDS * 1000,
        )

    def create_topic(self, name: str, *, partitions: int, settings: Mapping[str, str] | None = None) -> None:
        """Create a topic with one replica and wait until every partition has a leader.

        Raises:
            KafkaError: the broker refused, for example because the topic exists.
        """
        wanted = {"num_partitions": partitions, "replication_factor": 1, "configs": dict(settings or {})}
        with self.admin() as admin:
            admin.create_topics({name: wanted}, wait_for_metadata=True)

    def limit_records(self, topic: str, size: int) -> None:
        """Let a topic refuse what is larger than `size` bytes (compressed batches as a whole)."""
        with self.admin() as admin:
            admin.alter_configs([ConfigResource("TOPIC", topic, {"max.message.bytes": str(size)})])

    def _command(self) -> list[str]:
        class_path = str(fetch_kafka() / "*")
        properties = self._write_properties()
        if not (self.directory / "data" / "meta.properties").exists():
            _format_storage(class_path, properties)
        logging_option = f"-Dlog4j2.configurationFile={LOGGING_FILE}"
        return ["java", *JVM_OPTIONS, logging_option, "-cp", class_path, "kafka.Kafka", str(properties)]

    def _write_properties(self) -> Path:
        broker, controller = self.address, f"{LOOPBACK}:{self._controller_port}"
        properties = {
            **self._settings,
            "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{broker}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str(self.directory / "data"),
        }
        file = self.directory / "server.properties"
        file.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), encoding="utf-8")
        return file


def _format_storage(class_path: str, properties: Path) -> None:
    tool = ["java", *JVM_OPTIONS, "-cp", class_path, "kafka.tools.StorageTool", "format"]
    done = subprocess.run(
        [*tool, "--cluster-id", CLUSTER_ID, "--config", str(properties)],
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise ServerFailed(f"formatting the storage of Kafka failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Run one broker in the foreground until an interrupt or a termination signal arrives."""
    parser = argparse.ArgumentParser(prog="python -m testbed.kafka", description=main.__doc__)
    parser.add_argument("--port", type=int, default=9092, help="loopback TCP port (default 9092, 0: free)")
    parser.add_argument("--data", type=Path, help="directory to keep; default: a temporary one")
    options = parser.parse_args()
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # refused connections are normal while it starts
    signal.signal(signal.SIGTERM, _interrupt)
    broker = KafkaBroker(options.data, port=options.port)
    try:
        broker.start()
        print(f"Kafka {kafka_version()} on {broker.bootstrap}, log in {broker.log_file}", flush=True)
        return broker.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        broker.close()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main())
