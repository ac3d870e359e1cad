"""The commands that talk to Kafka, against a real one: topics, replay, simulate and dead letters."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.partitioner.default import murmur2

from streams.command_line import run
from streams.log_reading import partitions_of, whole
from testbed.kafka import KafkaBroker

PARTITIONS = 3
ROLES = ("tickets", "calls", "chats", "agents", "surveys", "customers", "dead_letters")


class Cluster:
    """A broker with seven topics of its own names."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self.bootstrap = bootstrap
        self.topics = {role: f"{name}-{role}" for role in ROLES}

    def records(self, role: str) -> list[Any]:
        """Return every record of a topic, by partition and offset."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        found = [
            record
            for partition in partitions_of(consumer, self.topics[role])
            for record in whole(consumer, partition)
        ]
        consumer.close()
        return found

    def send(self, role: str, **record: Any) -> None:
        """Send one record as somebody else's producer would."""
        producer = KafkaProducer(bootstrap_servers=self.bootstrap)
        producer.send(self.topics[role], **record).get(timeout=30)
        producer.close()


@pytest.fixture
def cluster(kafka_broker: KafkaBroker, fresh_name: str, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Give a configured cluster whose topics do not exist yet."""
    made = Cluster(kafka_broker.bootstrap, fresh_name)
    monkeypatch.setenv("SUPPORTPULSE_KAFKA__BOOTSTRAP", made.bootstrap)
    for role, name in made.topics.items():
        monkeypatch.setenv(f"SUPPORTPULSE_KAFKA__TOPICS__{role.upper()}", name)
    return made


@pytest.fixture
def topics(cluster: Cluster) -> Cluster:
    """Give a cluster with all its topics."""
    assert run(["topics", "create", "--partitions", str(PARTITIONS), "--retention", "forever"]) == 0
    return cluster


def event(number: int, kind: str = "call.ended", **changes: Any) -> dict[str, Any]:
    """Return an event."""
    good = {
        "specversion": "1.0",
        "id": str(number),
        "source": "/s",
        "type": kind,
        "subject": f"case-{number % 7}",
        "time": "2026-03-02T10:00:00Z",
    }
    return good | changes


@pytest.mark.usefixtures("cluster")
def test_topics_are_created_once_and_then_found_right(capsys: pytest.CaptureFixture[str]) -> None:
    """Before: seven problems; created; found as they should be; a second time nothing changes."""
    assert run(["topics", "check", "--format", "json"]) == 1
    before = json.loads(capsys.readouterr().out)
    assert [finding["topic"] for finding in before] == list(ROLES)
    assert all("does not exist" in finding["problems"][0] for finding in before)
    assert run(["topics", "create", "--partitions", "3", "--retention", "forever"]) == 0
    assert capsys.readouterr().out.count("created") == 7
    assert run(["topics", "create", "--partitions", "5"]) == 0
    assert capsys.readouterr().out.count("exists") == 7
    assert run(["topics", "check", "--format", "json"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert {finding["facts"]["retention"] for finding in after} == {-1}
    assert [finding["facts"]["partitions"] for finding in after] == [3, 3, 3, 3, 3, 3, 1]


def test_a_producer_with_another_partitioner_is_found(
    topics: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """One record where murmur2 does not put it, and one without a key."""
    right = (murmur2(b"c1") & 0x7FFFFFFF) % PARTITIONS
    topics.send("calls", key=b"c1", value=b"x", partition=right)
    topics.send("calls", key=b"c1", value=b"x", partition=(right + 1) % PARTITIONS)
    topics.send("calls", value=b"x")
    assert run(["topics", "check", "--format", "json"]) == 1
    findings = {finding["topic"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["calls"]["sample"] == {"records": 3, "without_key": 1, "misrouted": 1}
    assert len(findings["calls"]["problems"]) == 2
    assert findings["tickets"]["problems"] == []


def test_a_replay_sends_every_line_as_it_is(topics: Cluster, tmp_path: Path) -> None:
    """Good ones keyed by their subject in order, broken ones with what can be read of them."""
    good = [json.dumps(event(number)).encode() for number in range(500)]
    ticket = json.dumps(event(1, "ticket.created")).encode()
    broken = [b'{"type":"call.ended","subject":"case-1",', b"\xff\xfe garbage"]
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson.gz"
    first.write_bytes(b"\n".join([ticket, *good[:250], *broken]) + b"\n")
    second.write_bytes(gzip.compress(b"\n".join(good[250:])))
    assert run(["replay", str(first), str(second), "--speed", "max"]) == 0
    records = topics.records("calls")
    assert sorted(record.value for record in records) == sorted([*good, *broken])
    for record in records:
        if record.value in good:
            subject = json.loads(record.value)["subject"].encode()
            assert record.key == subject
            assert record.partition == (murmur2(subject) & 0x7FFFFFFF) % PARTITIONS
    assert {record.key for record in records if record.value in broken} == {b"case-1", None}
    order = [
        json.loads(record.value)["id"]
        for record in records
        if record.key == b"case-3" and record.value in good
    ]
    assert order == [str(number) for number in range(3, 500, 7)]
    assert [record.value for record in topics.records("tickets")] == [ticket]


def test_a_paced_replay_sends_in_real_time(topics: Cluster, tmp_path: Path) -> None:
    """Half an hour of events at 900 times real time: about two seconds lie between first and last."""
    file = tmp_path / "paced.ndjson"
    times = ("10:00:00", "10:15:00", "10:30:00")
    file.write_text(
        "\n".join(json.dumps(event(3, id=time, time=f"2026-03-02T{time}Z")) for time in times),
        encoding="utf-8",
    )
    assert run(["replay", str(file), "--speed", "900"]) == 0
    stamps = [record.timestamp for record in topics.records("calls")]
    assert 1_500 <= stamps[-1] - stamps[0] <= 10_000


@pytest.mark.usefixtures("cluster")
def test_a_replay_into_missing_topics_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is created by accident with the broker's defaults."""
    monkeypatch.setattr("streams.bulk_producer._METADATA_MILLISECONDS", 500)
    file = tmp_path / "one.ndjson"
    file.write_text(json.dumps(event(1)), encoding="utf-8")
    assert run(["replay", str(file), "--speed", "max"]) == 1
    assert "supportpulse topics create" in capsys.readouterr().err
    assert run(["topics", "check"]) == 1


def test_a_line_the_broker_does_not_take_is_a_problem_of_its_own(
    topics: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two MiB are more than a broker takes by default; its neighbours arrive."""
    lines = [json.dumps(event(number, extra="x" * size)) for number, size in ((7, 1), (14, 2**21), (21, 1))]
    file = tmp_path / "large.ndjson"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert run(["replay", str(file), "--speed", "max"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("2 records sent")
    assert "1 records were not taken" in captured.err
    assert [json.loads(record.value)["id"] for record in topics.records("calls")] == ["7", "21"]


def test_simulated_events_arrive_on_their_topics(topics: Cluster) -> None:
    """An hour at once, lying in the past."""
    assert run(["simulate", "--duration", "1h", "--fast", "--rate", "6000"]) == 0
    for role, kind in (("tickets", "ticket."), ("calls", "call."), ("chats", "chat."), ("agents", "agent.")):
        records = topics.records(role)
        assert records
        for record in records:
            assert json.loads(record.value)["type"].startswith(kind)
            assert json.loads(record.value)["subject"].encode() == record.key


def letter(reason: str, offset: int) -> list[tuple[str, bytes]]:
    """Return the headers of a dead letter without the source topic."""
    return [
        ("traceparent", b"00-1"),
        ("reason", reason.encode()),
        ("detail", b"why"),
        ("source-partition", b"2"),
        ("source-offset", str(offset).encode()),
    ]


def test_dead_letters_are_listed_shown_and_sent_back(
    topics: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """As they were: key, value and own headers, to the partition they came from."""
    source = ("source-topic", topics.topics["calls"].encode())
    for number, (key, value, reason) in enumerate(
        ((b"c1", b"{bad", "invalid_json"), (None, b"\xff", "invalid_utf8"), (b"c3", None, "empty"))
    ):
        topics.send("dead_letters", key=key, value=value, headers=[*letter(reason, number), source])
    assert run(["dead-letters", "list", "--format", "json", "--limit", "2"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [each["place"] for each in listed] == ["0:1", "0:2"]
    assert listed[0]["origin"] == f"{topics.topics['calls']}/2:1"
    assert run(["dead-letters", "show", "0:0", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["key"], shown["value"], shown["headers"]) == ("c1", "{bad", {"traceparent": "00-1"})
    assert run(["dead-letters", "show", "0:9"]) == 1
    assert run(["dead-letters", "replay", "0:0"]) == 0
    assert run(["dead-letters", "replay", "--reason", "empty", "--reason", "invalid_utf8"]) == 0
    back = topics.records("calls")
    assert [(record.partition, record.key, record.value) for record in back] == [
        (2, b"c1", b"{bad"),
        (2, None, b"\xff"),
        (2, b"c3", None),
    ]
    assert all(record.headers == [("traceparent", b"00-1")] for record in back)
