"""Alerts as a rule file of Prometheus.

Guarantee: the same text for the same configuration; `promtool check rules` accepts it.
Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final, get_args

from aggregators.configuration import Configuration
from exporters.alerts.alert import Alert, Audience, Terms, terms_of
from exporters.alerts.contract import contract_alerts
from exporters.alerts.customers import customer_alerts
from exporters.alerts.floor import floor_alerts
from exporters.alerts.platform import platform_alerts
from exporters.alerts.recordings import recordings

FILE: Final = "supportpulse.rules.yml"
RUNBOOKS: Final = "https://github.com/supportpulse/supportpulse/blob/main/docs/runbooks/"
BOARD: Final = "http://localhost:9464/"
_HEAD: Final = "# Made by `supportpulse generate --config …` from exporters/alerts; do not edit.\n"
INTERVAL: Final = "15s"


def all_alerts(terms: Terms) -> tuple[Alert, ...]:
    """Return every alert of a site, those of the platform last."""
    return (*floor_alerts(terms), *contract_alerts(terms), *customer_alerts(terms), *platform_alerts(terms))


def rule_file(
    configuration: Configuration,
    *,
    runbooks: str = RUNBOOKS,
    board: str = BOARD,
    interval: str = INTERVAL,
) -> str:
    """Return the rule file.

    runbooks, board: where the links of alerts begin; interval: how often rules are evaluated.
    """
    terms = terms_of(configuration)
    recorded = [{"record": each.name, "expr": each.expression} for each in recordings(terms)]
    groups: list[tuple[str, Iterable[Mapping[str, object]]]] = [("supportpulse-recordings", recorded)]
    for audience in get_args(Audience):
        rows = [_rule(alert, runbooks, board) for alert in all_alerts(terms) if alert.audience == audience]
        if rows:
            groups.append((f"supportpulse-{audience}", rows))
    return _HEAD + "groups:\n" + "".join(_group(name, interval, rules) for name, rules in groups)


def _rule(alert: Alert, runbooks: str, board: str) -> Mapping[str, object]:
    rule: dict[str, object] = {"alert": alert.name, "expr": alert.expression, "for": alert.holds}
    if alert.keeps:
        rule["keep_firing_for"] = alert.keeps
    return rule | {
        "labels": {"severity": alert.severity, "audience": alert.audience},
        "annotations": {
            "summary": alert.summary,
            "description": alert.description,
            "runbook_url": f"{runbooks}{alert.name}.md",
            "board_url": board,
        },
    }


def _group(name: str, interval: str, rules: Iterable[Mapping[str, object]]) -> str:
    lines = [f"  - name: {name}", f"    interval: {interval}", "    rules:"]
    for rule in rules:
        lines.append("")
        for number, (key, value) in enumerate(rule.items()):
            lines += _entry(key, value, "      - " if number == 0 else "        ")
    return "\n".join([*lines, ""])


def _entry(key: str, value: object, begin: str) -> Iterable[str]:
    indent = " " * len(begin)
    if isinstance(value, dict):
        yield f"{begin}{key}:"
        for name, text in value.items():
            yield f"{indent}  {name}: {json.dumps(text, ensure_ascii=False)}"
    elif key == "expr":
        yield f"{begin}{key}: |-"
        for line in str(value).splitlines():
            yield f"{indent}  {line}"
    else:
        yield f"{begin}{key}: {value}"
