"""The installer adds what is missing, asks nothing, starts nothing, and says what it could not do."""

import subprocess
from pathlib import Path

import pytest

from testbed import install


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide every program and every fetched file."""
    monkeypatch.setattr(install, "missing", lambda: ["kafka", "redis", "prometheus", "promtool"])
    monkeypatch.setattr(install, "java_version", lambda: None)
    monkeypatch.setattr(install, "is_kafka_fetched", lambda: False)
    monkeypatch.setattr(install.shutil, "which", lambda _name: None)


@pytest.mark.usefixtures("bare_machine")
def test_a_bare_machine_needs_every_package_once() -> None:
    """Prometheus and promtool come from one package."""
    assert install.packages_to_install() == ["default-jre-headless", "maven", "redis-server", "prometheus"]


@pytest.mark.usefixtures("bare_machine")
def test_java_and_maven_are_left_alone_when_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java that is new enough stays, an older one gets company."""
    monkeypatch.setattr(install.shutil, "which", lambda name: name if name == "mvn" else None)
    monkeypatch.setattr(install, "java_version", lambda: 17)
    assert install.packages_to_install() == ["redis-server", "prometheus"]
    monkeypatch.setattr(install, "java_version", lambda: 11)
    assert install.packages_to_install() == ["default-jre-headless", "redis-server", "prometheus"]


def test_services_are_forbidden_only_while_packages_are_installed(tmp_path: Path) -> None:
    """The policy is executable, answers 101, and is gone afterwards."""
    policy = tmp_path / "policy-rc.d"
    with install.services_forbidden(policy):
        assert subprocess.run([policy], check=False).returncode == 101
    assert not policy.exists()


def test_an_existing_policy_stays(tmp_path: Path) -> None:
    """The machine's owner decided already."""
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    with install.services_forbidden(policy):
        assert "exit 0" in policy.read_text(encoding="utf-8")
    assert policy.exists()


def test_packages_are_installed_without_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are updated first, and the front end is the silent one."""
    commands: list[list[str]] = []

    def record(command: list[str], *, env: dict[str, str], check: bool) -> None:
        assert check
        assert env["DEBIAN_FRONTEND"] == "noninteractive"
        commands.append(command)

    monkeypatch.setattr(install, "POLICY_FILE", tmp_path / "policy-rc.d")
    monkeypatch.setattr(install.os, "geteuid", lambda: 0)
    monkeypatch.setattr(install.subprocess, "run", record)
    install.install_packages(["redis-server"])
    assert commands == [
        ["apt-get", "--quiet", "update"],
        ["apt-get", "--quiet", "install", "--yes", "--no-install-recommends", "redis-server"],
    ]


def test_without_root_the_command_to_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is attempted."""
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    with pytest.raises(PermissionError, match="run as root: apt-get install redis-server"):
        install.install_packages(["redis-server"])


@pytest.mark.usefixtures("bare_machine")
def test_what_stays_missing_is_an_error_only_when_required(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --system nothing is installed; the list at the end says what is missing."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.argv", ["install"])
    assert install.main() == 0
    assert "there is no program redis-server" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["install", "--required"])
    assert install.main() == 1
