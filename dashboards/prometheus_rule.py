"""The alert rules of deploy/prometheus/rules once more, as one object of the Prometheus operator.

Guarantee: groups and rules are those of the files, in order of the files' names; without files there is none.
Worked: rules/a.yml with the group g becomes a PrometheusRule whose spec.groups is [g].
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

NAME: Final = "prometheus-rule.yaml"
_HEADING: Final = "# Made by `make generate` from deploy/prometheus/rules; do not edit.\n"


def prometheus_rule(rule_files: Sequence[Path]) -> dict[str, str]:
    """Return the content of the one file by its name; nothing where there are no rules."""
    groups: list[Any] = []
    for path in sorted(rule_files):
        groups += yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    if not groups:
        return {}
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "supportpulse", "labels": {"app.kubernetes.io/name": "supportpulse"}},
        "spec": {"groups": groups},
    }
    return {NAME: _HEADING + yaml.safe_dump(rule, sort_keys=False, allow_unicode=True, width=110)}
