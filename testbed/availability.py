"""Which servers of the testbed can be started on this machine, and what to do about the others.

`python -m testbed.availability` prints the list; with `--required` a missing component is an error (exit
code 1).
"""

import argparse
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from testbed.artifacts import is_kafka_fetched, kafka_directory

JAVA_OLDEST = 17  # Kafka 4 does not run on less
JAVA_SECONDS = 30
INSTALL_ALL = "make servers"


@dataclass(frozen=True, slots=True)
class Component:
    """One server of the testbed.

    `debian_packages` bring its programs; `fault` says why it cannot be started, or None.
    """

    name: str
    debian_packages: tuple[str, ...]
    fault: Callable[[], str | None]


def java_version() -> int | None:
    """Return the major version of the `java` on the path, or None without one that runs."""
    if shutil.which("java") is None:
        return None
    done = subprocess.run(
        ["java", "-version"], capture_output=True, text=True, timeout=JAVA_SECONDS, check=False
    )
    stated = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(stated.group(1)) if stated else None


def _kafka_fault() -> str | None:
    version = java_version()
    if version is None:
        return "there is no Java"
    if version < JAVA_OLDEST:
        return f"Java {version} is older than {JAVA_OLDEST}"
    return None if is_kafka_fetched() else f"Kafka's jar files are not in {kafka_directory()}"


def _program_fault(*programs: str) -> Callable[[], str | None]:
    def fault() -> str | None:
        absent = [program for program in programs if shutil.which(program) is None]
        return f"there is no program {absent[0]}" if absent else None

    return fault


COMPONENTS = {
    component.name: component
    for component in (
        Component("kafka", ("default-jre-headless", "maven"), _kafka_fault),
        Component("redis", ("redis-server",), _program_fault("redis-server")),
        Component("openssl", ("openssl",), _program_fault("openssl")),
        Component("prometheus", ("prometheus",), _program_fault("prometheus")),
        Component(
            "alertmanager", ("prometheus-alertmanager",), _program_fault("prometheus-alertmanager", "amtool")
        ),
        Component("promtool", ("prometheus",), _program_fault("promtool")),
        Component("chromium", ("chromium", "fonts-dejavu-core"), _program_fault("chromium")),
    )
}


def why_missing(name: str) -> str | None:
    """Return why a component cannot be started and the command that installs it, or None when it can.

    Raises:
        KeyError: there is no component of that name.
    """
    fault = COMPONENTS[name].fault()
    return None if fault is None else f"{name}: {fault}; install it with: {INSTALL_ALL}"


def missing() -> list[str]:
    """Return the names of all components that cannot be started."""
    return [name for name, component in COMPONENTS.items() if component.fault() is not None]


def print_list() -> None:
    """Print for every component whether it can be started, else why not."""
    for name in COMPONENTS:
        print(why_missing(name) or f"{name}: ready")


def main() -> int:
    """Print for every component of the testbed whether it can be started."""
    parser = argparse.ArgumentParser(prog="python -m testbed.availability", description=main.__doc__)
    parser.add_argument("--required", action="store_true", help="exit with 1 when a component is missing")
    options = parser.parse_args()
    print_list()
    return 1 if options.required and missing() else 0


if __name__ == "__main__":
    raise SystemExit(main())
