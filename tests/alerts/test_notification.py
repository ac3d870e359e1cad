"""From an event to somebody's telephone: worker, Prometheus and Alertmanager as they are."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from exporters.alerts.alert import Terms, terms_of
from exporters.alerts.rule_file import all_alerts, rule_file
from streams.settings import load_settings
from testbed.alertmanager import AlertmanagerServer, Receiver
from testbed.kafka import KafkaBroker
from testbed.project_files import PROJECT
from testbed.prometheus import PrometheusServer
from testbed.requirements import require
from testbed.support_site import SupportSite, write_lines
from testbed.worker_process import WorkerProcess

CONFIGURATION = PROJECT / "deploy" / "alertmanager" / "alertmanager.yml"
EXAMPLE = PROJECT / "deploy" / "supportpulse.example.toml"


def terms() -> Terms:
    """Return the terms of the example."""
    return terms_of(load_settings(EXAMPLE).engine())


def blocked(number: int) -> bytes:
    """Return a call that was not taken just now, as a line of JSON."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"b{number}",
            "source": "/pbx",
            "type": "call.blocked",
            "subject": f"call-{number}",
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {"queue": "outages", "reason": "trunk"},
        }
    ).encode()


def amtool(*arguments: str) -> str:
    """Run amtool and return what it printed."""
    require("alertmanager")
    program = shutil.which("amtool")
    assert program is not None
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_amtool_accepts_the_example() -> None:
    """Routes, inhibitions and receivers."""
    assert "SUCCESS" in amtool("check-config", str(CONFIGURATION))


@pytest.mark.parametrize("audience", ["floor", "contract", "customers", "platform"])
def test_every_audience_has_its_receiver(audience: str) -> None:
    """As amtool routes the labels of an alert."""
    routed = amtool("config", "routes", "test", f"--config.file={CONFIGURATION}", f"audience={audience}")
    assert routed.split()[-1] == audience


def test_inhibitions_name_alerts_that_exist() -> None:
    """A misspelt name would mute nothing."""
    known = {alert.name for alert in all_alerts(terms())}
    rules = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["inhibit_rules"]
    matchers = [each for rule in rules for each in (*rule["source_matchers"], *rule["target_matchers"])]
    patterns = [match[1] for each in matchers if (match := re.fullmatch(r'alertname=~?"(.+)"', each))]
    assert len(patterns) == 5
    for pattern in (part for each in patterns for part in each.split("|")):
        assert any(re.fullmatch(pattern, name) for name in known), pattern


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_blocked_calls_reach_the_floor_and_a_missing_worker_the_platform(
    kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path
) -> None:
    """Three calls without a line: one notification. The worker dies: the platform is told."""
    require("prometheus", "alertmanager")
    site = SupportSite(
        kafka_broker.bootstrap,
        fresh_name,
        tmp_path,
        partitions=1,
        configuration={"clock": {"mode": "wall"}},
    )
    site.create_topics()
    rules = tmp_path / "rules.yml"
    text = rule_file(site.configuration, interval="1s")
    rules.write_text(text.replace("for: 2m", "for: 2s"), encoding="utf-8")
    with (
        Receiver() as receiver,
        AlertmanagerServer(CONFIGURATION, receivers=receiver.url) as alertmanager,
        WorkerProcess(site, instance="one") as worker,
        PrometheusServer(
            [worker.address], rule_files=[rules], alertmanagers=[alertmanager.address]
        ) as prometheus,
    ):
        prometheus.wait_until_scraped(seconds=60)
        events = write_lines(tmp_path / "blocked.ndjson", map(blocked, range(3)))
        site.replay(events)
        path, alert = receiver.wait_for("CallsBlocked", status="firing", seconds=60)
        assert path == "/floor"
        assert alert["labels"]["queue"] == "outages"
        assert alert["annotations"]["summary"] == "3 calls to outages were not taken"
        assert alert["annotations"]["runbook_url"].endswith("/CallsBlocked.md")
        worker.kill()
        path, alert = receiver.wait_for("MetricsAbsent", status="firing", seconds=90)
        assert path == "/platform"
