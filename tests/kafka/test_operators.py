"""What an operator types: every command line of the documents, run; and what `doctor` says of broken things.

One installation serves all of it: the workers and the exporter are the documents' own command lines, the
servers those of the session. What cannot run here is in `NOT_RUN`, with the reason and what stands in for it.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from kafka.admin import ConfigResource, ConfigResourceType

from streams.command_line import COMMANDS, load_command, run
from streams.wire_names import changelog_topic, redis_prefix
from testbed.kafka import KafkaBroker
from testbed.processes import wait_until
from testbed.project_files import PROJECT
from testbed.redis import RedisServer
from tests.documented import DOCUMENTS, CommandLine, command_lines, text_of
from tests.installation import LETTERS, PLACEHOLDERS, PROGRAM, START_SECONDS, Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

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
DEMO_SECONDS = "2"
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
    found: dict[str, list[dict[str, str]]] = {}

    def is_well() -> bool:
        """Ask until every check has something to look at: a lag is known once offsets are committed."""
        found.clear()
        found.update(asked())
        return not results(found, "problem") and results(found, "skipped") <= {"events"}

    wait_until(is_well, seconds=START_SECONDS, what="an installation that is well")
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
        wait_until(
            partial(are_changelogs_judged, is_wrong=value != "-1"),
            seconds=START_SECONDS,
            what=f"a judgement of retention.ms={value}",
        )


def are_changelogs_judged(*, is_wrong: bool) -> bool:
    """Say whether `doctor` finds a problem with the changelogs, or none."""
    return ("changelogs" in results(asked(), "problem")) == is_wrong


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
