"""The committed rules as the real Prometheus evaluates them."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from exporters.alerts.alert import terms_of
from exporters.alerts.rule_file import FILE, all_alerts
from streams.settings import load_settings
from testbed.project_files import PROJECT
from testbed.prometheus import promtool as run_promtool
from tests.alerts.cases import CASES, Case

RULES = PROJECT / "deploy" / "prometheus" / "rules" / FILE
ALERTS = all_alerts(terms_of(load_settings(PROJECT / "deploy" / "supportpulse.example.toml").engine()))
INTERVAL = "15s"


def question(case: Case) -> dict[str, Any]:
    """Return a case as promtool asks it: is there a firing alert?"""
    firing = f'ALERTS{{alertname="{case.alert}",alertstate="firing"}}'
    return {
        "name": f"{case.alert}: {case.what}",
        "interval": INTERVAL,
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "promql_expr_test": [
            {
                "expr": f"count({firing}) or vector(0)",
                "eval_time": case.at,
                "exp_samples": [{"labels": "{}", "value": int(case.fires)}],
            }
        ],
    }


def rules_of(alert: str) -> str:
    """Return the committed rule file with every recording and one alert, the only one that is asked about.

    Promtool evaluates every rule of a file at every step of every case.
    """
    recordings, *groups = re.split(r"^(?=  - name: )", RULES.read_text(encoding="utf-8"), flags=re.MULTILINE)[
        1:
    ]
    ((head, rule),) = [
        (re.split(r"^(?=      - alert: )", group, flags=re.MULTILINE)[0], rule)
        for group in groups
        for rule in re.split(r"^(?=      - alert: )", group, flags=re.MULTILINE)[1:]
        if rule.startswith(f"      - alert: {alert}\n")
    ]
    return f"groups:\n{recordings}{head}{rule}"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("alert", [alert.name for alert in ALERTS])
def test_an_alert_fires_when_it_should_and_only_then(alert: str, promtool: Path, tmp_path: Path) -> None:
    """Every case of tests/alerts/cases.py, asked of promtool."""
    assert promtool.exists()
    rules, file = tmp_path / "rules.yml", tmp_path / "cases.yml"
    rules.write_text(rules_of(alert), encoding="utf-8")
    cases = [question(case) for case in CASES if case.alert == alert]
    # Every JSON document is YAML.
    file.write_text(
        json.dumps({"rule_files": [str(rules)], "evaluation_interval": INTERVAL, "tests": cases}),
        encoding="utf-8",
    )
    run_promtool("test", "rules", str(file))


def test_every_alert_has_cases_in_which_it_fires_and_in_which_it_does_not() -> None:
    """Those of the floor are silent while the queue is closed, too."""
    asked: defaultdict[str, list[Case]] = defaultdict(list)
    for case in CASES:
        asked[case.alert].append(case)
    assert set(asked) == {alert.name for alert in ALERTS}
    for alert in ALERTS:
        cases = asked[alert.name]
        assert {case.fires for case in cases} == {True, False}, alert.name
        if alert.audience == "floor":
            assert any(case.what.startswith("closed") for case in cases), alert.name


def test_promtool_accepts_the_rules(promtool: Path) -> None:
    """Also its lint."""
    assert promtool.exists()
    assert "SUCCESS" in run_promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES))
