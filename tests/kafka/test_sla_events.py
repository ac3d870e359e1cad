"""Announcements of SLA targets on a real broker: killed amid them, every reader sees each exactly once."""

import json
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer

from aggregators.recount import case_facts, read_lines
from aggregators.recount_settings import read_settings
from aggregators.recount_timeline import cases_of
from streams.event_time import iso, milliseconds_of
from streams.log_reading import partitions_of
from streams.partitioning import partition_of
from testbed.kafka import KafkaBroker
from testbed.support_site import SupportSite, recorded_lines, write_lines
from testbed.worker_process import WorkerProcess

PARTITIONS = 2
LIVES = 2
END = "2026-03-12T00:00:00.000Z"
SITE: Mapping[str, Any] = {
    "clock": {"mode": "event"},
    "sla": {
        "first_response": {"normal": "30m", "high": "15m", "urgent": "5m"},
        "next_response": {"normal": "2h"},
        "resolution": {"normal": "6h", "low": "2d"},
    },
    "sla_events": {"enabled": True, "at_risk": "20m", "patience": "0s"},
}
"""Short targets, so that there are outcomes of every kind."""


def simulated_tickets(site: SupportSite) -> list[bytes]:
    """Return 60 hours of tickets, some events twice, late or far too late; the last one is a week later."""
    file = site.directory / "centre.ndjson"
    span = ("--start", "2026-03-02T06:00:00Z", "--duration", "60h")
    site.command("simulate", "--seed", "7", "--rate", "40", *span, "--disturbed", "--output", str(file))
    lines = [line for line in recorded_lines(file) if b'"type":"ticket.' in line]
    chooser = random.Random(7)
    late = [line for line in lines if chooser.random() < 0.08]
    last = {
        "specversion": "1.0",
        "id": "last",
        "source": "/test",
        "type": "ticket.created",
        "subject": "last",
        "time": END,
        "data": {"queue": "service"},
    }
    return [line for line in lines if line not in late] + late + [json.dumps(last).encode()]


def send(site: SupportSite, lines: list[bytes]) -> None:
    """Send events of tickets by murmur2 of their key."""
    producer = KafkaProducer(bootstrap_servers=site.bootstrap)
    for line in lines:
        producer.send(site.topics["tickets"], key=json.loads(line)["subject"].encode(), value=line)
    producer.close()


class Reader:
    """A consumer of the topic that keeps every record, repetitions included; `read` fetches what is new."""

    def __init__(self, site: SupportSite) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=site.bootstrap, enable_auto_commit=False)
        places = partitions_of(self._consumer, site.sla_events)
        self._consumer.assign(places)
        self._consumer.seek_to_beginning(*places)
        self.records: list[Any] = []

    def read(self) -> list[Any]:
        """Return all records so far."""
        while fetched := self._consumer.poll(200):
            for records in fetched.values():
                self.records += records
        return self.records

    def close(self) -> None:
        """Let go of the connection."""
        self._consumer.close()


def once_each(records: list[Any]) -> list[dict[str, Any]]:
    """Return the events as a reader that drops repeated ids sees them."""
    return list({event["id"]: event for event in reversed(list(map(event_of, records)))}.values())[::-1]


def event_of(record: Any) -> dict[str, Any]:
    """Return the event in a record; it lies where its case does, under the case's key."""
    event: dict[str, Any] = json.loads(record.value)
    assert record.key == event["subject"].encode()
    assert record.partition == partition_of(record.key, PARTITIONS)
    return event


def standing(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what stands at the end; every withdrawal names what stood, every revision follows one."""
    last: dict[tuple[str, ...], dict[str, Any]] = {}
    for event in events:
        data = event["data"]
        key = (event["subject"], data["target"], data["cycle"])
        before = last.get(key)
        if data["outcome"] == "withdrawn":
            assert before is not None
            assert data["withdraws"] == before["id"]
        elif before is None or before["data"]["outcome"] == "withdrawn":
            assert data["revision"] == 1 + (0 if before is None else before["data"]["revision"])
        else:
            assert (before["data"]["outcome"], before["data"]["revision"]) == ("at_risk", data["revision"])
        last[key] = event
    return [event for event in last.values() if event["data"]["outcome"] in ("met", "breached")]


def recounted(lines: list[bytes]) -> Counter[tuple[str, ...]]:
    """Return the outcomes that the independent recount finds in the events."""
    settings = read_settings(SITE)
    events, refused = read_lines(lines)
    assert refused == []
    return Counter(
        (case.subject, entry.label, entry.measure.removeprefix("sla_"), iso(entry.time), *entry.place[1:])
        for case in cases_of(events)
        for entry in case_facts(case, settings).observations
        if entry.measure in ("sla_met", "sla_breached") and entry.time <= milliseconds_of(END)
    )


def reported(site: SupportSite, lines: list[bytes]) -> dict[tuple[str, ...], int]:
    """Return the outcomes that `report` counts, by channel, queue, target and outcome."""
    file = write_lines(site.directory / "tickets.ndjson", lines)
    window = "2026-03-01T00:00:00Z..2026-03-12T00:00:00.001Z"
    report = json.loads(site.command("report", str(file), "--format", "json", "--window", window))
    return {
        (*(entry["labels"][name] for name in ("channel", "queue", "sla")), outcome): entry["value"]
        for entry in report["windows"][0]["metrics"]
        for outcome in ("met", "breached")
        if entry["name"] == f"support_window_sla_{outcome}" and entry["value"]
    }


def place_of(event: dict[str, Any]) -> tuple[str, ...]:
    """Return channel, queue, target and outcome of an announced outcome."""
    data = event["data"]
    return (data["channel"], data["queue"], data["target"], data["outcome"])


def outcome_of(event: dict[str, Any]) -> tuple[str, ...]:
    """Return an announced outcome as the recount knows it."""
    data = event["data"]
    place = (data["channel"], data["queue"])
    return (event["subject"], data["target"], data["outcome"], event["time"], *place)


def outcomes_in(records: list[Any]) -> set[str]:
    """Return which outcomes have been announced."""
    return {event_of(record)["data"]["outcome"] for record in records}


def repeats_counted(worker: WorkerProcess) -> float:
    """Return how many repeated announcements the worker has met."""
    return worker.series().get(("support_sla_events_repeated_total", ()), 0.0)


@pytest.mark.slow
def test_killed_amid_announcements_a_reader_sees_each_exactly_once(
    kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path
) -> None:
    """What stands is what report and recount find; a copy by one that slept is dropped and counted."""
    site = SupportSite(
        kafka_broker.bootstrap, fresh_name, tmp_path, partitions=PARTITIONS, configuration=SITE
    )
    site.create_topics(in_use="tickets")
    lines = simulated_tickets(site)
    share, expected = len(lines) // LIVES, recounted(lines)
    with closing(Reader(site)) as reader, WorkerProcess(site, instance="one") as worker:
        for life in range(LIVES - 1):
            before = len(reader.read())
            send(site, lines[life * share : (life + 1) * share])
            worker.wait_for(lambda before=before: len(reader.read()) > before, what="an announcement")
            worker.kill()
            worker.start()
        send(site, lines[(LIVES - 1) * share : -1])
        worker.wait_for(lambda: "at_risk" in outcomes_in(reader.read()), what="a target at risk")
        copy = reader.records[0]
        producer = KafkaProducer(bootstrap_servers=site.bootstrap)
        producer.send(site.sla_events, key=copy.key, value=copy.value, partition=copy.partition)
        producer.close()
        send(site, lines[-1:])
        worker.wait_for(
            lambda: Counter(map(outcome_of, standing(once_each(reader.read())))) == expected,
            what="everything announced",
        )
        records, events = reader.records, once_each(reader.records)
        repeated = len(records) - len(events)
        worker.wait_for(lambda: 1 <= repeats_counted(worker) <= repeated, what="the repetition counted")
    assert {json.loads(record.value)["source"] for record in records} == {f"/supportpulse/{fresh_name}"}
    assert len({record.value for record in records}) == len(events), "a repeated id has the same bytes"
    assert outcomes_in(records) == {"at_risk", "breached", "met", "withdrawn"}
    assert Counter(map(place_of, standing(events))) == reported(site, lines)
