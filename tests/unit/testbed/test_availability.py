"""For every component the testbed knows whether it can be started, and otherwise why not and what to do."""

import pytest

from testbed import availability
from testbed.artifacts import is_kafka_fetched

ALL = ["kafka", "redis", "openssl", "prometheus", "alertmanager", "promtool", "chromium"]


@pytest.fixture
def empty_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide every program."""
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("empty_path")
def test_on_a_bare_machine_everything_is_missing() -> None:
    """Nothing is claimed that cannot be started."""
    assert availability.java_version() is None
    assert availability.missing() == ALL


@pytest.mark.usefixtures("empty_path")
@pytest.mark.parametrize(
    ("component", "reason"),
    [
        ("kafka", "there is no Java"),
        ("redis", "no program redis-server"),
        ("promtool", "no program promtool"),
    ],
)
def test_the_reason_names_the_fault_and_the_command(component: str, reason: str) -> None:
    """The reader can act on the text alone."""
    text = availability.why_missing(component)
    assert text is not None
    assert reason in text
    assert text.endswith("install it with: make servers")


@pytest.mark.parametrize(("version", "is_refused"), [(11, True), (16, True), (17, False), (21, False)])
def test_an_old_java_is_refused(monkeypatch: pytest.MonkeyPatch, version: int, *, is_refused: bool) -> None:
    """Kafka 4 needs Java 17."""
    monkeypatch.setattr(availability, "java_version", lambda: version)
    monkeypatch.setattr(availability, "is_kafka_fetched", lambda: True)
    assert (availability.why_missing("kafka") is not None) == is_refused


def test_missing_jar_files_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Java alone is no broker."""
    monkeypatch.setattr(availability, "java_version", lambda: 17)
    monkeypatch.setattr(availability, "is_kafka_fetched", lambda: False)
    assert "jar files" in str(availability.why_missing("kafka"))


@pytest.mark.usefixtures("empty_path")
def test_the_list_names_all_and_fails_only_when_all_are_required(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1 only with --required."""
    monkeypatch.setattr("sys.argv", ["availability"])
    assert availability.main() == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ALL
    monkeypatch.setattr("sys.argv", ["availability", "--required"])
    assert availability.main() == 1


def test_a_ready_component_has_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be started is not in the list of what is missing."""
    monkeypatch.setattr(availability.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(availability, "java_version", lambda: 17)
    assert availability.missing() == ([] if is_kafka_fetched() else ["kafka"])
