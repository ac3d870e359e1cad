"""The services of docker-compose.yml as processes of this machine: same arguments, no container.

Guarantee: a command or variable is taken from the compose file as it stands; only addresses and paths of the
inside of a container are replaced by those of this machine, and topics and group get names of their own, so
that the broker may be shared.

    stack = Stack(site, {"kafka:19092": broker.bootstrap, …})
    with StackProcess(stack, "exporter") as exporter:
        exporter.page()
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from testbed.processes import LOOPBACK
from testbed.project_files import PROJECT
from testbed.support_site import COMMAND_SECONDS, PROGRAM, CommandFailed, SupportSite
from testbed.worker_process import WorkerProcess

COMPOSE_FILE = PROJECT / "docker-compose.yml"


def services() -> dict[str, dict[str, Any]]:
    """Return the services of the compose file by name."""
    return dict(yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))["services"])


@dataclass(frozen=True)
class Stack:
    """The compose file's services on this machine.

    site: names topics and group; outside: what an address or path inside a container is here, such as
    {"kafka:19092": "127.0.0.1:15001"}; what the compose file mounts from the checkout is known anyway.
    """

    site: SupportSite
    outside: Mapping[str, str] = field(default_factory=dict)

    def replaced(self, text: str, service: str) -> str:
        """Return a text of a service with the outside of every inside; `$$` is a `$`, as in compose files."""
        for inside, here in {**mounts_of(service), **self.outside}.items():
            text = text.replace(inside, here)
        return text.replace("$$", "$")

    def command(self, service: str) -> list[str]:
        """Return what the container runs, for this project's image behind its entry point."""
        stated = services()[service]
        words = [self.replaced(word, service) for word in stated["command"]]
        return [str(PROGRAM), *words] if "build" in stated else words

    def environment(self, service: str, port: int | None = None) -> dict[str, str]:
        """Return the variables of a container; it listens on loopback, at the port if stated."""
        stated = services()[service]["environment"]
        found = {name: self.replaced(str(value), service) for name, value in stated.items()}
        topics = {str(topic): name for topic, name in self.site.topics.items()}
        found |= {
            "SUPPORTPULSE_KAFKA__GROUP": self.site.name,
            "SUPPORTPULSE_KAFKA__TOPICS": json.dumps({**topics, "dead_letters": self.site.dead_letters}),
            "SUPPORTPULSE_HTTP__HOST": LOOPBACK,
        }
        return found if port is None else {**found, "SUPPORTPULSE_HTTP__PORT": str(port)}

    def command_line(self, service: str, *more: str, port: int | None = None) -> list[str]:
        """Return a command line that sets the variables and runs the command, with arguments added to it."""
        variables = [f"{name}={value}" for name, value in self.environment(service, port).items()]
        return ["env", *variables, *self.command(service), *more]

    def run(self, service: str, *more: str) -> str:
        """Run a service that ends by itself and return what it printed.

        Raises:
            CommandFailed: it did not end with 0.
        """
        done = subprocess.run(
            self.command_line(service, *more),
            cwd=self.site.directory,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CommandFailed(f"{service} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


class StackProcess(WorkerProcess):
    """A service with pages of its own; also a context manager that starts and closes it."""

    def __init__(self, stack: Stack, service: str) -> None:
        """Choose the service; nothing is started yet."""
        super().__init__(stack.site, instance=service)
        self._stack = stack
        self._service = service

    def _command(self) -> list[str]:
        return self._stack.command_line(self._service, port=self.port)


def mounts_of(service: str) -> dict[str, str]:
    """Return the files and folders of the checkout that a container sees, by their path inside it."""
    mounts = [each.split(":") for each in services()[service].get("volumes", ())]
    return {inside: str(PROJECT / source) for source, inside, *_ in mounts if source.startswith(".")}
