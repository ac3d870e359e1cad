"""`supportpulse doctor`, from the command line inwards; with servers: tests/kafka/test_operators.py."""

import json
import sys
from typing import Any

import pytest

from streams.command_line import run
from streams.commands import doctor
from streams.diagnosis.facts import Facts, Unknown
from streams.errors import Problem
from tests.diagnosing import NOW, well


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Give the facts that the command gathers, and then what it was called with."""
    known: list[Any] = [well()]

    def gathered(file: object, _: object, addresses: object) -> Facts:
        known.append((file, addresses))
        found: Facts = known[0]
        return found

    monkeypatch.setattr(doctor, "gather", gathered)
    return known


def test_well_is_a_line_for_each_check(facts: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Without colours in a pipe; exit code 0."""
    assert run(["doctor", "--address", "http://w1:9464"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok       configuration  fingerprint ")
    assert lines[-1] == "0 problems, 0 warnings, 0 skipped, 21 ok"
    assert facts[1][1] == ["http://w1:9464"]


def test_a_problem_says_what_to_do(facts: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """And ends with 1."""
    facts[0] = well(kafka=Unknown("Kafka at localhost:9092: nobody"))
    assert run(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "problem  kafka          Kafka at localhost:9092: nobody; start the brokers" in shown
    assert "skipped  lag            Kafka was not reached" in shown


def test_a_wrong_configuration_ends_with_2(facts: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, too."""
    facts[0] = Facts(now=NOW, problems=[Problem("site.nam", "unknown", "remove it")])
    assert run(["doctor", "--format", "json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["at"] == NOW
    assert document["counts"]["problem"] == 1
    assert document["checks"][0] == {
        "check": "configuration",
        "result": "problem",
        "text": "site.nam: unknown",
        "remedy": "remove it",
    }


def test_on_a_terminal_it_is_a_table(
    facts: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to do stands on a line of its own."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    facts[0] = well(kafka=Unknown("nobody"))
    assert run(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "what is so, and what to do" in shown
    assert "→ start the brokers" in shown
