"""Kafka's class path: where it lies, whether it is complete, and how it is fetched with Maven.

Guarantee: a directory that counts as present is complete, because Maven copies into a neighbouring directory
that is renamed afterwards (and two test runs may fetch at the same time). About 45 MB; the version is stated
once, in `kafka-pom.xml`.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

POM_FILE = Path(__file__).with_name("kafka-pom.xml")
FETCH_SECONDS = 600


class FetchFailed(Exception):
    """Maven could not copy the artifacts; the message holds the end of its output."""


def kafka_version() -> str:
    """Return the Kafka version that the committed POM states."""
    stated = re.search(r"<kafka\.version>([^<]+)</kafka\.version>", POM_FILE.read_text(encoding="utf-8"))
    assert stated is not None, f"{POM_FILE} does not state kafka.version"
    return stated.group(1)


def cache_directory() -> Path:
    """Return the per-user directory for fetched artifacts (`XDG_CACHE_HOME` or `~/.cache`)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "supportpulse"


def kafka_directory() -> Path:
    """Return the directory of Kafka's jar files, whether or not it exists."""
    return cache_directory() / f"kafka-{kafka_version()}"


def is_kafka_fetched() -> bool:
    """Say whether the broker's jar files have been fetched."""
    return (kafka_directory() / f"kafka_2.13-{kafka_version()}.jar").is_file()


def fetch_kafka() -> Path:
    """Copy the broker's jar files to the cache directory unless they are there, and return the directory.

    Raises:
        FetchFailed: Maven is missing or failed.
    """
    target = kafka_directory()
    if is_kafka_fetched():
        return target
    maven = shutil.which("mvn")
    if maven is None:
        raise FetchFailed("Maven (mvn) is not installed")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=target.parent) as temporary:
        fetched = Path(temporary) / "jars"
        _copy_dependencies(maven, fetched)
        if not is_kafka_fetched():  # another run may have been faster
            shutil.rmtree(target, ignore_errors=True)
            fetched.rename(target)
    return target


def _copy_dependencies(maven: str, directory: Path) -> None:
    command = [
        maven,
        "--quiet",
        "--batch-mode",
        f"--file={POM_FILE}",
        "dependency:copy-dependencies",
        f"-DoutputDirectory={directory}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    if done.returncode != 0:
        raise FetchFailed(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
