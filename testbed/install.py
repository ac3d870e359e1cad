"""Fetch and install what the testbed's servers need: Kafka's jar files and, with `--system`, Debian packages.

Guarantee: what is there already is left alone, nothing asks a question, and no service is left running: the
package scripts find a `policy-rc.d` that forbids them to start one. `make test` calls it without `--system`,
so that it changes nothing outside the user's cache directories.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from testbed.artifacts import FetchFailed, fetch_kafka, is_kafka_fetched
from testbed.availability import COMPONENTS, JAVA_OLDEST, java_version, missing, print_list

POLICY_FILE = Path("/usr/sbin/policy-rc.d")
FORBID_START = "#!/bin/sh\nexit 101\n"  # 101: "action forbidden by policy" (Debian's invoke-rc.d)


def packages_to_install() -> list[str]:
    """Return the Debian packages of the components that are missing, each once."""
    wanted: dict[str, None] = {}
    for name in missing():
        wanted.update(dict.fromkeys(COMPONENTS[name].debian_packages))
    if (java_version() or 0) >= JAVA_OLDEST:
        wanted.pop("default-jre-headless", None)
    if shutil.which("mvn") or is_kafka_fetched():
        wanted.pop("maven", None)
    return list(wanted)


@contextlib.contextmanager
def services_forbidden(policy_file: Path = POLICY_FILE) -> Iterator[None]:
    """Keep package scripts from starting services while the context lasts; an existing policy stays."""
    if policy_file.exists():
        yield
        return
    policy_file.write_text(FORBID_START, encoding="utf-8")
    policy_file.chmod(0o755)
    try:
        yield
    finally:
        policy_file.unlink()


def install_packages(packages: list[str]) -> None:
    """Install Debian packages without questions.

    Raises:
        PermissionError: not root.
        CalledProcessError: apt-get failed; its output was shown.
    """
    if os.geteuid() != 0:
        raise PermissionError(f"run as root: apt-get install {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with services_forbidden():
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "--quiet", *command], env=environment, check=True)


def main() -> int:
    """Install what the testbed's servers need and print what is ready."""
    parser = argparse.ArgumentParser(prog="python -m testbed.install", description=main.__doc__)
    parser.add_argument("--system", action="store_true", help="also install Debian packages (as root)")
    parser.add_argument("--required", action="store_true", help="exit with 1 when a component stays missing")
    options = parser.parse_args()
    try:
        packages = packages_to_install()
        if options.system and packages:
            install_packages(packages)
        if shutil.which("mvn"):
            fetch_kafka()
    except (FetchFailed, PermissionError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
    print_list()
    return 1 if options.required and missing() else 0


if __name__ == "__main__":
    raise SystemExit(main())
