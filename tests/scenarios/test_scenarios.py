"""Every worked scenario, here and in the shared folder, through the engine and through the recount.

The rules of comparison are those of the shared scenarios' README: counts exact, means within 1e-9 relative,
quantiles and `max` within 1 %; `null` is absent; in a state, absent stands for 0 where a queue has not been
seen yet.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from aggregators.configuration import Configuration
from aggregators.events import Event
from aggregators.recount import recount
from streams.codec import decode
from streams.event_files import lines_of
from streams.report import as_document, moment_from, read_events, report_on
from streams.settings import configuration_from_mapping
from testbed.requirements import SHARED, is_continuous_integration

OWN = sorted(Path(__file__).parent.glob("*.json"))
SHARED_CASES = sorted((SHARED / "scenarios").glob("*.json"))
REAL_DATA = sorted((SHARED / "data").glob("*.checks.json"))
FOREIGN = [*SHARED_CASES, *REAL_DATA]
FILES = [*OWN, *SHARED_CASES, *(pytest.param(path, marks=pytest.mark.slow) for path in REAL_DATA)]
LARGE = 10_000
"""Lines of a real month: comparing two whole reports of it takes as long as making one."""

RANKED = ("p50", "p90", "p95", "max")

Key = tuple[str, frozenset[tuple[str, str]]]
Values = dict[Key, float]
Span = tuple[int, int] | int
"""A window, or the moment of a state."""


class Scenario(NamedTuple):
    """A configuration, raw lines in the order of delivery, and what must come out."""

    configuration: dict[str, Any]
    lines: list[bytes]
    checks: list[dict[str, Any]]

    @property
    def windows(self) -> list[tuple[int, int]]:
        """The windows that are asked for."""
        return sorted({span for check in self.checks if isinstance(span := span_of(check), tuple)})

    @property
    def moments(self) -> list[int]:
        """The moments whose states are asked for."""
        return sorted({span for check in self.checks if isinstance(span := span_of(check), int)})


@lru_cache(maxsize=1)
def scenario_of(path: Path) -> Scenario:
    """Read a scenario; its events stand inside it or in a file beside it."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if "events_file" in content:
        lines = gzip.decompress((path.parent / content["events_file"]).read_bytes()).splitlines()
    else:
        lines = [json.dumps(event).encode() for event in content["events"]]
    return Scenario(content["config"], lines, content["checks"])


def span_of(check: dict[str, Any]) -> Span:
    """Return the window or the moment of a check, in milliseconds."""
    if "at" in check:
        return moment_from(check["at"], "UTC")
    return moment_from(check["from"], "UTC"), moment_from(check["to"], "UTC")


def report(events: list[Event], scenario: Scenario) -> dict[str, Any]:
    """Return what `supportpulse report --format json` prints."""
    configuration: Configuration = configuration_from_mapping(scenario.configuration).engine()
    return as_document(report_on(events, configuration, scenario.windows, scenario.moments, {}))


def decoded(lines: list[bytes]) -> list[Event]:
    """Return the events of lines that must all be good."""
    events = [decode(line) for line in lines]
    assert [event for event in events if not isinstance(event, Event)] == []
    return [event for event in events if isinstance(event, Event)]


def values_of(document: dict[str, Any], scenario: Scenario) -> dict[Span, Values]:
    """Return the values of a report by window or moment; a series may be there once only."""
    spans: list[Span] = [*scenario.windows, *scenario.moments]
    found: dict[Span, Values] = {}
    for span, part in zip(spans, [*document["windows"], *document["states"]], strict=True):
        keys = [(entry["name"], frozenset(entry["labels"].items())) for entry in part["metrics"]]
        assert len(keys) == len(set(keys))
        found[span] = {key: entry["value"] for key, entry in zip(keys, part["metrics"], strict=True)}
    return found


def differences(document: dict[str, Any], scenario: Scenario) -> Iterator[str]:
    """Yield every check that does not come out."""
    values = values_of(document, scenario)
    for check in scenario.checks:
        span = span_of(check)
        got = value_of(values[span], check)
        if not agrees(got, check["value"], check["labels"].get("stat"), may_be_absent=isinstance(span, int)):
            yield f"{check}: got {got}"


def value_of(values: Values, check: dict[str, Any]) -> float | None:
    """Return what a report says where a check looks."""
    labels = frozenset(check["labels"].items())
    if "sum_of" in check:
        return sum(
            value for (name, given), value in values.items() if name == check["sum_of"] and labels <= given
        )
    return values.get((check["metric"], labels))


def agrees(got: float | None, expected: float | None, stat: str | None, *, may_be_absent: bool) -> bool:
    """Say whether a value is the expected one."""
    if got is None or expected is None:
        return got is expected or (may_be_absent and got is None and expected == 0)
    if isinstance(got, int) and isinstance(expected, int):
        return got == expected
    allowed = 0.01 * abs(expected) if stat in RANKED else 1e-9 * abs(expected)
    return abs(got - expected) <= allowed


@pytest.fixture(params=FILES, ids=lambda path: path.name.removesuffix(".json"))
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Give every scenario in turn."""
    path: Path = request.param
    return scenario_of(path)


def test_the_shared_scenarios_are_there() -> None:
    """A complete checkout lies beside the shared folder; elsewhere only the project's own scenarios run."""
    if not FOREIGN and not is_continuous_integration():
        pytest.skip(f"the shared folder {SHARED} is not there")
    assert len(FOREIGN) >= 2
    assert len(OWN) >= 25


def test_the_report_says_what_the_scenario_expects(scenario: Scenario) -> None:
    """Every check of a scenario comes out of the engine."""
    assert list(differences(report(decoded(scenario.lines), scenario), scenario)) == []


def test_the_recount_says_what_the_scenario_expects(scenario: Scenario) -> None:
    """Every check of a scenario comes out of the independent recount."""
    document = recount(scenario.lines, scenario.configuration, scenario.windows, scenario.moments)
    assert document["refused"] == []
    assert list(differences(document, scenario)) == []


def test_order_repetition_and_files_change_nothing(scenario: Scenario, tmp_path: Path) -> None:
    """Lines shuffled, some doubled, in two files, one of them packed: the same to the last bit."""
    chance = Random(2026)
    lines = [*scenario.lines, *chance.choices(scenario.lines, k=max(3, len(scenario.lines) // 10))]
    chance.shuffle(lines)
    plain, packed = tmp_path / "first.ndjson", tmp_path / "second.ndjson.gz"
    plain.write_bytes(b"\n".join(lines[::3]))
    packed.write_bytes(gzip.compress(b"\n".join([*lines[1::3], *lines[2::3]]), 1))
    refused: list[str] = []
    events, _ = read_events(lines_of([str(packed), str(plain)]), lambda _, reason: refused.append(reason))
    assert refused == []
    document = report(events, scenario)
    assert list(differences(document, scenario)) == []
    if len(scenario.lines) < LARGE:
        assert document == report(decoded(scenario.lines), scenario)
