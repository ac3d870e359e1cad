"""Write deploy/grafana/dashboards anew, or with --check say what differs (exit code 1)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import pipeline, sla_and_backlog, supervisor, wallboard
from dashboards.lint import complaints
from streams.commands.generate import differing, write

FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "dashboards"
DASHBOARDS = (wallboard, supervisor, sla_and_backlog, pipeline)


def documents() -> dict[str, dict[str, Any]]:
    """Return every dashboard as plain data, by its file's name."""
    return {
        f"{module.NAME}.json": json.loads(json.dumps(module.dashboard().build(), cls=JSONEncoder))
        for module in DASHBOARDS
    }


def files() -> Mapping[str, str]:
    """Return the content of every file by name."""
    return {
        name: json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, document in documents().items()
    }


def main(arguments: list[str] | None = None, *, folder: Path = FOLDER) -> int:
    """Write the dashboards of Grafana from the catalogue into deploy/grafana/dashboards."""
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
    made = files()
    differences = differing(folder, made, generated="*.json")
    if not options.check:
        write(folder, made, differences)
    for name, state in differences.items():
        print(f"{folder / name}: {state}{'' if options.check else ', written anew'}")
    return 1 if options.check and differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
