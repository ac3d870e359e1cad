"""The installation that the documents describe: their own command lines, on the servers of a test session.

installation = Installation(broker, redis, folder)
installation.prepare()         files, topics, and a few records that are refused
installation.start(line)       what goes on until it is stopped, at a port of its own
installation.wait_until_ready()
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import signal
import sys
import time
import urllib.request
import uuid
from functools import partial
from pathlib import Path

from kafka import KafkaProducer

from testbed.kafka import KafkaBroker
from testbed.processes import LOOPBACK, ServerProcess, free_port
from testbed.project_files import PROJECT
from testbed.redis import RedisServer
from testbed.support_site import SupportSite
from tests.documented import FENCED, CommandLine, text_of

PROGRAM = "import sys; from streams.command_line import main; sys.exit(main())"
PLACEHOLDERS = {"DIRECTORY": "rules", "FILE": "monday.ndjson.gz"}
START_SECONDS = 120.0
LETTERS = 20


class Installation:
    """Workers and exporter as documented, on the session's servers, in a folder with the documented files."""

    def __init__(self, broker: KafkaBroker, redis: RedisServer, folder: Path) -> None:
        self.folder = folder
        self.name = f"typed-{uuid.uuid4().hex[:8]}"
        self.site = SupportSite(broker.bootstrap, self.name, folder, partitions=3)
        self.processes: dict[str, ServerProcess] = {}
        self.ports: dict[str, int] = {}
        topics = {str(topic): name for topic, name in self.site.topics.items()}
        self.environment = {
            "SUPPORTPULSE_KAFKA__BOOTSTRAP": broker.bootstrap,
            "SUPPORTPULSE_KAFKA__GROUP": self.name,
            "SUPPORTPULSE_KAFKA__TOPICS": json.dumps({**topics, "dead_letters": self.site.dead_letters}),
            "SUPPORTPULSE_REDIS__URL": redis.url,
        }

    def prepare(self) -> None:
        """Lay out the documented files, make the topics, and send a few records that are refused."""
        for name in ("docs", "deploy"):
            shutil.copytree(PROJECT / name, self.folder / name, ignore=shutil.ignore_patterns("secrets"))
        (block,) = (
            body for indent, kind, body in FENCED.findall(text_of(PROJECT / "README.md")) if kind == "toml"
        )
        text = re.sub(r"^ {3}", "", block, flags=re.MULTILINE)
        recording = PROJECT / "docs" / "examples" / "open-tickets.ndjson"
        (self.folder / "january.ndjson.gz").write_bytes(gzip.compress(recording.read_bytes()))
        for name in ("supportpulse.toml", "site.toml"):
            (self.folder / name).write_text(text, encoding="utf-8")
        self.site.create_topics()
        self.send_letters()

    def send_letters(self) -> None:
        """Send messages of tickets without the author that their type requires."""
        producer = KafkaProducer(bootstrap_servers=self.site.bootstrap)
        for number in range(LETTERS):
            event = {
                "specversion": "1.0",
                "id": f"bad-{number}",
                "source": "/crm",
                "type": "ticket.message",
                "subject": f"ticket-{number}",
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "data": {},
            }
            producer.send(
                self.site.topics["tickets"], json.dumps(event).encode(), key=event["subject"].encode()
            )
        producer.flush()
        producer.close()

    def start(self, line: CommandLine) -> None:
        """Start what goes on until it is stopped, at a port of its own."""
        name = line.arguments[-1] if "--instance" in line.arguments else line.arguments[0]
        if name in self.processes:
            return  # said twice: with a port of its own, and without
        port = self.ports[name] = free_port()
        process = self.processes[name] = ServerProcess(str(line), self.folder / f"{name}.log")
        variables = {**self.environment, **line.variables, "SUPPORTPULSE_HTTP__PORT": str(port)}
        # In the folder, because the configuration is named as it is there.
        words = [sys.executable, "-c", PROGRAM, *line.arguments]
        process.spawn(["env", f"--chdir={self.folder}", f"PYTHONPATH={PROJECT}", *words], variables)

    def wait_until_ready(self) -> None:
        """Wait until every process says that it is."""
        for name, process in self.processes.items():
            process.wait_until_ready(partial(self.is_ready, name), seconds=START_SECONDS)

    def is_ready(self, name: str) -> bool:
        """Say whether a process is ready."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.ports[name]}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> dict[str, int]:
        """Ask every process to end, and return the exit code of each."""
        for process in self.processes.values():
            process.signal(signal.SIGTERM)  # all at once: they stop side by side
        for process in self.processes.values():
            process.terminate(seconds=30)
        return {name: process.wait() for name, process in self.processes.items()}

    def replaced(self, word: str) -> str:
        """Return a word with what stands for something, and addresses as they are here."""
        word = PLACEHOLDERS.get(word, word)
        word = word.replace("http://worker-2:9464", f"http://{LOOPBACK}:{self.ports['worker-2']}")
        return re.sub(
            r"http://(127\.0\.0\.1|localhost):9464", f"http://{LOOPBACK}:{self.ports['exporter']}", word
        )
