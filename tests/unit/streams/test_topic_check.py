"""Topics: what is created, and what is wrong with those that are there."""

import pytest
from kafka.partitioner.default import murmur2

from streams.durations import UNITS
from streams.settings_models import KafkaSection, Sections, TopicsSection
from streams.settings_sla_events import SlaEventsSection
from streams.topic_check import (
    KeySample,
    TopicFacts,
    finding_of,
    partitions_of_role,
    sample_of,
    topic_names,
    wanted_topics,
)

DAY = UNITS["d"]
GOOD = TopicFacts("support.calls", partitions=8, replicas=3, retention=-1)


def test_every_topic_of_the_configuration_is_wanted() -> None:
    """Sources with the partitions asked for, dead letters with room for whole records."""
    sections = Sections(kafka=KafkaSection(topics=TopicsSection(calls="pbx.calls")))
    wanted = wanted_topics(sections, partitions=8, replicas=3, retention=-1)
    assert set(wanted) == set(topic_names(sections).values())
    assert "support.sla.events" not in wanted
    assert wanted["pbx.calls"] == {
        "num_partitions": 8,
        "replication_factor": 3,
        "configs": {"cleanup.policy": "delete", "retention.ms": "-1"},
    }
    assert wanted["support.dead-letters"]["num_partitions"] == 1
    assert int(wanted["support.dead-letters"]["configs"]["max.message.bytes"]) > 2**20


def test_sla_events_have_the_partitions_of_the_tickets() -> None:
    """Where they are enabled the topic is created like a source; another number is a problem."""
    sections = Sections(sla_events=SlaEventsSection(enabled=True))
    wanted = wanted_topics(sections, partitions=8, replicas=3, retention=-1)
    assert wanted["support.sla.events"] == wanted["support.tickets"]
    names = topic_names(sections)
    found = {name: TopicFacts(name, partitions=8) for name in names.values()}
    assert partitions_of_role("sla_events", names, found) == 8
    assert partitions_of_role("calls", names, found) == 0
    facts = TopicFacts("support.sla.events", partitions=4, replicas=3, retention=-1)
    (problem,) = finding_of("sla_events", facts, KeySample(), 8).problems
    assert "has 4 partitions, that of the tickets 8" in problem
    assert "topics create --partitions 8" in problem
    assert finding_of("sla_events", facts, KeySample(), 4).problems == []


@pytest.mark.parametrize(
    ("facts", "sample", "words"),
    [
        (GOOD, KeySample(records=100), []),
        (TopicFacts("support.calls"), KeySample(), ["does not exist"]),
        (TopicFacts("t", 8, 1, retention=DAY), KeySample(), []),
        (TopicFacts("t", 8, 1, retention=DAY - 1), KeySample(), ["retention.ms"]),
        (TopicFacts("t", 8, 1, cleanup="compact,delete"), KeySample(), ["cleanup.policy=compact,delete"]),
        (GOOD, KeySample(100, without_key=2), ["2 of the newest 100 records have no key"]),
        (GOOD, KeySample(100, misrouted=3), ["murmur2"]),
        (GOOD, KeySample(100, 1, 1), ["no key", "murmur2"]),
    ],
)
def test_each_fault_is_named(facts: TopicFacts, sample: KeySample, words: list[str]) -> None:
    """And nothing else is."""
    problems = finding_of("calls", facts, sample).problems
    assert len(problems) == len(words)
    assert all(word in problem for word, problem in zip(words, problems, strict=True))


def test_dead_letters_keep_the_keys_they_came_with() -> None:
    """Their keys are no fault of anybody's partitioner."""
    assert finding_of("dead_letters", GOOD, KeySample(100, 50, 50)).problems == []


def test_a_sample_counts_missing_keys_and_wrong_partitions() -> None:
    """murmur2 of Java: the partition of b"c1" among eight is the one its producers use."""
    right = (murmur2(b"c1") & 0x7FFFFFFF) % 8
    records = [(right, b"c1"), ((right + 1) % 8, b"c1"), (0, None)]
    assert sample_of(records, 8) == KeySample(records=3, without_key=1, misrouted=1)
