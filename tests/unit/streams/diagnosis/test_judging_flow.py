"""Judgements on group, owners, lag, checkpoints, dead letters and events."""

from typing import Any

import pytest
from msgspec.structs import replace

from aggregators.events import TOPICS
from streams.diagnosis.facts import Facts, GroupFacts, LogFacts, SampleFacts, Unknown
from streams.diagnosis.verdicts import Result
from streams.settings import configuration_from_mapping
from streams.topic_check import SLA_EVENTS, KeySample, TopicFacts, finding_of
from tests.diagnosing import KAFKA, LOG, MEMBER, NAMES, NOW, REDIS, TAIL, said, well, with_kafka

CALLS, LETTERS = (NAMES["calls"], 0), (NAMES["dead_letters"], 0)
NOBODY = GroupFacts(state="Empty")


def logs(place: tuple[str, int], log: LogFacts) -> Facts:
    """Return facts with other offsets of one partition."""
    assert isinstance(KAFKA.logs, dict)
    return with_kafka(logs=KAFKA.logs | {place: log})


def tail(**changes: Any) -> Facts:
    """Return facts with another changelog tail of calls."""
    assert isinstance(KAFKA.tails, dict)
    return with_kafka(tails=KAFKA.tails | {("calls", 0): replace(TAIL, **changes)})


def sample(**changes: Any) -> Facts:
    """Return facts with other newest records of calls."""
    assert isinstance(KAFKA.samples, dict)
    return with_kafka(samples=KAFKA.samples | {"calls": replace(KAFKA.samples["calls"], **changes)})


def group(*members: Any, state: str = "Stable") -> Facts:
    """Return facts with another group."""
    return with_kafka(group=GroupFacts(state=state, members=list(members)))


KCAT = replace(MEMBER, instance="", client="kcat", places=frozenset())
NOT_DURABLE = replace(LOG, end=130, newest_timestamp=NOW - 90_000)


@pytest.mark.parametrize(
    ("facts", "check", "result", "words"),
    [
        (with_kafka(group=Unknown("no right")), "group", Result.SKIPPED, "no right"),
        (with_kafka(group=Unknown("no right")), "owners", Result.SKIPPED, "no right"),
        (with_kafka(group=NOBODY), "group", Result.SKIPPED, "no worker is in the group supportpulse"),
        (with_kafka(group=NOBODY), "owners", Result.SKIPPED, "no worker owns anything"),
        (group(MEMBER, state="PreparingRebalance"), "group", Result.WARNING, "partitions are moving"),
        (group(MEMBER, KCAT), "group", Result.PROBLEM, "kcat at 10.0.0.1"),
        (group(replace(MEMBER, places=frozenset({CALLS}))), "owners", Result.PROBLEM, "nobody reads"),
        (group(MEMBER, replace(MEMBER, instance="w2")), "owners", Result.PROBLEM, "two owners"),
        (with_kafka(logs=Unknown("no right")), "lag", Result.SKIPPED, "no right"),
        (with_kafka(logs={CALLS: replace(LOG, committed=None)}), "lag", Result.SKIPPED, "100 records wait"),
        (logs(CALLS, replace(LOG, begin=101)), "lag", Result.PROBLEM, "deleted before they were read"),
        (logs(CALLS, replace(LOG, end=20_000)), "lag", Result.WARNING, "support.calls/0 with 19,900"),
        (logs(CALLS, replace(LOG, end=110)), "lag", Result.OK, "10 records behind"),
        (with_kafka(tails=Unknown("no right")), "checkpoints", Result.SKIPPED, "no right"),
        (with_kafka(tails={}), "checkpoints", Result.SKIPPED, "no changelogs"),
        (tail(damage="record 3: no header"), "checkpoints", Result.PROBLEM, "delete the changelog"),
        (tail(state_version=99), "checkpoints", Result.PROBLEM, "state of version 99"),
        (tail(fences=[NOW - 1_000] * 4), "checkpoints", Result.WARNING, "4 writers"),
        (tail(late=2), "checkpoints", Result.WARNING, "2 records of a writer"),
        (tail(fingerprint="other"), "checkpoints", Result.WARNING, "under configuration other"),
        (tail(epoch=9), "checkpoints", Result.WARNING, "Redis has epoch 7, the changelog a newer writer's 9"),
        (with_kafka(logs=Unknown("no right")), "dead letters", Result.SKIPPED, "no right"),
        (with_kafka(logs={}), "dead letters", Result.SKIPPED, "no topic support.dead-letters"),
        (logs(LETTERS, LOG), "dead letters", Result.WARNING, "100 refused records, the newest 1 s ago"),
        (
            logs(LETTERS, replace(LOG, newest_timestamp=NOW - 200_000_000)),
            "dead letters",
            Result.OK,
            "2 days",
        ),
        (with_kafka(samples=Unknown("no right")), "events", Result.SKIPPED, "no right"),
        (with_kafka(samples={"calls": SampleFacts()}), "events", Result.SKIPPED, "no topic has a record"),
        (sample(refused={"empty": 3}), "events", Result.WARNING, "3 empty"),
        (sample(event_time=NOW - 172_900_000), "events", Result.WARNING, "2 days before"),
    ],
)
def test_each_fault_is_named(facts: Facts, check: str, result: Result, words: str) -> None:
    """With what to do about it."""
    assert any(found is result and words in text for found, text in said(facts, check))


def test_what_does_not_become_durable_is_a_problem_while_a_worker_runs() -> None:
    """After a minute; without a worker it simply waits."""
    assert isinstance(KAFKA.logs, dict)
    assert isinstance(KAFKA.tails, dict)
    changes = {
        "logs": KAFKA.logs | {CALLS: NOT_DURABLE},
        "tails": KAFKA.tails | {("calls", 0): replace(TAIL, written_at=NOW - 80_000)},
    }
    (result, text), *_ = said(with_kafka(**changes), "checkpoints")
    assert result is Result.PROBLEM
    assert "records up to 130 are there, and state is durable only up to 100" in text
    assert said(with_kafka(**changes, group=NOBODY), "checkpoints")[0][0] is Result.OK


def test_history_is_no_fault_with_the_clock_of_events() -> None:
    """Windows end with the newest event."""
    facts = sample(event_time=NOW - 172_800_000)
    settings = configuration_from_mapping({"clock": {"mode": "event"}})
    assert said(well(kafka=facts.kafka, settings=settings), "events")[0][0] is Result.OK


def test_owners_are_named() -> None:
    """Who has which partitions."""
    ((_, text),) = said(well(redis=REDIS), "owners")
    assert text.startswith("w1 at 10.0.0.1: ")
    assert all(f"{NAMES[topic]}/0" in text for topic in TOPICS)


def test_nobody_has_to_read_the_announcements_that_workers_write() -> None:
    """Their topic has no owner and no lag, and the installation is well."""
    announcing = configuration_from_mapping(
        {"redis": {"url": "redis://localhost:6379/0"}, "sla_events": {"enabled": True}}
    )
    topic = TopicFacts(announcing.kafka.topics.sla_events, 1, 1)
    assert isinstance(KAFKA.logs, dict)
    kafka = replace(
        KAFKA,
        topics=[*KAFKA.topics, finding_of(SLA_EVENTS, topic, KeySample())],
        logs=KAFKA.logs | {(topic.name, 0): LogFacts(begin=0, end=7)},
    )
    facts = well(settings=announcing, kafka=kafka)
    for check in ("owners", "lag"):
        assert [result for result, _ in said(facts, check)] == [Result.OK]
