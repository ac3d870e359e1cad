"""The compose file starts what exists, publishes only loopback ports and waits for what it depends on.

What its processes do together is tested in tests/kafka/test_stack.py.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.settings import load_settings
from testbed.artifacts import kafka_version
from testbed.project_files import PROJECT
from testbed.prometheus import promtool as run_promtool
from testbed.stack import mounts_of

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
SCRAPED = yaml.safe_load((PROJECT / "deploy" / "prometheus.yml").read_text(encoding="utf-8"))
OWN_IMAGE = "supportpulse:local"
PORT = 9464
FOREIGN_PORTS = {"prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
MOUNTED_WHERE_THERE = {
    "deploy/prometheus/rules": ("prometheus", "/etc/prometheus/rules"),
    "deploy/alertmanager/alertmanager.yml": ("alertmanager", "/etc/alertmanager/alertmanager.yml"),
}
"""Rules and their recipients: as soon as the checkout has them, the stack does."""


def own_services() -> list[str]:
    """Return the services that run this project's image."""
    return [name for name, service in SERVICES.items() if service["image"] == OWN_IMAGE]


def mounts() -> Iterator[tuple[str, str]]:
    """Yield the source of every mount with its service."""
    for name, service in SERVICES.items():
        yield from ((name, mount.partition(":")[0]) for mount in service.get("volumes", ()))


def test_the_stack_is_whole() -> None:
    """Everything but the simulated centre starts without being asked for."""
    asked = {name for name, service in SERVICES.items() if "profiles" in service}
    assert asked == {"simulator"}
    assert SERVICES["simulator"]["profiles"] == ["simulation"]
    assert own_services() == ["topics", "processor-1", "processor-2", "exporter", "simulator"]
    assert set(SERVICES) == {*own_services(), "kafka", "redis", "prometheus", "alertmanager", "grafana"}


def test_images_are_pinned() -> None:
    """The same file gives the same servers next year; Kafka is the one that the tests run."""
    for name, service in SERVICES.items():
        assert service["image"] == OWN_IMAGE or re.search(r":v?\d+\.\d+\.\d+(-\w+)?$", service["image"]), name
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka_version()}"
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert all(re.search(r":\d+\.\d+\.\d+-", base) for base in bases), bases


def test_only_loopback_ports_are_published() -> None:
    """Nothing listens to the outside unless somebody decides so."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "kafka": ["127.0.0.1:9092:9092"],
        "exporter": [f"127.0.0.1:{PORT}:{PORT}"],
        **{name: [f"127.0.0.1:{port}:{port}"] for name, port in FOREIGN_PORTS.items()},
    }


def test_every_mount_exists() -> None:
    """A folder or file is in the checkout and cannot be written to; a named volume is declared and used."""
    for service, source in mounts():
        if source.startswith("."):
            assert (PROJECT / source).exists(), service
        else:
            assert source in COMPOSE["volumes"], service
    assert {source for _, source in mounts() if not source.startswith(".")} == set(COMPOSE["volumes"])
    stated = [mount for service in SERVICES.values() for mount in service.get("volumes", ())]
    assert [mount for mount in stated if mount.startswith(".") and not mount.endswith(":ro")] == []


def test_rules_and_recipients_are_mounted_where_there_are_any() -> None:
    """At the paths that Prometheus and Alertmanager read."""
    for path, (service, inside) in MOUNTED_WHERE_THERE.items():
        is_mounted = mounts_of(service).get(inside) == str(PROJECT / path)
        assert is_mounted == (PROJECT / path).exists(), path
    assert SCRAPED["rule_files"] == ["/etc/prometheus/rules/*.yml"]


def test_secrets_are_files_that_nobody_commits() -> None:
    """Each is declared, used and made by `make secrets`; no variable and no command holds one."""
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./deploy/secrets/")
        assert secret["file"].removeprefix("./") in makefile
        ignored = ["git", "check-ignore", "--quiet", "--no-index", secret["file"].removeprefix("./")]
        assert subprocess.run(ignored, cwd=PROJECT, check=False).returncode in {0, 128}, "128: no repository"
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or value.startswith("/run/secrets/"), name


def test_who_is_waited_for_can_become_healthy() -> None:
    """A dependency is a service; one that must be healthy has a check, and what stays has one too."""
    for name, service in SERVICES.items():
        for other, condition in service.get("depends_on", {}).items():
            check = SERVICES[other].get("healthcheck", {})
            has_check = "test" in check or (SERVICES[other]["image"] == OWN_IMAGE and "disable" not in check)
            assert condition["condition"] != "service_healthy" or has_check, f"{name} waits for {other}"
        assert service["image"] == OWN_IMAGE or "test" in service["healthcheck"], name
    assert f"http://127.0.0.1:{PORT}/livez" in DOCKERFILE


def test_health_is_asked_where_each_server_listens() -> None:
    """The same port inside as is published."""
    for name, port in FOREIGN_PORTS.items():
        assert f"http://127.0.0.1:{port}/" in SERVICES[name]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("service", own_services())
def test_the_commands_exist(service: str) -> None:
    """The program knows the command and the options that the container runs."""
    script = "import sys; from streams.command_line import main; sys.exit(main())"
    command = [sys.executable, "-c", script, *SERVICES[service]["command"], "--help"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for option in SERVICES[service]["command"]:
        assert not option.startswith("--") or option in done.stdout, option


@pytest.mark.parametrize("service", own_services())
def test_the_configuration_is_accepted(service: str, tmp_path: Path) -> None:
    """File and variables together, secrets included, as the container reads them."""
    secret = tmp_path / "redis-password"
    secret.write_text("a-password", encoding="utf-8")
    environment = {
        name: value.replace("/run/secrets/redis-password", str(secret))
        for name, value in SERVICES[service]["environment"].items()
    }
    file = environment.pop("SUPPORTPULSE_CONFIG")
    settings = load_settings(Path(mounts_of(service)[file]), environment)
    assert settings.kafka.bootstrap == "kafka:19092"
    assert "INSIDE://kafka:19092" in SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert (settings.http.host, settings.http.port) == ("0.0.0.0", PORT)
    assert settings.redis.url == "redis://redis:6379/0"
    assert settings.engine().sla_targets, "the dashboards have targets to show"


def test_workers_keep_their_names() -> None:
    """Each its own, so that a restart moves no partitions."""
    names = [SERVICES[name]["command"][-1] for name in ("processor-1", "processor-2")]
    assert names == ["processor-1", "processor-2"]


def test_prometheus_scrapes_exporter_and_workers() -> None:
    """As two jobs: the site's numbers, and each worker's own; the alerts go where Alertmanager listens."""
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in SCRAPED["scrape_configs"]}
    assert targets == {
        "supportpulse": [f"exporter:{PORT}"],
        "supportpulse-workers": [f"processor-1:{PORT}", f"processor-2:{PORT}"],
    }
    (recipient,) = SCRAPED["alerting"]["alertmanagers"]
    assert recipient["static_configs"] == [{"targets": [f"alertmanager:{FOREIGN_PORTS['alertmanager']}"]}]


def test_the_prometheus_configuration_is_accepted(promtool: Path) -> None:
    """Prometheus' own tool reads it."""
    assert promtool.is_file()
    assert "SUCCESS" in run_promtool("check", "config", str(PROJECT / "deploy" / "prometheus.yml"))


def test_the_image_copies_what_exists_and_is_not_root() -> None:
    """Two stages; the second runs as an unprivileged user; what is copied is let through to the build."""
    lines = DOCKERFILE.splitlines()
    let_through = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in let_through
    assert sum(line.startswith("FROM ") for line in lines) == 2
    assert "USER 10001" in lines
    for line in lines:
        words = line.split()
        if words[:1] == ["COPY"] and not words[1].startswith("--from"):
            for source in words[1:-1]:
                assert (PROJECT / source).exists(), line
                assert f"!{source}" in let_through, line
