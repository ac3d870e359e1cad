"""Judgements on configuration, machine and processes."""

import pytest
from msgspec.structs import replace

from streams.diagnosis.facts import Facts, ProcessFacts
from streams.diagnosis.verdicts import Result
from streams.settings import configuration_from_mapping
from tests.diagnosing import MACHINE, PROCESS, said, well


def machine(**changes: object) -> Facts:
    """Return facts with another machine."""
    return well(machine=replace(MACHINE, **changes))


STATED = ProcessFacts(address="http://w2:9464", is_stated=True, version="0.1.0")
GONE = replace(STATED, version=None, trouble="refused")
BEHIND = replace(STATED, reasons=["calls/0 is 48210 records behind"])
OLD = replace(STATED, version="0.0.9")
ABSENT = replace(PROCESS, version=None, trouble="refused")


@pytest.mark.parametrize(
    ("facts", "check", "result", "words"),
    [
        (machine(zones=["Mars/Base"]), "time zones", Result.PROBLEM, "Mars/Base"),
        (machine(zone_data=""), "time zones", Result.WARNING, "this system alone"),
        (machine(system_zone_data="2025b"), "time zones", Result.OK, "2025b, come first"),
        (machine(open_files=-1), "open files", Result.OK, "no limit"),
        (machine(open_files=100), "open files", Result.PROBLEM, "ulimit"),
        (machine(open_files=512), "open files", Result.WARNING, "452 boards"),
        (machine(listening=""), "port", Result.OK, "is free"),
        (well(processes=[ABSENT]), "port", Result.PROBLEM, "Address already in use"),
        (well(processes=[ABSENT]), "processes", Result.SKIPPED, "refused"),
        (well(processes=[GONE]), "processes", Result.PROBLEM, "refused"),
        (well(processes=[BEHIND]), "processes", Result.PROBLEM, "48210"),
        (well(processes=[OLD]), "processes", Result.WARNING, "0.0.9, this is 0.1.0"),
    ],
)
def test_each_fault_is_named(facts: Facts, check: str, result: Result, words: str) -> None:
    """With what to do about it."""
    assert any(found is result and words in text for found, text in said(facts, check))


def test_what_may_surprise_is_a_warning() -> None:
    """And so are very many series."""
    settings = configuration_from_mapping(
        {"http": {"host": "0.0.0.0", "open": True}, "site": {"max_queues": 100_000}}
    )
    texts = [
        text for result, text in said(well(settings=settings), "configuration") if result is Result.WARNING
    ]
    assert any("everybody who reaches 0.0.0.0" in text for text in texts)
