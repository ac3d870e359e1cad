"""Judgements on Redis and on the fleet's parts in it.

Worked: maxmemory-policy allkeys-lru with a limit is a warning: the server may drop parts that a tick needs.
"""

from __future__ import annotations

from typing import Final

from exporters.fleet import UNOWNED_MS, Fleet
from exporters.fleet_parts import NotReadable, read_report
from exporters.redis_facts import MemoryFacts, RedisFacts, Unasked
from streams.diagnosis.facts import Facts, GroupFacts, KafkaFacts
from streams.diagnosis.verdicts import Verdict, Verdicts, age, listed, ok, or_ok, problem, skipped, warning
from streams.wire_names import STATE_VERSION

SAME_CLOCK_MS: Final = 1_000
FURTHEST_CLOCK_MS: Final = 10_000
"""Beyond it there is no tick that all workers have published (docs/operations.md)."""
OLD_REPORT_MS: Final = 5_000
FULL: Final = 0.9
_KEEPS: Final = ("noeviction", "")
_DOCUMENTED: Final = "give it the rights of docs/operations.md, A fleet of workers"


def judge_redis(facts: Facts) -> Verdicts:
    """Whether it answers."""
    redis = redis_of(facts)
    version = (
        redis.memory.version if isinstance(redis.memory, MemoryFacts) else "a server that hides its version"
    )
    yield ok(f"{version} answers in {redis.round_trip} ms, keys begin with {redis.prefix}")


def judge_rights(facts: Facts) -> Verdicts:
    """Whether the user may run what workers and exporters run, on their keys."""
    redis = redis_of(facts)
    if isinstance(redis.rights, Unasked):
        yield skipped(redis.rights.reason)
        return
    missing = [command.upper() for command, may in redis.rights.items() if not may]
    text = f"the user may not run {listed(missing)} on {redis.prefix}*"
    yield (
        problem(text, _DOCUMENTED)
        if missing
        else ok(f"the user may do all that is needed on {redis.prefix}*")
    )


def judge_memory(facts: Facts) -> Verdicts:
    """Whether there is room, and nothing is dropped where there is none."""
    memory = redis_of(facts).memory
    if isinstance(memory, Unasked):
        yield skipped(f"the user may not ask for it: {memory.reason}")
        return
    if not memory.most:
        yield ok(f"{_megabytes(memory.used)} used, without a limit")
        return
    text = f"{_megabytes(memory.used)} of {_megabytes(memory.most)} used, {memory.policy}"
    if memory.policy not in _KEEPS:
        yield warning(
            f"{text}: at the limit it drops keys, and ticks with them",
            "set maxmemory-policy noeviction: everything expires by itself",
        )
    if memory.used > FULL * memory.most:
        yield problem(f"{text}: hardly anything fits any more", "raise maxmemory")
    elif memory.policy in _KEEPS:
        yield ok(text)


def judge_fleet(facts: Facts) -> Verdicts:
    """Who has published what how long ago, and whether it belongs together."""
    redis, settings = redis_of(facts), facts.settings
    assert settings is not None
    reports, engine = redis.reports, settings.engine()
    if isinstance(reports, Unasked):
        yield problem(f"the reports cannot be read: {reports.reason}", _DOCUMENTED)
        return
    fresh = {place: each for place, each in reports.items() if redis.clock - each.seen < UNOWNED_MS}
    if not fresh:
        yield _nobody(facts)
        return
    assessment = Fleet(engine.fingerprint, STATE_VERSION, engine.clock).assess(redis.clock, reports)
    verdicts = [problem(*_halves(conflict.text)) for conflict in assessment.conflicts]
    waiting = [
        f"{each.topic}/{each.partition} is {each.state}"
        for each in assessment.partitions
        if each.state != "live"
    ]
    if waiting:
        verdicts.append(problem(listed(waiting), "start its worker, or wait while it reads its state"))
    oldest = max(redis.clock - each.seen for each in fresh.values())
    if oldest > OLD_REPORT_MS:
        verdicts.append(
            warning(f"the oldest report is {age(oldest)} old", "look at that worker: it is busy or gone")
        )
    workers: dict[str, int] = {}
    for each in fresh.values():
        workers[_worker(each.report)] = workers.get(_worker(each.report), 0) + 1
    named = listed(f"{name} {count} partitions" for name, count in sorted(workers.items()))
    yield from or_ok(verdicts, f"published by {named}; the oldest {age(oldest)} ago")


def judge_redis_clock(facts: Facts) -> Verdicts:
    """Whether this machine's clock and that of Redis agree."""
    redis = redis_of(facts)
    apart = redis.clock - redis.asked_at
    # A slow answer says less: its half may lie on either side.
    certain = abs(apart) - redis.round_trip // 2
    direction = "ahead of" if apart > 0 else "behind"
    text = f"the clock of Redis is {abs(apart) / 1000:.1f} s {direction} this machine's"
    remedy = "keep the clocks of all machines in step (NTP)"
    if certain > FURTHEST_CLOCK_MS:
        yield problem(text, remedy)
    elif certain > SAME_CLOCK_MS:
        yield warning(text, remedy)
    else:
        yield ok(f"within {max(abs(apart), redis.round_trip)} ms of this machine's")


def redis_of(facts: Facts) -> RedisFacts:
    """Return what is known of Redis; checks that need it are skipped where it is unknown."""
    assert isinstance(facts.redis, RedisFacts)
    return facts.redis


def _nobody(facts: Facts) -> Verdict:
    kafka = facts.kafka
    if isinstance(kafka, KafkaFacts) and isinstance(kafka.group, GroupFacts) and kafka.group.members:
        text = f"{len(kafka.group.members)} workers are in the group, and none has published anything here"
        return problem(text, "give workers the same [redis], and look for `Redis:` in their logs")
    return skipped("no worker publishes anything")


def _worker(report: bytes) -> str:
    try:
        return read_report(report).worker or "a worker without a name"
    except NotReadable:
        return "a worker of another version"


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"


def _halves(text: str) -> tuple[str, str]:
    what, _, remedy = text.partition("; ")
    return what, remedy
