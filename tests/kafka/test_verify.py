"""`supportpulse verify` beside a running worker: nothing differs, and what differs is found."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer, TopicPartition

from testbed.kafka import KafkaBroker
from testbed.series import CUSTOMERS, STATE, of_live
from testbed.support_site import SupportSite, write_lines
from testbed.worker_process import WorkerProcess

HOUR = 3_600_000
BASE = 1_772_445_600_000
"""2026-03-02T10:00:00Z."""
SHORT_MEMORY = {
    "clock": {"mode": "event"},
    "windows": {
        "lengths": ["5m", "1h", "2h"],
        "horizon": "2h",
        "retention": {"tickets": "3h", "calls": "3h", "chats": "3h"},
        "max_open": {"calls": "2h"},
    },
}


def call(number: int, minute: float, *, kind: str = "call.offered", queue: str = "sales") -> dict[str, Any]:
    """Return an event of call `number`, so many minutes after ten o'clock."""
    return {
        "specversion": "1.0",
        "id": f"{kind}-{number}",
        "source": "/pbx",
        "type": kind,
        "subject": f"call-{number}",
        "time": time_text(BASE + int(minute * 60_000)),
        "data": {"queue": queue} if kind == "call.offered" else {},
    }


def time_text(moment: int) -> str:
    """Return a moment in milliseconds as RFC 3339."""
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment // 1000))
    return f"{text}.{moment % 1000:03d}Z"


class Sending:
    """Sends single events with keys and timestamps of choice."""

    def __init__(self, site: SupportSite) -> None:
        self._site = site
        self._producer = KafkaProducer(bootstrap_servers=site.bootstrap)

    def send(self, event: Mapping[str, Any], *, key: str | None = None, timestamp: int | None = None) -> None:
        """Send one event to the calls and wait until Kafka has it."""
        self._producer.send(
            self._site.topics["calls"],
            key=(key or event["subject"]).encode(),
            value=json.dumps(event).encode(),
            timestamp_ms=timestamp,
        ).get(timeout=30)

    def close(self) -> None:
        """Close the connection."""
        self._producer.close()


@pytest.fixture
def site(kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path) -> SupportSite:
    """Give a site with a horizon of two hours and a retention of three."""
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=2, configuration=SHORT_MEMORY)
    site.create_topics(in_use="calls")
    return site


@pytest.fixture
def sending(site: SupportSite) -> Iterator[Sending]:
    """Give a producer of single events."""
    sending = Sending(site)
    yield sending
    sending.close()


def verdict(worker: WorkerProcess, *, code: int = 0) -> dict[str, Any]:
    """Return what `verify` says of a worker; its exit code must be the given one."""
    done = subprocess.run(
        worker.site.command_line("verify", "--address", worker.url, "--format", "json"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout[-3000:] + done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.slow
def test_nothing_differs_while_events_go_on_arriving(
    kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path
) -> None:
    """The offsets of the view decide, and its own wall clock: what arrives meanwhile does not count."""
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=2, configuration={})
    site.create_topics()
    with WorkerProcess(site) as worker:
        worker.wait_for(lambda: bool(worker.live().get("complete")), what="a complete view")
        simulation = subprocess.Popen(
            site.command_line("simulate", "--rate", "40000", "--disturbed"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            worker.wait_for(lambda: sum(worker.applied().values()) > 50, what="events")
            first = verdict(worker)
            worker.wait_for(lambda: sum(worker.applied().values()) > first["records"], what="more events")
            second = verdict(worker)
        finally:
            simulation.kill()
            simulation.wait()
    assert first["differences"] == [] == second["differences"]
    assert 0 < first["records"] < second["records"]
    assert second["now"] > first["now"]


@pytest.mark.slow
def test_late_expired_and_refused_events_count_as_the_contract_says(
    site: SupportSite, sending: Sending
) -> None:
    """Beyond the horizon no window changes; beyond retention an unknown case is refused."""
    for number in range(20):
        sending.send(call(number, number))
        if number % 2:
            sending.send(call(number, number + 0.25, kind="call.answered"))
            sending.send(call(number, number + 2, kind="call.wrapup_ended"))
    for partition_filler in range(100, 140):  # carries both partitions' watermarks over four hours
        sending.send(call(partition_filler, 250))
    sending.send(call(0, 0.5, kind="call.abandoned"))  # waited too long to be kept: expired
    sending.send(call(1, 3, kind="call.ended"))  # of a case that has left: expired
    sending.send(call(50, 30))  # never heard of, and too old
    sending.send(call(51, 100))  # too old for the windows, within retention
    sending.send(call(52, 251), key="somebody else")
    with WorkerProcess(site) as worker:
        worker.wait_until_caught_up()
        found = verdict(worker)
    assert found["differences"] == []
    assert found["refused"] == {"expired": 3, "key": 1}


@pytest.mark.slow
def test_surveys_are_recounted_and_outlive_a_crash(
    kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path
) -> None:
    """Answers of forty days in disorder, doubled and corrected: verified, and the same after `kill -9`."""
    clock = {"clock": {"mode": "event"}, "site": {"time_zone": "Europe/Berlin"}}
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=2, configuration=clock)
    site.create_topics(in_use="surveys")
    surveys = ("nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion")
    lines = [
        json.dumps(
            {
                "specversion": "1.0",
                "id": f"answer-{number % 350}",
                "source": "/surveys",
                "type": "survey.response",
                "subject": f"respondent-{number % 350 % 90}",
                "time": time_text(BASE + number * 7919 % 400 % 350 * 10_000_000),
                "data": {
                    "survey": surveys[number % 350 % 8],
                    "score": number % 350 % 5 + 1,
                    "scale_min": 1,
                    "scale_max": 5,
                    "high_is_good": number % 3 > 0,
                    "queue": f"queue-{number % 350 % 3}",
                },
            }
        ).encode()
        for number in range(400)
    ]
    with WorkerProcess(site) as worker:
        site.replay(write_lines(tmp_path / "answers.ndjson", lines))
        worker.wait_until_caught_up()
        before, shown = verdict(worker), worker.live()["windows"]
        worker.kill()
        worker.start()
        worker.wait_until_caught_up()
        after, again = verdict(worker), worker.live()["windows"]
    assert before["differences"] == [] == after["differences"]
    assert before["not_covered"] == [] == after["not_covered"]
    assert list(shown)[-4:] == ["1d", "7d", "30d", "90d"]
    assert shown == again
    assert any(entry["name"] == "support_all_window_nps_score" for entry in shown["90d"])


def customer_lines() -> list[bytes]:
    """Return 600 events of 120 customers over 300 days, in disorder, some of them doubled."""
    kinds = (
        ("subscribed", {"mrr": 1_000, "currency": "EUR", "term_months": 1, "referred": True}),
        ("visited", {}),
        ("purchased", {"amount": 500, "currency": "EUR"}),
        ("changed", {"mrr": 1_300}),
        ("renewed", {}),
        ("engaged", {}),
        ("cancelled", {}),
    )
    found = []
    for number in range(600):
        each = number % 560  # the last ones once more
        kind, fields = kinds[each % 7 if each % 120 % 3 else each % 6]
        about = {} if kind in ("visited", "purchased", "engaged") else {"product": f"product-{each % 2}"}
        found.append(
            json.dumps(
                {
                    "specversion": "1.0",
                    "id": f"customer-{each}",
                    "source": "/shop",
                    "type": f"customer.{kind}",
                    "subject": f"customer-{each % 120}",
                    "time": time_text(BASE + each * 7919 % 560 * 46_000_000),
                    "data": fields | about,
                }
            ).encode()
        )
    return found


@pytest.mark.slow
def test_customers_are_recounted_and_outlive_a_crash(
    kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path
) -> None:
    """Ten months in disorder, doubled: verified, the same after `kill -9`, and as the report says."""
    clock = {"clock": {"mode": "event"}, "site": {"time_zone": "Europe/Berlin"}}
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=2, configuration=clock)
    site.create_topics(in_use="customers")
    file = write_lines(tmp_path / "customers.ndjson", customer_lines())
    with WorkerProcess(site) as worker:
        site.replay(file)
        worker.wait_until_caught_up()
        before, shown = verdict(worker), worker.live()
        worker.kill()
        worker.start()
        worker.wait_until_caught_up()
        after, again = verdict(worker), worker.live()
    assert before["differences"] == [] == after["differences"]
    assert before["not_covered"] == [] == after["not_covered"]
    assert shown["windows"] == again["windows"]
    assert shown["states"] == again["states"]
    tables = of_live(again)
    told = site.report([file], now=again["now"], end=again["window_end"])
    for label in ("30d", "90d", "180d", "365d", "month", "quarter", "last_month", "last_quarter", STATE):
        mine = {key: value for key, value in tables[label].items() if key[0] in CUSTOMERS}
        theirs = {key: value for key, value in told[label].items() if key[0] in CUSTOMERS}
        assert mine == pytest.approx(theirs), label
    assert ("support_all_window_churn_ratio", ()) in tables["90d"]
    assert any(name == "support_customer_lifetime_value" for name, _ in tables[STATE])


@pytest.mark.slow
def test_a_replayed_dead_letter_counts_once(site: SupportSite, sending: Sending) -> None:
    """Refused as dated ahead, sent back twice when its time has come: one call, in the recount too."""
    sending.send(call(1, 0), timestamp=BASE - HOUR)
    sending.send(call(2, 1))
    with WorkerProcess(site) as worker:
        worker.wait_until_caught_up()
        assert offered(worker) == 1
        found = verdict(worker)
        assert found["refused"] == {"future_time": 1}
        assert found["differences"] == []
        for _ in range(2):
            site.command("dead-letters", "replay", "--reason", "future_time")
        worker.wait_until_caught_up()
        assert offered(worker) == 2
        found = verdict(worker)
    assert found["records"] == 4
    assert found["differences"] == []


@pytest.mark.slow
def test_what_began_before_the_log_does_is_not_covered(site: SupportSite, sending: Sending) -> None:
    """The head of the log is deleted: windows, cases and channels in doubt are named, never called equal."""
    for number in range(40):
        sending.send(call(number, number))
    with WorkerProcess(site) as worker:
        worker.wait_until_caught_up()
        with site.admin() as admin:
            places = [TopicPartition(site.topics["calls"], number) for number in range(2)]
            admin.delete_records(dict.fromkeys(places, 10))
        for number in range(40):
            sending.send(call(number, 45 + number / 10, kind="call.answered"))
        for number in range(60, 100):
            sending.send(call(number, 110))
        worker.wait_until_caught_up()
        found = verdict(worker)
    kinds = {entry["kind"] for entry in found["not_covered"]}
    assert kinds == {"window", "case", "channel"}
    assert {"kind": "window", "name": "2h", "reason": "began before the earliest event of calls/0"} in [
        {**entry, "reason": entry["reason"].replace("calls/1", "calls/0")} for entry in found["not_covered"]
    ]
    assert found["differences"] == []
    assert found["compared"] > 0


@pytest.mark.slow
def test_a_number_that_differs_is_listed_with_exit_code_1(site: SupportSite, sending: Sending) -> None:
    """The worker counts by one threshold, the recount is told another one."""
    sending.send(call(1, 0))
    sending.send(call(1, 0.5, kind="call.answered"))
    with WorkerProcess(site) as worker:
        worker.wait_until_caught_up()
        document = json.loads(site.configuration_file.read_text(encoding="utf-8"))
        document["service_level"] = {"phone": {"threshold": "40s"}}
        site.configuration_file.write_text(json.dumps(document), encoding="utf-8")
        found = verdict(worker, code=1)
    names = {(entry["name"], entry["shown"], entry["counted"]) for entry in found["differences"]}
    assert ("support_window_service_level_ratio", 0.0, 1.0) in names
    assert all("service_level" in name for name, _, _ in names)


def offered(worker: WorkerProcess) -> float:
    """Return the offers of the last two hours."""
    return sum(
        entry["value"]
        for entry in worker.live()["windows"]["2h"]
        if entry["name"] == "support_all_window_offered"
    )
