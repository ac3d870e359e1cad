"""The table of checks: one row each, judged in this order; a new check is a function and a row.

Guarantee: every check says something, also where what it needs is unknown: then it is skipped, with the
reason. Judging is pure: the same facts give the same findings.

Worked: facts with kafka=Unknown("no broker answers") give one problem, of `kafka`, and nine skipped checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

from msgspec import Struct

from streams.diagnosis.facts import NOT_ASKED, Facts, Unknown
from streams.diagnosis.judging_flow import (
    judge_checkpoints,
    judge_dead_letters,
    judge_events,
    judge_group,
    judge_lag,
    judge_owners,
)
from streams.diagnosis.judging_kafka import (
    judge_brokers,
    judge_changelogs,
    judge_kafka_clock,
    judge_message_sizes,
    judge_topics,
)
from streams.diagnosis.judging_machine import (
    judge_configuration,
    judge_open_files,
    judge_port,
    judge_processes,
    judge_zones,
)
from streams.diagnosis.judging_redis import (
    judge_fleet,
    judge_memory,
    judge_redis,
    judge_redis_clock,
    judge_rights,
)
from streams.diagnosis.verdicts import Finding, Result, Verdicts

Needs = Literal["nothing", "settings", "kafka", "redis"]


class Check(Struct, frozen=True):
    """One row. needs: what has to be known for it; is_first: whether it says so where that is not known."""

    name: str
    needs: Needs
    judge: Callable[[Facts], Verdicts]
    is_first: bool = False


CHECKS: Final[Sequence[Check]] = (
    Check("configuration", "nothing", judge_configuration),
    Check("time zones", "settings", judge_zones),
    Check("open files", "nothing", judge_open_files),
    Check("port", "settings", judge_port),
    Check("processes", "settings", judge_processes),
    Check("kafka", "kafka", judge_brokers, is_first=True),
    Check("topics", "kafka", judge_topics),
    Check("message sizes", "kafka", judge_message_sizes),
    Check("changelogs", "kafka", judge_changelogs),
    Check("group", "kafka", judge_group),
    Check("owners", "kafka", judge_owners),
    Check("lag", "kafka", judge_lag),
    Check("checkpoints", "kafka", judge_checkpoints),
    Check("dead letters", "kafka", judge_dead_letters),
    Check("events", "kafka", judge_events),
    Check("kafka clock", "kafka", judge_kafka_clock),
    Check("redis", "redis", judge_redis, is_first=True),
    Check("redis rights", "redis", judge_rights),
    Check("redis memory", "redis", judge_memory),
    Check("fleet", "redis", judge_fleet),
    Check("redis clock", "redis", judge_redis_clock),
)
NO_REDIS: Final = "none is configured: the view is that of one process"
_REMEDIES: Final = {
    "kafka": "start the brokers, or correct [kafka] bootstrap and security",
    "redis": "start it, or correct [redis] url, user and password",
}


def findings(facts: Facts) -> list[Finding]:
    """Judge everything, in the order of the table."""
    return [finding for check in CHECKS for finding in _of(check, facts)]


def exit_code(found: Sequence[Finding]) -> int:
    """Return 0 where nothing is wrong, 1 where something is, 2 where the configuration itself is."""
    wrong = [each.check for each in found if each.result is Result.PROBLEM]
    return 2 if "configuration" in wrong else 1 if wrong else 0


def _of(check: Check, facts: Facts) -> Iterator[Finding]:
    missing = _missing(check.needs, facts)
    if missing is None:
        for each in check.judge(facts):
            yield Finding(check.name, each.result, each.text, each.remedy)
    elif check.is_first and missing.reason not in (NOT_ASKED, NO_REDIS):
        yield Finding(check.name, Result.PROBLEM, missing.reason, _REMEDIES[check.needs])
    else:
        reason = (
            missing.reason
            if missing.reason in (NOT_ASKED, NO_REDIS)
            else f"{check.needs.title()} was not reached"
        )
        yield Finding(check.name, Result.SKIPPED, reason)


def _missing(needs: Needs, facts: Facts) -> Unknown | None:
    """Return why what a check needs is not known, None where it is."""
    if needs == "nothing":
        return None
    if facts.settings is None:
        return Unknown(NOT_ASKED)
    found = {"kafka": facts.kafka, "redis": facts.redis}.get(needs)
    return found if isinstance(found, Unknown) else None
