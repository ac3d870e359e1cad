"""The recount gives every value of the worked scenarios (of the real data: tests/scenarios)."""

import json
import math
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aggregators.recount import iso, recount

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared"
WORKED = sorted(SHARED.glob("scenarios/*.json"))
Labels = dict[str, str]


def milliseconds(text: str) -> int:
    """Return milliseconds since the epoch."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def lines_of(worked: dict[str, Any]) -> list[bytes]:
    """Return the events of a worked case as lines, in the order of delivery."""
    return [json.dumps(event).encode() for event in worked["events"]]


def is_expected(expected: float | None, found: float | None, labels: Labels) -> bool:
    """Tell whether a value found is the one expected, within the contract's tolerance."""
    if expected is None or found is None:
        # Absent may stand for the 0 of a queue that has not been seen yet, never for anything else.
        return (expected is None) == (found is None) or (expected == 0 and found is None)
    if labels.get("stat", "mean") != "mean":
        return math.isclose(found, expected, rel_tol=0.01)
    return math.isclose(found, expected, rel_tol=1e-9)


def differences(report: dict[str, Any], checks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield every check that does not come out."""
    values: dict[tuple[str, ...], dict[tuple[str, frozenset[tuple[str, str]]], float]] = {}
    for part in [*report["windows"], *report["states"]]:
        span = (part["at"],) if "at" in part else (part["from"], part["to"])
        values[span] = {
            (one["name"], frozenset(one["labels"].items())): one["value"] for one in part["metrics"]
        }
        assert len(values[span]) == len(part["metrics"]), "one series is listed twice"
    for check in checks:
        bounds = [check["at"]] if "at" in check else [check["from"], check["to"]]
        part = values[tuple(iso(milliseconds(bound)) for bound in bounds)]
        labels = frozenset(check["labels"].items())
        if "sum_of" in check:
            matching = [part[key] for key in part if key[0] == check["sum_of"] and labels <= key[1]]
            found: float | None = sum(matching)
        else:
            found = part.get((check["metric"], labels))
        if not is_expected(check["value"], found, check["labels"]):
            yield f"{check}: {found}"


def test_the_shared_cases_are_there(shared_folder: Path) -> None:
    """Without the worked cases nothing below would say anything."""
    assert len(list(shared_folder.glob("scenarios/*.json"))) >= 6


@pytest.mark.parametrize("path", WORKED, ids=lambda path: path.stem)
def test_every_check_of_a_worked_case_comes_out(path: Path) -> None:
    """Counts and sums are exact, means within 1e-9, quantiles and max within 1 %, null is absent."""
    worked = json.loads(path.read_text())
    spans = {
        (milliseconds(one["from"]), milliseconds(one["to"])) for one in worked["checks"] if "from" in one
    }
    instants = {milliseconds(one["at"]) for one in worked["checks"] if "at" in one}
    report = recount(lines_of(worked), worked["config"], sorted(spans), sorted(instants))
    assert report["refused"] == []
    assert list(differences(report, worked["checks"])) == []


@pytest.mark.parametrize("path", WORKED, ids=lambda path: path.stem)
def test_neither_order_nor_repetition_changes_the_report(path: Path) -> None:
    """Any permutation of the lines, any line twice: the same report to the last digit."""
    worked = json.loads(path.read_text())
    lines = lines_of(worked)
    spans = sorted(
        {(milliseconds(one["from"]), milliseconds(one["to"])) for one in worked["checks"] if "from" in one}
    )
    instants = [middle for span in spans for middle in (span[0], sum(span) // 2)]
    expected = recount(lines, worked["config"], spans, instants)
    shuffled = [*lines, *lines[::2]]
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert recount(shuffled, worked["config"], spans, instants) == expected


def test_refused_lines_are_named_and_do_not_stop_the_count() -> None:
    """A bad line is listed with its number from 1 and its reason; the good ones around it count."""
    offered = {
        "specversion": "1.0",
        "id": "1",
        "source": "/s",
        "type": "call.offered",
        "subject": "c",
        "time": "2026-03-02T10:00:00Z",
        "data": {"queue": "q"},
    }
    report = recount(
        [b"{", json.dumps(offered), b"\xff"], {}, [(0, milliseconds("2027-01-01T00:00:00Z"))], []
    )
    assert report["refused"] == [
        {"line": 1, "reason": "invalid_json"},
        {"line": 3, "reason": "invalid_utf8"},
    ]
    requests = [
        one["value"]
        for one in report["windows"][0]["metrics"]
        if one["name"] == "support_all_window_requests"
    ]
    assert requests == [1]


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    """A window's bounds are RFC 3339 with exactly three digits of a second."""
    assert iso(milliseconds("2026-03-02T11:00:00.007+01:00")) == "2026-03-02T10:00:00.007Z"
