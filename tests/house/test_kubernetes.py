"""The Kubernetes example fits itself and the program: schemas, names, ports, commands, secrets."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from exporters.http_server import OPEN_PATHS
from streams.settings import Settings, load_settings
from testbed.project_files import PROJECT
from testbed.prometheus import promtool as run_promtool
from testbed.stack import services

FOLDER = PROJECT / "deploy" / "kubernetes"
KUBERNETES = "1.33"
OPERATOR = "monitoring.coreos.com/v1"
FILES = sorted(FOLDER.glob("*.yaml"))
OBJECTS: list[dict[str, Any]] = [
    each for file in FILES for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]
OWN_IMAGE = re.compile(r"supportpulse:\d+\.\d+\.\d+")
SECRETS = {"redis-password", "token"}


def of_kind(kind: str) -> list[dict[str, Any]]:
    """Return the objects of a kind."""
    return [each for each in OBJECTS if each["kind"] == kind]


def named(kind: str, name: str) -> dict[str, Any]:
    """Return one object."""
    (found,) = [each for each in of_kind(kind) if each["metadata"]["name"] == name]
    return found


def pods() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield name, template and the one container of everything that runs."""
    for each in OBJECTS:
        if "template" in each.get("spec", {}):
            template = each["spec"]["template"]
            (container,) = template["spec"]["containers"]
            yield each["metadata"]["name"], template, container


def own_pods() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return what runs this project's image."""
    return [each for each in pods() if OWN_IMAGE.fullmatch(each[2]["image"])]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give the configuration that all pods mount, with its secrets as files of this machine."""
    text = str(named("ConfigMap", "supportpulse")["data"]["supportpulse.toml"])
    for secret in SECRETS:
        (tmp_path / secret).write_text("a-secret", encoding="utf-8")
        assert f"/run/secrets/supportpulse/{secret}" in text
    file = tmp_path / "supportpulse.toml"
    file.write_text(text.replace("/run/secrets/supportpulse", str(tmp_path)), encoding="utf-8")
    return load_settings(file, {})


def test_every_object_has_the_form_that_kubernetes_wants() -> None:
    """By its schemas, unknown fields refused; the operator's objects have none here."""
    checked = 0
    for each in OBJECTS:
        if each["apiVersion"] != OPERATOR:
            kubernetes_validate.validate(each, KUBERNETES, strict=True)
            checked += 1
    assert checked > 8
    names = [(each["kind"], each["metadata"]["name"]) for each in OBJECTS]
    assert len(set(names)) == len(names)


def test_what_is_chosen_by_labels_exists() -> None:
    """Services, disruption budgets and the templates' own selectors find pods; the monitor finds Services."""
    labels = [template["metadata"]["labels"].items() for _, template, _ in pods()]
    selectors = [each["spec"]["selector"] for each in of_kind("Service")]
    for kind in ("PodDisruptionBudget", "StatefulSet", "Deployment"):
        selectors += [each["spec"]["selector"]["matchLabels"] for each in of_kind(kind)]
    for selector in selectors:
        assert sum(selector.items() <= each for each in labels) == 1, selector
    (worker,) = of_kind("StatefulSet")
    assert named("Service", worker["spec"]["serviceName"])["spec"]["clusterIP"] == "None"


def test_ports_are_called_alike_and_are_those_of_the_program(settings: Settings) -> None:
    """Service, container, probes and configuration; probes ask what answers without a token."""
    for _, _, container in own_pods():
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", ())}
        assert not ports or ports == {"http": settings.http.port}
        for probe in ("livenessProbe", "readinessProbe"):
            if ports:
                assert container[probe]["httpGet"]["port"] in ports
                assert container[probe]["httpGet"]["path"] in OPEN_PATHS
    for service in of_kind("Service"):
        for port in service["spec"]["ports"]:
            found = [
                each["containerPort"]
                for _, template, container in pods()
                if service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
                for each in container["ports"]
                if each["name"] == port["targetPort"]
            ]
            assert found == [port["port"]], service["metadata"]["name"]


def test_the_configuration_is_accepted(settings: Settings) -> None:
    """It names the Redis of the example, listens to all addresses and has targets for the dashboards."""
    assert settings.engine().sla_targets
    assert settings.http.host == "0.0.0.0"
    host, port = settings.redis.url.removeprefix("redis://").removesuffix("/0").split(":")
    assert named("Service", host)["spec"]["ports"][0]["port"] == int(port)


@pytest.mark.parametrize(("name", "container"), [(name, container) for name, _, container in own_pods()])
def test_the_commands_exist_and_find_their_files(name: str, container: dict[str, Any]) -> None:
    """The program knows command and options; configuration and secrets are mounted where it looks."""
    script = "import sys; from streams.command_line import main; sys.exit(main())"
    command = [sys.executable, "-c", script, *container["args"], "--help"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for option in container["args"]:
        assert not option.startswith("--") or option in done.stdout, option
    variables = {each["name"]: each for each in container["env"]}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert variables["SUPPORTPULSE_CONFIG"]["value"] == f"{mounts['configuration']}/supportpulse.toml", name
    assert mounts["secrets"] == "/run/secrets/supportpulse"


def test_secrets_are_those_that_the_comment_makes() -> None:
    """None is in the folder; every pod mounts the one that the operator creates first."""
    assert of_kind("Secret") == []
    text = (FOLDER / "configuration.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"--from-literal=([\w-]+)=", text)) == SECRETS
    for name, template, _ in pods():
        volumes = {volume["name"]: volume for volume in template["spec"]["volumes"]}
        assert volumes["secrets"]["secret"]["secretName"] == "supportpulse", name
        if "configuration" in volumes:
            assert volumes["configuration"]["configMap"]["name"] == "supportpulse", name


def test_workers_are_static_members() -> None:
    """Each under the name that it keeps over restarts, with time for its last checkpoint."""
    (worker,) = of_kind("StatefulSet")
    (container,) = worker["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["run", "--instance", "$(POD_NAME)"]
    field = {each["name"]: each.get("valueFrom") for each in container["env"]}["POD_NAME"]
    assert field == {"fieldRef": {"fieldPath": "metadata.name"}}
    assert worker["spec"]["podManagementPolicy"] == "Parallel"
    assert worker["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 30
    topics = named("Job", "supportpulse-topics")["spec"]["template"]["spec"]["containers"][0]["args"]
    assert worker["spec"]["replicas"] <= int(topics[topics.index("--partitions") + 1])


def test_nothing_runs_as_root_or_can_write() -> None:
    """Pinned images, no privileges, no account and no Services of the cluster, a limit of memory."""
    user = int((PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8").split("USER ")[1].split()[0])
    for name, template, container in pods():
        pod, own = template["spec"]["securityContext"], container["securityContext"]
        assert pod["runAsNonRoot"], name
        assert name.endswith("redis") or pod["runAsUser"] == user, name
        assert own["readOnlyRootFilesystem"], name
        assert own["capabilities"] == {"drop": ["ALL"]}, name
        assert own["allowPrivilegeEscalation"] is False, name
        assert template["spec"]["automountServiceAccountToken"] is False, name
        assert template["spec"]["enableServiceLinks"] is False, name
        assert "memory" in container["resources"]["limits"], name
        assert re.search(r":\d+\.\d+\.\d+(-\w+)?$", container["image"]), name


def test_redis_is_started_as_in_the_compose_file() -> None:
    """The same image and the same command, apart from where its password lies."""
    (container,) = (each for name, _, each in pods() if name.endswith("redis"))
    compose = services()["redis"]
    (script,) = container["args"]
    inside = compose["command"][-1].replace("$$", "$")
    assert script == inside.replace("/run/secrets/redis-password", "/run/secrets/supportpulse/redis-password")
    assert container["image"] == compose["image"]


def test_exporters_and_workers_are_scraped_with_the_token() -> None:
    """By a port that both Services have."""
    (monitor,) = of_kind("ServiceMonitor")
    (endpoint,) = monitor["spec"]["endpoints"]
    chosen = monitor["spec"]["selector"]["matchLabels"].items()
    found = {
        service["metadata"]["name"]
        for service in of_kind("Service")
        if chosen <= service["metadata"]["labels"].items()
        and endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    }
    assert found == {"supportpulse-workers", "supportpulse-exporter"}
    assert endpoint["authorization"]["credentials"]["name"] == "supportpulse"
    assert endpoint["authorization"]["credentials"]["key"] in SECRETS


def test_rules_of_the_operator_are_rules_of_prometheus(promtool: Path, tmp_path: Path) -> None:
    """Where there are any: promtool accepts the groups."""
    assert promtool.is_file()
    for rule in of_kind("PrometheusRule"):
        file = tmp_path / "rules.yml"
        file.write_text(yaml.safe_dump(rule["spec"]), encoding="utf-8")
        run_promtool("check", "rules", str(file))
