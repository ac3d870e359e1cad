"""What an operator types: every command line of the documents, run; and what `doctor` says of broken things.

One installation serves all of it: the workers and the exporter are the documents' own command lines, the
servers those of the session. What cannot run here is in `NOT_RUN`, with the reason and what stands in for it.
"""

import gzip
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from streams.command_line import COMMANDS, load_command, run
from streams.wire_names import changelog_topic, redis_prefix
from testbed.kafka import KafkaBroker
from testbed.processes import LOOPBACK, ServerProcess, free_port, wait_until
from testbed.project_files import PROJECT
from testbed.redis import RedisServer
from testbed.support_site import SupportSite
from tests.documented import DOCUMENTS, FENCED, CommandLine, command_lines, text_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NOT_RUN: Mapping[str, str] = {
    "docker compose": "no container engine: tests/kafka/test_stack.py runs the same processes",
    "kubectl apply": "no cluster: tests/house/test_kubernetes.py checks the folder against schemas",
    "pip install": "it would change this environment: tests/house/test_wheel.py builds what it installs",
    "python -m": "the session's broker is started by this very module",
    "run": "the gate runs this test",
    "make": "minutes to an hour, or another test's business; `make --dry-run` shows that it begins",
}
"""Beginning of a command line → why it is only parsed, or run as a rehearsal."""

ENDLESS = ("run", "exporter")
FIRST = ("README.md", "docs/first-day.md")
PLACEHOLDERS = {"DIRECTORY": "rules", "FILE": "monday.ndjson.gz"}
DEMO_SECONDS = "2"
START_SECONDS = 120.0
LETTERS = 20
EXPLAINED_BY = "worker-1"


def all_lines() -> list[CommandLine]:
    """Return every command line once, in an order in which a file is made before it is read."""
    documents = sorted(DOCUMENTS, key=lambda path: str(path.relative_to(PROJECT)) not in FIRST)
    lines = [line for document in documents for line in command_lines(document) if line.is_call]
    kept = {(*line.words, *line.variables): line for line in reversed(lines) if not is_name(line)}
    return [line for line in lines if line in kept.values()]


def is_name(line: CommandLine) -> bool:
    """Say whether a line is only the name of one command of a group, such as `dead-letters list`."""
    if line.program != "supportpulse" or len(line.arguments) != 2 or line.arguments[0] not in COMMANDS:
        return False
    members = getattr(load_command(line.arguments[0]), "commands", {})
    return line.arguments[1] in members


def is_endless(line: CommandLine) -> bool:
    """Say whether a line starts what goes on until it is stopped."""
    return line.program == "supportpulse" and line.arguments[0] in ENDLESS


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
            body for indent, kind, body in FENCED.findall(text_of(DOCUMENTS[README])) if kind == "toml"
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
            process.wait_until_ready(lambda name=name: self.is_ready(name), seconds=START_SECONDS)  # type: ignore[misc]

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


README = next(
    number for number, path in enumerate(DOCUMENTS) if path.name == "README.md" and path.parent == PROJECT
)
PROGRAM = "import sys; from streams.command_line import main; sys.exit(main())"


@pytest.fixture(scope="module")
def installation(
    kafka_broker: KafkaBroker, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Give the installation that the documents describe, ready."""
    made = Installation(kafka_broker, redis_server, tmp_path_factory.mktemp("typed"))
    made.prepare()
    with ExitStack() as stack:
        stack.callback(made.stop)
        for line in all_lines():
            if is_endless(line):
                made.start(line)
        made.wait_until_ready()
        yield made


@pytest.fixture(autouse=True)
def _here(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Type in the installation's folder, with its variables and the exporter's address."""
    monkeypatch.chdir(installation.folder)
    for name in [name for name in os.environ if name.startswith("SUPPORTPULSE_")]:
        monkeypatch.delenv(name)
    for name, value in installation.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SUPPORTPULSE_HTTP__PORT", str(installation.ports["exporter"]))


def fault_of(installation: Installation, line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Run a command line; return what went wrong, None where nothing did."""
    words = [installation.replaced(word) for word in line.words]
    if line.program == "supportpulse":
        return fault_of_own(installation, words[1:], monkeypatch)
    if line.program == "export":
        known = all(word.partition("=")[0] in installation.environment for word in words[1:])
        return None if known else "the installation has no such variable"
    if line.program == "make":
        ready = installation.folder / ".ready"
        ready.touch()
        rehearsal = [] if words[1:] == ["help"] else ["--dry-run"]
        variables = [f"BIN={Path(sys.executable).parent}", f"READY={ready}", f"PYTHON={sys.executable}"]
        return fault_of_process(["make", *rehearsal, *variables, *words[1:]], PROJECT)
    if line.program == "run":
        return fault_of_process(["bash", "-n", line.words[0]], PROJECT)
    if line.program == "curl":
        return fault_of_process(
            ["curl", "--silent", "--show-error", "--fail", *words[1:]], installation.folder
        )
    return fault_of_parsed(line)


def fault_of_own(
    installation: Installation, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> str | None:
    """Run a command of the program; in this process where it ends by itself."""
    if arguments[0] in ENDLESS:
        name = arguments[-1] if "--instance" in arguments else arguments[0]
        return None if installation.is_ready(name) else "not ready"
    if arguments[0] == "demo":
        bounded = ["demo", "--seconds", DEMO_SECONDS]
        return fault_of_process([sys.executable, "-c", PROGRAM, *bounded], installation.folder)
    if arguments[0] == "generate":  # here the placeholder stands for a configuration
        arguments = ["supportpulse.toml" if each == PLACEHOLDERS["FILE"] else each for each in arguments]
    with monkeypatch.context() as patched:
        if arguments[0] == "explain":
            patched.setenv("SUPPORTPULSE_HTTP__PORT", str(installation.ports[EXPLAINED_BY]))
        code, printed = typed(arguments)
    return None if code == 0 else f"exit code {code}: {printed}"


def typed(arguments: list[str]) -> tuple[int, str]:
    """Run a command of the program in this process; return its exit code and all that it printed."""
    # With bytes beneath: reports write theirs as such.
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) as printed:
        with redirect_stdout(printed), redirect_stderr(printed):
            code = run(arguments)
        assert isinstance(printed.buffer, io.BytesIO)
        return code, printed.buffer.getvalue().decode()


def fault_of_process(words: list[str], folder: Path) -> str | None:
    """Run a program to its end."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr[-500:]}"


def fault_of_parsed(line: CommandLine) -> str | None:
    """Return what is wrong with a line that cannot run here, as far as reading can tell."""
    options = dict(zip(line.arguments, line.arguments[1:], strict=False))
    if line.program == "kubectl":
        folder = PROJECT / options["--filename"]
        documents = [
            each for file in sorted(folder.glob("*.yaml")) for each in yaml.safe_load_all(text_of(file))
        ]
        return None if documents and all(each["kind"] for each in documents) else "nothing to apply"
    if line.program == "docker":
        services = yaml.safe_load(text_of(PROJECT / "docker-compose.yml"))["services"].values()
        profiles = {profile for each in services for profile in each.get("profiles", ())}
        return None if options.get("--profile") in {None, *profiles} else "no such profile"
    if line.program == "python":
        return fault_of_process([sys.executable, *line.arguments[:2], "--help"], PROJECT)
    return None if line.words == ["pip", "install", "."] else "nobody knows how to run it"


def test_every_command_line_of_the_documents_works(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it stands, in the order of the documents; every entry of the list of exceptions is still needed."""
    wait_until(lambda: letters() >= LETTERS, seconds=START_SECONDS, what="refusal of what is not right")
    lines, excused, faults = all_lines(), set(), []
    assert len(lines) > 50
    for line in lines:
        found = fault_of(installation, line, monkeypatch)
        if found is not None:
            faults.append(f"{line}\n    {found}")
        excused |= {begin for begin in NOT_RUN if " ".join((line.program, *line.arguments)).startswith(begin)}
    assert faults == []
    assert excused == set(NOT_RUN)


def letters() -> int:
    """Return how many dead letters there are."""
    code, printed = typed(["dead-letters", "list", "--format", "json"])
    assert code == 0, printed
    return len(json.loads(printed))


def asked() -> dict[str, list[dict[str, str]]]:
    """Return what `doctor` says, by check."""
    code, printed = typed(["doctor", "--config", "supportpulse.toml", "--format", "json"])
    document: dict[str, Any] = json.loads(printed)
    found: dict[str, list[dict[str, str]]] = {}
    for each in document["checks"]:
        found.setdefault(each["check"], []).append(each)
    assert code == (1 if document["counts"]["problem"] else 0)
    return found


def results(found: dict[str, list[dict[str, str]]], result: str) -> set[str]:
    """Return the checks with a result."""
    return {check for check, said in found.items() if any(each["result"] == result for each in said)}


def test_doctor_finds_a_running_installation_well(installation: Installation) -> None:
    """Every check is made; who owns what is said; what was refused is a warning."""
    wait_until(
        lambda: not results(asked(), "problem"), seconds=START_SECONDS, what="an installation that is well"
    )
    found = asked()
    assert results(found, "skipped") <= {"events"}
    assert results(found, "warning") <= {"dead letters", "events", "checkpoints", "time zones"}
    assert all(name in found["owners"][0]["text"] for name in ("worker-1", "worker-2"))
    assert found["port"][0]["text"].startswith("supportpulse listens")
    assert "3 partitions" in found["fleet"][0]["text"] or "6 partitions" in found["fleet"][0]["text"]
    assert (
        str(len(installation.site.topics) * installation.site.partitions) in found["checkpoints"][-1]["text"]
    )


def test_doctor_finds_what_was_broken(installation: Installation) -> None:
    """A changelog that forgets is a problem, and none once it is mended."""
    changelog = changelog_topic(installation.name, "chats")
    for value in ("3600000", "-1"):
        with installation.site.admin() as admin:
            admin.alter_configs(
                [ConfigResource(ConfigResourceType.TOPIC, changelog, {"retention.ms": value})]
            )
        is_wrong = value != "-1"
        wait_until(
            lambda is_wrong=is_wrong: ("changelogs" in results(asked(), "problem")) == is_wrong,  # type: ignore[misc]
            seconds=START_SECONDS,
            what=f"a judgement of retention.ms={value}",
        )


@dataclass(frozen=True)
class Unfitting:
    """A variable that does not fit the running workers, and what `doctor` says of it."""

    name: str
    value: str
    check: str
    result: str
    words: str


@pytest.mark.parametrize(
    "case",
    [
        Unfitting("KAFKA__TOPICS__CALLS", "no-such-topic", "topics", "problem", "supportpulse topics create"),
        Unfitting("KAFKA__GROUP", "never-run", "group", "skipped", "no worker is in the group"),
        Unfitting("KAFKA__GROUP", "never-run", "changelogs", "skipped", "the first `supportpulse run`"),
        Unfitting("KAFKA__GROUP", "never-run", "lag", "skipped", "has never read anything"),
        Unfitting(
            "SITE__TIME_ZONE", "Asia/Tokyo", "fleet", "problem", "give all workers and exporters the same"
        ),
        Unfitting("SITE__TIME_ZONE", "Asia/Tokyo", "checkpoints", "warning", "under configuration"),
        Unfitting("REDIS__PREFIX", "elsewhere:", "fleet", "problem", "none has published anything here"),
        Unfitting("REDIS__URL", "redis://127.0.0.1:1/0", "redis", "problem", "start it"),
        Unfitting("HTTP__PORT", "{kafka}", "port", "problem", "choose another"),
    ],
    ids=lambda case: f"{case.name} {case.check}",
)
def test_doctor_says_what_does_not_fit(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, case: Unfitting
) -> None:
    """With a configuration that is not the one of the running workers."""
    here = case.value.replace("{kafka}", installation.site.bootstrap.rpartition(":")[2])
    monkeypatch.setenv(f"SUPPORTPULSE_{case.name}", here)
    said = [(each["result"], f"{each['text']}; {each['remedy']}") for each in asked()[case.check]]
    assert any(result == case.result and case.words in text for result, text in said), said


def test_doctor_says_which_rights_are_missing(
    installation: Installation, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user of Redis that may read and not write."""
    prefix = redis_prefix("supportpulse:{group}:", installation.name)
    rights = f"on >secret ~{prefix}* -@all +eval +time +hgetall +hget +hvals +get +mget +pexpire"
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", installation.name, *rights.split())
        monkeypatch.setenv("SUPPORTPULSE_REDIS__USERNAME", installation.name)
        monkeypatch.setenv("SUPPORTPULSE_REDIS__PASSWORD", "secret")
        found = asked()
        client.execute_command("ACL", "DELUSER", installation.name)
    assert "HSET, SET" in found["redis rights"][0]["text"]
    assert found["redis memory"][0]["result"] == "skipped"
    assert found["fleet"][0]["result"] == "ok"
