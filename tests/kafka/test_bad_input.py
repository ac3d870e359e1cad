"""Whatever arrives: it ends in the dead-letter topic as it was, and the good events around it count."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from streams.event_time import iso, milliseconds_of
from streams.log_reading import partitions_of, whole
from streams.partitioning import partition_of
from testbed.kafka import KafkaBroker
from testbed.series import total
from testbed.support_site import SupportSite, write_lines
from testbed.worker_process import WorkerProcess

PARTITIONS = 3
LARGE = 3 * 1024 * 1024
MOMENT = "2026-03-02T10:00:00.000Z"
GOOD_CALLS = 30


@dataclass(frozen=True)
class Bad:
    """One record that has to be refused, and why."""

    reason: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def event(case: str, kind: str = "call.offered", **changes: Any) -> bytes:
    """Return a call's event as JSON; an attribute that is None is left out."""
    attributes = {
        "specversion": "1.0",
        "id": f"{case}-{kind}",
        "source": "/pbx",
        "type": kind,
        "subject": case,
        "time": MOMENT,
        "data": {"queue": "sales"},
        **changes,
    }
    return json.dumps({name: value for name, value in attributes.items() if value is not None}).encode()


def good_lines() -> list[bytes]:
    """Return events of thirty calls that are offered and answered 7 s later."""
    answered = iso(int(milliseconds_of(MOMENT)) + 7_000)
    return [
        line
        for number in range(GOOD_CALLS)
        for line in (event(f"c{number}"), event(f"c{number}", "call.answered", time=answered))
    ]


def long_ago() -> str:
    """Return a case that lies in the partition of the first good one."""
    wanted = partition_of(b"c0", PARTITIONS)
    return next(
        name for number in range(100) if partition_of((name := f"old{number}").encode(), PARTITIONS) == wanted
    )


def bad_records() -> list[Bad]:
    """Return one record or more for each kind of fault; the keys are right unless they are the fault."""
    good = event("b")
    ahead = iso(int(time.time() * 1000) + 3_600_000)
    old = long_ago()
    return [
        Bad("invalid_json", b"b", good[:-20]),
        Bad("invalid_json", b"b", b"\x00\x01\x02"),
        Bad("invalid_json", b"b", b'{"a":' * 5_000),
        Bad("invalid_utf8", b"b", good.replace(b"sales", b"sa\xff\xfe")),
        Bad("not_an_object", b"b", b"[1, 2, 3]"),
        Bad("empty", b"b", b""),
        Bad("empty", b"b", None),
        Bad("missing_attribute", b"b", event("b", id=None)),
        Bad("missing_field", b"b", event("b", data={})),
        Bad("wrong_type", b"b", event("b", data={"queue": 7})),
        Bad("wrong_type", b"b", event("b", data="sales")),
        Bad("wrong_type", b"b", event("b", id=17)),
        Bad("invalid_value", b"b", event("b", specversion="0.3")),
        Bad("invalid_value", b"b", event("b", data={"queue": "sales", "channel": "pigeon"})),
        Bad("unknown_type", b"b", event("b", "call.teleported")),
        Bad("wrong_topic", b"b", event("b", "ticket.created")),
        Bad("number_out_of_range", b"b", good.replace(b'"sales"', b'"sales", "x": NaN')),
        Bad("number_out_of_range", b"b", good.replace(b'"sales"', b'"sales", "x": -Infinity')),
        Bad("number_out_of_range", b"b", good.replace(b'"sales"', b'"sales", "x": 9007199254740993')),
        Bad("invalid_time", b"b", event("b", time="yesterday")),
        Bad("time_out_of_range", b"b", event("b", time="9999-12-31T23:59:59Z")),
        Bad("time_out_of_range", b"b", event("b", time="1969-12-31T23:59:59.999Z")),
        Bad("future_time", b"b", event("b", time=ahead)),
        Bad("key_mismatch", b"another", good),
        Bad("key_mismatch", b"\xff\xfe", good, (("traceparent", b"00-17"), ("reason", b"its own"))),
        Bad("key_missing", None, good),
        Bad("too_large", b"b", event("b", data={"queue": "sales", "note": "x" * LARGE})),
        Bad("expired", old.encode(), event(old, time="2025-11-01T00:00:00Z")),
    ]


@pytest.fixture
def site(kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path) -> SupportSite:
    """Give a site whose topic of calls takes records of more than 1 MiB."""
    made = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=PARTITIONS)
    made.create_topics(in_use="calls")
    resource = ConfigResource(
        ConfigResourceType.TOPIC, made.topics["calls"], configs={"max.message.bytes": str(2 * LARGE)}
    )
    with made.admin() as admin:
        admin.alter_configs([resource])
    return made


@pytest.fixture
def producer(kafka_broker: KafkaBroker) -> Iterator[KafkaProducer]:
    """Give a producer that sends whatever it is given."""
    made = KafkaProducer(bootstrap_servers=kafka_broker.bootstrap, max_request_size=2 * LARGE)
    yield made
    made.close()


def records_of(site: SupportSite, topic: str) -> list[Any]:
    """Return every record of a topic, by partition and offset."""
    consumer = KafkaConsumer(bootstrap_servers=site.bootstrap, enable_auto_commit=False)
    try:
        return [record for place in partitions_of(consumer, topic) for record in whole(consumer, place)]
    finally:
        consumer.close()


def send_among_good(producer: KafkaProducer, topic: str, bad: list[Bad]) -> dict[tuple[int, int], Bad]:
    """Send every bad record between two good ones; return the bad ones by partition and offset."""
    lines = good_lines()
    for line in lines[:2]:  # the partition of what has expired has a watermark
        producer.send(topic, key=b"c0", value=line).get(timeout=30)
    sent = {}
    for number, line in enumerate(lines[2:]):
        producer.send(topic, key=json.loads(line)["subject"].encode(), value=line)
        if number < len(bad):
            record = bad[number]
            sent[number] = producer.send(
                topic, key=record.key, value=record.value, headers=list(record.headers)
            )
    places = {number: future.get(timeout=30) for number, future in sent.items()}
    producer.flush()
    return {(place.partition, place.offset): bad[number] for number, place in places.items()}


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_bad_record_becomes_a_letter_and_every_good_one_counts(
    site: SupportSite, producer: KafkaProducer, tmp_path: Path
) -> None:
    """Reason, source and unchanged bytes in the dead-letter topic; counts by reason; right numbers."""
    bad = bad_records()
    topic = site.topics["calls"]
    with WorkerProcess(site) as worker:
        sent = send_among_good(producer, topic, bad)
        assert len(sent) == len(bad)
        document = worker.wait_until_caught_up()
        reasons = Counter(record.reason for record in bad)
        worker.wait_for(
            lambda: total(worker.series(), "support_dead_letters_total") >= len(bad), what="all the letters"
        )
        counted = {
            dict(labels)["reason"]: value
            for (name, labels), value in worker.series().items()
            if name == "support_dead_letters_total" and value
        }
        assert counted == dict(reasons)
        good = write_lines(tmp_path / "good.ndjson", good_lines())
        expected = site.report([good], now=document["now"], end=document["window_end"])
        worker.check(expected, document=document)
        assert total(expected["5m"], "support_window_answered") == GOOD_CALLS
        assert worker.reasons_not_ready() == []
        check_letters(site, sent)
        check_commands(site, worker, len(bad))
        worker.stop()
        assert worker.wait() == 0


def check_letters(site: SupportSite, sent: dict[tuple[int, int], Bad]) -> None:
    """Assert that each letter is its record with five headers more."""
    letters = records_of(site, site.dead_letters)
    assert len(letters) == len(sent)
    for letter in letters:
        added = {name: value.decode() for name, value in letter.headers[-5:]}
        place = int(added["source-partition"]), int(added["source-offset"])
        record = sent.pop(place)
        assert added["source-topic"] == site.topics["calls"]
        assert added["reason"] == record.reason, added
        assert added["detail"]
        assert (letter.key, letter.value) == (record.key, record.value)
        assert tuple(letter.headers[:-5]) == record.headers
    assert sent == {}


def check_commands(site: SupportSite, worker: WorkerProcess, letters: int) -> None:
    """Assert that the letters can be listed, shown, and sent back, where they are refused again."""
    listed = json.loads(site.command("dead-letters", "list", "--format", "json", "--limit", "100"))
    assert len(listed) == letters
    (missing,) = [each for each in listed if each["reason"] == "key_missing"]
    shown = json.loads(site.command("dead-letters", "show", missing["place"], "--format", "json"))
    assert (shown["key"], shown["value"]) == (None, event("b").decode())
    assert "2 records sent back" in site.command("dead-letters", "replay", "--reason", "key_mismatch")
    worker.wait_for(
        lambda: total(worker.series(), "support_dead_letters_total", reason="key_mismatch") == 4,
        what="the same letters again",
    )
    again = json.loads(site.command("dead-letters", "list", "--reason", "key_mismatch", "--format", "json"))
    assert len(again) == 4
    assert len({each["origin"] for each in again}) == 4
