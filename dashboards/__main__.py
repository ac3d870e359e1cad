"""Write the generated files below deploy/ anew, or with --check say what differs (exit code 1)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import customers, pipeline, quality, sla_and_backlog, supervisor, wallboard
from dashboards.lint import complaints
from dashboards.prometheus_rule import NAME, prometheus_rule
from streams.commands.generate import Difference, differing, done, write

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
FOLDER, RULES, KUBERNETES = "grafana/dashboards", "prometheus/rules", "kubernetes"
DASHBOARDS = (wallboard, supervisor, sla_and_backlog, quality, customers, pipeline)


def documents() -> dict[str, dict[str, Any]]:
    """Return every dashboard as plain data, by its file's name."""
    found = {}
    for module in DASHBOARDS:
        document = json.loads(json.dumps(module.dashboard().build(), cls=JSONEncoder))
        for link in document["links"]:
            del link["placement"]  # the SDK always puts links into a menu; they belong beside the variables
        found[f"{module.NAME}.json"] = document
    return found


def files(deploy: Path = DEPLOY) -> dict[str, str]:
    """Return the content of every generated file by its name below deploy/."""
    dashboards = {
        f"{FOLDER}/{name}": json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, document in documents().items()
    }
    rules = prometheus_rule(list((deploy / RULES).glob("*.yml")))
    return dashboards | {f"{KUBERNETES}/{name}": text for name, text in rules.items()}


def main(arguments: list[str] | None = None, *, deploy: Path = DEPLOY) -> int:
    """Write Grafana's dashboards and the Prometheus operator's rules into deploy/."""
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=main.__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 when something differs"
    )
    options = parser.parse_args(arguments)
    faults = complaints(list(documents().values()))
    for fault in faults:
        print(fault)
    if faults:
        return 1
    made = files(deploy)
    differences: dict[str, Difference] = {}
    for pattern in (f"{FOLDER}/*.json", f"{KUBERNETES}/{NAME}"):
        differences |= differing(deploy, made, [pattern])
    if not options.check:
        write(deploy, made, differences)
    for name, state in differences.items():
        print(f"{deploy / name}: {state if options.check else done(state)}")
    return 1 if options.check and differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
