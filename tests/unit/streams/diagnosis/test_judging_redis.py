"""Judgements on Redis and the fleet in it."""

from typing import Any

import pytest
from msgspec.structs import replace

from exporters.fleet_store import StoredReport
from exporters.redis_facts import MemoryFacts, Unasked
from streams.diagnosis.facts import Facts, GroupFacts
from streams.diagnosis.verdicts import Result
from tests.diagnosing import KAFKA, NOW, REDIS, report, said, well, with_redis

assert isinstance(REDIS.reports, dict)
assert isinstance(REDIS.rights, dict)
REPORTS = dict(REDIS.reports)


def reports(seen: int = NOW, **changes: Any) -> Facts:
    """Return facts with another report of calls."""
    stored = StoredReport(7, seen, frozenset(), report(**changes))
    return with_redis(reports=REPORTS | {("calls", 0): stored})


def memory(used: int, policy: str = "noeviction") -> Facts:
    """Return facts with so much of 100 MB used."""
    return with_redis(memory=MemoryFacts(used * 1_000_000, 100_000_000, policy, "redis 7.0.15"))


@pytest.mark.parametrize(
    ("facts", "check", "result", "words"),
    [
        (with_redis(memory=Unasked("NOPERM")), "redis", Result.OK, "hides its version"),
        (with_redis(rights=Unasked("older")), "redis rights", Result.SKIPPED, "older"),
        (with_redis(rights=REDIS.rights | {"set": False}), "redis rights", Result.PROBLEM, "may not run SET"),
        (with_redis(memory=Unasked("NOPERM")), "redis memory", Result.SKIPPED, "NOPERM"),
        (
            with_redis(memory=MemoryFacts(1, 0, "noeviction", "v")),
            "redis memory",
            Result.OK,
            "without a limit",
        ),
        (memory(95), "redis memory", Result.PROBLEM, "raise maxmemory"),
        (memory(5, "allkeys-lru"), "redis memory", Result.WARNING, "maxmemory-policy noeviction"),
        (with_redis(reports=Unasked("NOPERM")), "fleet", Result.PROBLEM, "NOPERM"),
        (reports(fingerprint="other"), "fleet", Result.PROBLEM, "configuration other"),
        (reports(seen=NOW - 9_000), "fleet", Result.WARNING, "9 s old"),
        (reports(seen=NOW - 20_000), "fleet", Result.PROBLEM, "calls/0 is unowned"),
        (with_redis(reports={}), "fleet", Result.PROBLEM, "none has published"),
        (with_redis(clock=NOW + 3_000), "redis clock", Result.WARNING, "3.0 s ahead"),
        (with_redis(clock=NOW - 30_000), "redis clock", Result.PROBLEM, "30.0 s behind"),
        (with_redis(clock=NOW + 3_000, round_trip=5_000), "redis clock", Result.OK, "within"),
    ],
)
def test_each_fault_is_named(facts: Facts, check: str, result: Result, words: str) -> None:
    """With what to do about it."""
    assert any(found is result and words in text for found, text in said(facts, check))


def test_nobody_publishes_where_nobody_runs() -> None:
    """That is no fault."""
    facts = well(redis=replace(REDIS, reports={}), kafka=replace(KAFKA, group=GroupFacts(state="Empty")))
    assert said(facts, "fleet")[0][0] is Result.SKIPPED
