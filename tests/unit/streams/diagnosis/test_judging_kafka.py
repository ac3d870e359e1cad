"""Judgements on brokers, topics and changelogs."""

import pytest
from msgspec.structs import replace

from streams.diagnosis.facts import Facts, Unknown
from streams.diagnosis.verdicts import Result
from streams.topic_check import KeySample, TopicFacts, finding_of
from tests.diagnosing import CHANGELOGS, KAFKA, LOG, NAMES, NOW, said, with_kafka

DAY = 86_400_000


def topic(**changes: object) -> Facts:
    """Return facts with another topic of calls."""
    other = replace(TopicFacts(NAMES["calls"], 1, 1), **changes)
    findings = [
        finding_of("calls", other, KeySample()) if each.topic == "calls" else each for each in KAFKA.topics
    ]
    return with_kafka(topics=findings)


def changelog(**changes: object) -> Facts:
    """Return facts with another changelog of calls."""
    return with_kafka(changelogs={**CHANGELOGS, "calls": replace(CHANGELOGS["calls"], **changes)})


@pytest.mark.parametrize(
    ("facts", "check", "result", "words"),
    [
        (with_kafka(version=(2, 2)), "kafka", Result.WARNING, "2.3"),
        (with_kafka(version=(3, 9)), "kafka", Result.OK, "3.9, tested on 4.1"),
        (with_kafka(unreachable={"kafka:9092": "refused"}), "kafka", Result.PROBLEM, "advertised.listeners"),
        (topic(partitions=0), "topics", Result.PROBLEM, "supportpulse topics create"),
        (topic(cleanup="compact"), "topics", Result.PROBLEM, "set it to delete"),
        (topic(leaderless=1), "topics", Result.PROBLEM, "have no leader"),
        (topic(replicas=3, in_sync=1, needed_in_sync=2), "topics", Result.PROBLEM, "nothing can be written"),
        (topic(replicas=3, in_sync=2), "topics", Result.WARNING, "2 of 3 copies"),
        (topic(message_bytes=8_000_000), "message sizes", Result.WARNING, "max.message.bytes=9048576"),
        (changelog(message_bytes=1000), "message sizes", Result.PROBLEM, "a checkpoint may not fit"),
        (changelog(partitions=3), "changelogs", Result.PROBLEM, "no worker starts"),
        (changelog(cleanup="compact"), "changelogs", Result.PROBLEM, "cleanup.policy=delete"),
        (changelog(retention=DAY), "changelogs", Result.PROBLEM, "retention.ms=-1"),
        (changelog(retention_bytes=0), "changelogs", Result.PROBLEM, "retention.bytes=-1"),
        (changelog(in_sync=0), "changelogs", Result.PROBLEM, "min.insync.replicas"),
        (changelog(partitions=0), "changelogs", Result.WARNING, "supportpulse-calls-changelog"),
        (with_kafka(changelogs={}), "changelogs", Result.SKIPPED, "the first `supportpulse run`"),
        (with_kafka(logs=Unknown("no right")), "kafka clock", Result.SKIPPED, "no right"),
        (with_kafka(logs={}), "kafka clock", Result.SKIPPED, "no record"),
    ],
)
def test_each_fault_is_named(facts: Facts, check: str, result: Result, words: str) -> None:
    """With what to do about it."""
    assert any(found is result and words in text for found, text in said(facts, check))


def test_a_record_from_the_future_tells_that_clocks_differ() -> None:
    """Three seconds ahead are, one second may be on its way."""
    place = (NAMES["calls"], 0)
    ahead = with_kafka(logs={place: replace(LOG, newest_timestamp=NOW + 3_000)})
    assert said(ahead, "kafka clock")[0][0] is Result.WARNING
    near = with_kafka(logs={place: replace(LOG, newest_timestamp=NOW + 1_000)})
    assert said(near, "kafka clock")[0][0] is Result.OK
