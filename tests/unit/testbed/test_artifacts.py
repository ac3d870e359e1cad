"""Kafka's jar files are fetched once, completely or not at all."""

import subprocess
from pathlib import Path

import pytest

from testbed import artifacts


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty cache directory to the code under test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "supportpulse"


def test_the_directory_lies_in_the_users_cache_and_names_the_version(cache: Path) -> None:
    """Two versions never share a directory."""
    assert artifacts.kafka_directory() == cache / f"kafka-{artifacts.kafka_version()}"
    assert artifacts.kafka_version().count(".") == 2


def test_without_the_variable_the_cache_is_in_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unset and an empty variable mean the same."""
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert artifacts.cache_directory() == Path.home() / ".cache" / "supportpulse"


def test_what_is_there_is_not_fetched_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the broker's jar in place Maven is not even looked for."""
    directory = cache / f"kafka-{artifacts.kafka_version()}"
    directory.mkdir(parents=True)
    (directory / f"kafka_2.13-{artifacts.kafka_version()}.jar").touch()
    monkeypatch.setenv("PATH", "")
    assert artifacts.is_kafka_fetched()
    assert artifacts.fetch_kafka() == directory


def test_without_maven_the_fetch_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is created then."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(artifacts.FetchFailed, match="Maven"):
        artifacts.fetch_kafka()
    assert not cache.exists()


def test_a_failed_fetch_leaves_nothing_that_counts_as_present(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Maven's words are in the error, and the next attempt starts afresh."""

    def fail(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        target = Path(command[-1].partition("=")[2])
        target.mkdir()
        (target / f"kafka_2.13-{artifacts.kafka_version()}.jar").touch()
        return subprocess.CompletedProcess(command, 1, "no route to host", "")

    monkeypatch.setattr(artifacts.shutil, "which", lambda _name: "mvn")
    monkeypatch.setattr(artifacts.subprocess, "run", fail)
    with pytest.raises(artifacts.FetchFailed, match="no route to host"):
        artifacts.fetch_kafka()
    assert not artifacts.is_kafka_fetched()
    assert list(cache.iterdir()) == []


def test_a_successful_fetch_is_renamed_into_place(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Maven copied appears under the version's name, and the temporary directory is gone."""

    def copy(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        target = Path(command[-1].partition("=")[2])
        target.mkdir()
        (target / f"kafka_2.13-{artifacts.kafka_version()}.jar").touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(artifacts.shutil, "which", lambda _name: "mvn")
    monkeypatch.setattr(artifacts.subprocess, "run", copy)
    assert artifacts.fetch_kafka() == artifacts.kafka_directory()
    assert artifacts.is_kafka_fetched()
    assert list(cache.iterdir()) == [artifacts.kafka_directory()]
