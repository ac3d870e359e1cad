"""One support centre on a shared broker: topics and a group of its own, its configuration, and the commands.

Guarantee: nothing of a site is visible to another one on the same broker. Commands are the installed program
itself, run as a person would, and their failure is an exception with what they printed.

    site = SupportSite(broker.bootstrap, "test-1", directory, partitions=8)
    site.create_topics()
    site.command("replay", "january.ndjson.gz", "--speed", "max")
    site.report([Path("january.ndjson.gz")], now=917826786000, end=917826790000)
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer

from aggregators.configuration import Configuration
from aggregators.customer_windows import CUSTOMERS_PREFIX, customer_periods
from aggregators.events import TOPICS, Event, Topic
from aggregators.site_time import window_start
from aggregators.survey_windows import PARTS_PREFIX, survey_starts
from streams.codec import decode
from streams.event_files import lines_of
from streams.event_time import iso
from streams.log_reading import partitions_of
from streams.settings import load_settings
from testbed.processes import ServerProcess, free_port
from testbed.series import CUSTOMERS, STATE, SURVEYS, Tables, of_report

PROGRAM = Path(sys.executable).with_name("supportpulse")
COMMAND_SECONDS = 120
_REPORTS: dict[tuple[str, tuple[str, ...]], str] = {}
EVENT_CLOCK: Mapping[str, Any] = {"clock": {"mode": "event"}}


class CommandFailed(Exception):
    """A command of the program ended with another exit code than 0; the message is what it printed."""


class SupportSite:
    """Names, configuration and commands of one support centre."""

    def __init__(
        self,
        bootstrap: str,
        name: str,
        directory: Path,
        *,
        partitions: int,
        configuration: Mapping[str, Any] = EVENT_CLOCK,
    ) -> None:
        """Choose what the site is; nothing is created on the broker yet.

        Args:
            bootstrap: the broker's address.
            name: begins the names of all topics and of the group; no other site may have it.
            directory: keeps configuration files.
            partitions: of each source topic.
            configuration: sections beyond `kafka` and `http`, for the worker and the report alike.
        """
        self.bootstrap = bootstrap
        self.name = name
        self.directory = directory
        self.partitions = partitions
        self._sections = dict(configuration)
        self.topics = {topic: f"{name}-{topic}" for topic in TOPICS}
        self.dead_letters = f"{name}-dead-letters"
        self.sla_events = f"{name}-sla-events"

    @cached_property
    def configuration_file(self) -> Path:
        """The configuration that the commands get."""
        return self.write_configuration(free_port())

    @cached_property
    def configuration(self) -> Configuration:
        """What the engine makes of the configuration."""
        return load_settings(self.configuration_file).engine()

    def write_configuration(self, port: int) -> Path:
        """Write the configuration of a worker that listens at a port; JSON of the same shape as TOML."""
        topics = {str(topic): name for topic, name in self.topics.items()}
        topics |= {"dead_letters": self.dead_letters, "sla_events": self.sla_events}
        document = {
            **self._sections,
            "kafka": {
                "bootstrap": self.bootstrap,
                "group": self.name,
                "topics": topics,
            },
            "http": {"port": port},
        }
        file = self.directory / f"site-{port}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return file

    def command_line(self, *arguments: str) -> list[str]:
        """Return the command line of a command of the program with this site's configuration."""
        return [str(PROGRAM), *arguments, "--config", str(self.configuration_file)]

    def command(self, *arguments: str) -> str:
        """Run a command of the program and return what it printed.

        Raises:
            CommandFailed: it did not end with 0.
        """
        done = subprocess.run(
            self.command_line(*arguments),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CommandFailed(f"{arguments} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def create_topics(self, *, in_use: Topic | None = None) -> None:
        """Create the topics with `supportpulse topics create`.

        in_use: the only topic that will hold events; the others get one partition, which makes every start
        of a worker faster.
        """
        if in_use is not None:
            idle = {"num_partitions": 1, "replication_factor": 1}
            with self.admin() as admin:
                admin.create_topics({name: idle for topic, name in self.topics.items() if topic != in_use})
        self.command("topics", "create", "--partitions", str(self.partitions), "--retention", "forever")

    def admin(self) -> KafkaAdminClient:
        """Open an admin client of the broker; the caller closes it (it is a context manager)."""
        return KafkaAdminClient(bootstrap_servers=self.bootstrap)

    def replay(self, *files: Path) -> None:
        """Send recorded events as fast as possible with `supportpulse replay`."""
        self.command("replay", *map(str, files), "--speed", "max")

    def start_replay(self, file: Path, *, seconds: float) -> ServerProcess:
        """Start to send a file of events, sorted by time, so that it takes about so many seconds.

        The process ends by itself; its output is beside the configuration.
        """
        first, *_, last = recorded_lines(file)
        speed = max(1.0, (time_of(last) - time_of(first)) / 1000 / seconds)
        process = ServerProcess("supportpulse replay", self.directory / f"{file.name}.log")
        process.spawn(self.command_line("replay", str(file), "--speed", f"{speed:.3f}"))
        return process

    def report(self, files: Sequence[Path], *, now: int, end: int) -> Tables:
        """Return what `supportpulse report` says of windows that end at `end` and the state at `now` (ms).

        A report has every number of every window; here surveys and customers are in their own windows alone,
        as live.
        """
        zone = self.configuration.time_zone
        fixed = {
            label: window_start(length, end, zone)
            for label, length in self.configuration.window_lengths.items()
        }
        spans = {label: (start, end) for label, start in fixed.items()}
        spans |= {label: (start, end) for label, start in survey_starts(end, self.configuration).items()}
        spans |= customer_periods(end, self.configuration)
        windows = [f"{iso(first)}..{iso(last)}" for first, last in spans.values()]
        questions = [each for window in windows for each in ("--window", window)]
        question = (*map(str, files), "--format", "json", "--at", iso(now), *questions)
        known = (json.dumps(self._sections, sort_keys=True), question)
        if known not in _REPORTS:  # several tests end at the same moment of the same file
            _REPORTS[known] = self.command("report", *question)
        tables: Tables = {}
        for label, table in of_report(json.loads(_REPORTS[known]), list(spans)).items():
            kind, _, name = label.rpartition("/")
            kept = {key: value for key, value in table.items() if label == STATE or kind_of(key[0]) == kind}
            if kept or not kind:
                # A site may have a window of its own that is called like one of surveys or customers.
                tables.setdefault(name, {}).update(kept)
        return tables

    def end_offsets(self) -> dict[tuple[str, int], int]:
        """Return the next offset to be written of every source partition, by topic and partition."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        try:
            places = {
                place: (str(topic), place.partition)
                for topic, name in self.topics.items()
                for place in partitions_of(consumer, name)
            }
            ends = consumer.end_offsets(list(places))
        finally:
            consumer.close()
        return {place: ends[partition] for partition, place in places.items()}


def kind_of(metric: str) -> str:
    """Return whose windows a metric has, as it stands before the label of their parts: "" for operations."""
    if metric in CUSTOMERS:
        return CUSTOMERS_PREFIX.rstrip("/")
    return PARTS_PREFIX.rstrip("/") if metric in SURVEYS else ""


def recorded_lines(file: Path) -> list[bytes]:
    """Return the lines of a file of recorded events, gzip or not."""
    return [line.value for line in lines_of([str(file)]) if line.value]


def time_of(line: bytes) -> int:
    """Return the event time of a recorded event in milliseconds."""
    event = decode(line)
    assert isinstance(event, Event), line
    return event.time


def write_lines(file: Path, lines: Iterable[bytes]) -> Path:
    """Write recorded events as one NDJSON file and return its path."""
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    return file
