"""The dashboards in deploy/grafana are those of the code, keep the rules, and Grafana finds them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.__main__ import DASHBOARDS, DEPLOY, FOLDER, documents, main
from dashboards.documents import panels_of, variables_of
from dashboards.frame import uid_of
from dashboards.lint import complaints
from testbed.project_files import PROJECT

PROVISIONING = PROJECT / "deploy" / "grafana" / "provisioning"
WRITTEN = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DEPLOY / FOLDER).glob("*.json"))
}


def provisioned(kind: str) -> dict[str, Any]:
    """Return what Grafana reads at its start about data sources or dashboards."""
    (file,) = (PROVISIONING / kind).iterdir()
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def test_the_files_are_what_the_code_makes(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever changes the catalogue or a dashboard runs `make generate`."""
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_differences_are_named_and_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Missing, changed by hand, left over; rules, where there are any, are told to the operator."""
    assert main(["--check"], deploy=tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
    assert main([], deploy=tmp_path) == 0
    folder = tmp_path / "grafana" / "dashboards"
    (folder / "wallboard.json").write_text("{}", encoding="utf-8")
    (folder / "gone.json").write_text("{}", encoding="utf-8")
    (tmp_path / "prometheus" / "rules").mkdir(parents=True)
    (tmp_path / "prometheus" / "rules" / "a.yml").write_text('groups: [{"name": "g"}]', encoding="utf-8")
    capsys.readouterr()
    assert main(["--check"], deploy=tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{folder / 'gone.json'}: superfluous",
        f"{folder / 'wallboard.json'}: outdated",
        f"{tmp_path / 'kubernetes' / 'prometheus-rule.yaml'}: missing",
    ]
    assert main([], deploy=tmp_path) == 0
    assert main(["--check"], deploy=tmp_path) == 0
    (tmp_path / "prometheus" / "rules" / "a.yml").unlink()
    assert main([], deploy=tmp_path) == 0
    assert list((tmp_path / "kubernetes").iterdir()) == []


def test_the_written_dashboards_keep_the_rules() -> None:
    """Judged by the files, not by the code that made them."""
    assert complaints(list(WRITTEN.values())) == []
    assert WRITTEN.keys() == {module.NAME for module in DASHBOARDS} == {each[:-5] for each in documents()}
    assert {document["uid"] for document in WRITTEN.values()} == {uid_of(name) for name in WRITTEN}
    assert all(len(panels_of(document)) > 8 for document in WRITTEN.values())


def test_grafanas_schema_knows_every_field() -> None:
    """What its own types read and write again is the file (but for links, to which they add a default)."""
    register_default_plugins()
    for document in WRITTEN.values():
        again = json.loads(json.dumps(Dashboard.from_json(document), cls=JSONEncoder))
        assert {**again, "links": document["links"]} == document


def test_business_dashboards_can_be_narrowed() -> None:
    """To a window, channels and queues; the others to what their numbers have."""
    others = {"pipeline": {"topic"}, "quality": {"days", "queue"}, "customers": {"period", "product"}}
    for name, document in WRITTEN.items():
        names = {variable["name"] for variable in variables_of(document)} - {"datasource"}
        assert names == others.get(name, {"window", "channel", "queue"})


def test_grafana_finds_data_source_and_dashboards() -> None:
    """The data source is the Prometheus of the compose file, the folder is where it is mounted."""
    (source,) = provisioned("datasources")["datasources"]
    (provider,) = provisioned("dashboards")["providers"]
    services = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    mounts = dict(mount.split(":")[:2] for mount in services["grafana"]["volumes"])
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
    assert source["isDefault"]
    assert "prometheus" in services
    assert provider["type"] == "file"
    assert mounts[f"./deploy/{FOLDER}"] == provider["options"]["path"]
    assert mounts["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"
    assert not provider["allowUiUpdates"]


def test_the_interval_of_rates_fits_the_scrapes() -> None:
    """Grafana derives $__rate_interval from the data source's scrape interval."""
    (source,) = provisioned("datasources")["datasources"]
    scraped = yaml.safe_load((PROJECT / "deploy" / "prometheus.yml").read_text(encoding="utf-8"))
    assert source["jsonData"]["timeInterval"] == scraped["global"]["scrape_interval"]
