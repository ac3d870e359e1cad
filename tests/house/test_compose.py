"""The compose file starts what exists, publishes only loopback ports and waits for what it depends on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from testbed.artifacts import kafka_version
from testbed.project_files import PROJECT
from testbed.prometheus import promtool as run_promtool

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN_IMAGE = "supportpulse:local"
PORT = 9464


def own_services() -> list[str]:
    """Return the services that run this project's image."""
    return [name for name, service in SERVICES.items() if service["image"] == OWN_IMAGE]


def mounts() -> Iterator[tuple[str, str]]:
    """Yield the source of every mount with its service."""
    for name, service in SERVICES.items():
        yield from ((name, mount.partition(":")[0]) for mount in service.get("volumes", ()))


def test_the_spine_is_there() -> None:
    """Kafka, its topics, the processor and Prometheus; the rest has to be asked for."""
    spine = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert spine == {"kafka", "topics", "processor", "prometheus"}
    fleet = {name for name, service in SERVICES.items() if service.get("profiles") == ["fleet"]}
    assert set(SERVICES) == spine | fleet
    assert fleet == {"redis", "processor-2", "exporter"}
    assert own_services() == ["topics", "processor", "processor-2", "exporter"]


def test_images_are_pinned() -> None:
    """The same file gives the same servers next year; Kafka is the one that the tests run."""
    for name, service in SERVICES.items():
        _, separator, tag = service["image"].partition(":")
        assert separator, name
        assert tag != "latest", name
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka_version()}"


def test_only_loopback_ports_are_published() -> None:
    """Nothing listens to the outside unless somebody decides so."""
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert sorted(published) == [
        "127.0.0.1:9090:9090",
        "127.0.0.1:9092:9092",
        f"127.0.0.1:{PORT}:{PORT}",
        f"127.0.0.1:9466:{PORT}",
    ]


def test_every_mount_exists() -> None:
    """A folder or file is in the checkout, a named volume is declared."""
    for service, source in mounts():
        if source.startswith("."):
            assert (PROJECT / source).exists(), service
        else:
            assert source in COMPOSE["volumes"], service
    assert {source for _, source in mounts() if not source.startswith(".")} == set(COMPOSE["volumes"])


def test_who_is_waited_for_can_become_healthy() -> None:
    """A dependency is a service; one that must be healthy has a check."""
    image_has_check = "HEALTHCHECK" in (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    for name, service in SERVICES.items():
        for other, condition in service.get("depends_on", {}).items():
            check = SERVICES[other].get("healthcheck", {})
            has_check = "test" in check or (SERVICES[other]["image"] == OWN_IMAGE and image_has_check)
            assert condition["condition"] != "service_healthy" or has_check, f"{name} waits for {other}"


@pytest.mark.parametrize("service", own_services())
def test_the_commands_exist(service: str) -> None:
    """The program knows the command that the container runs."""
    script = "import sys; from streams.command_line import main; sys.exit(main())"
    command = [sys.executable, "-c", script, *SERVICES[service]["command"], "--help"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_processor_finds_kafka_and_prometheus_the_processor() -> None:
    """Addresses in environment, listeners and scrape targets name the same hosts and ports."""
    environment = SERVICES["processor"]["environment"]
    assert environment["SUPPORTPULSE_KAFKA__BOOTSTRAP"] == "kafka:19092"
    assert "INSIDE://kafka:19092" in SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert environment["SUPPORTPULSE_HTTP__PORT"] == str(PORT)
    scraped = yaml.safe_load((PROJECT / "deploy" / "prometheus.yml").read_text(encoding="utf-8"))
    job, fleet = scraped["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"processor:{PORT}"]}]
    (names,) = fleet["dns_sd_configs"]
    assert (names["names"], names["port"]) == (["exporter", "processor-2"], PORT)


def test_the_prometheus_configuration_is_accepted(promtool: Path) -> None:
    """Prometheus' own tool reads it."""
    assert promtool.is_file()
    assert "SUCCESS" in run_promtool("check", "config", str(PROJECT / "deploy" / "prometheus.yml"))


def test_the_image_copies_what_exists_and_is_not_root() -> None:
    """Two stages; the second runs as an unprivileged user."""
    lines = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    assert "USER 10001" in lines
    for line in lines:
        words = line.split()
        if words[:1] == ["COPY"] and not words[1].startswith("--from"):
            for source in words[1:-1]:
                assert (PROJECT / source).exists(), line
