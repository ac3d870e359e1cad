"""Several workers on a real Kafka, added through a real Redis: the exporter's numbers are the report's."""

import http
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from testbed.exporter_process import ExporterProcess
from testbed.kafka import KafkaBroker
from testbed.redis import RedisServer
from testbed.requirements import require
from testbed.series import BUSINESS, differences, of_live, total
from testbed.support_site import SupportSite, recorded_lines, time_of, write_lines
from testbed.worker_process import WorkerProcess
from tests.loyalty import loyal_centre

LINES = 114_442
PARTITIONS = 8
EARLY = 10_000
VIEW_SECONDS = 15.0
PAGE_SECONDS = 1.0
TICKS = 5
MIXED = ("support_fleet_conflicts", (("kind", "configuration"),))


def new_site(
    broker: KafkaBroker, name: str, directory: Path, redis: RedisServer, **sections: Any
) -> SupportSite:
    """Return a site whose workers publish to a Redis; sections: beyond the event clock."""
    configuration = {"clock": {"mode": "event"}, "redis": {"url": redis.url}, **sections}
    return SupportSite(broker.bootstrap, name, directory, partitions=PARTITIONS, configuration=configuration)


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """Give a Redis that the test may pause, stop and restart."""
    require("redis")
    with RedisServer() as server:
        yield server


@pytest.fixture
def early_file(january_file: Path, tmp_path: Path) -> Path:
    """Give the first 10,000 events of January."""
    return write_lines(tmp_path / "early.ndjson", recorded_lines(january_file)[:EARLY])


def loyal_file(now: int, folder: Path) -> Path:
    """Return a file of surveys and customers up to a moment (ms)."""
    return write_lines(folder / "loyal.ndjson", [json.dumps(each).encode() for each in loyal_centre(now)])


def wait_for_shares(workers: list[WorkerProcess]) -> None:
    """Wait until every partition is with exactly one worker and each has some of the calls."""
    ends = set(workers[0].site.end_offsets())

    def is_shared() -> bool:
        shares = [set(worker.applied()) for worker in workers]
        has_calls = all("calls" in {topic for topic, _ in share} for share in shares)
        return has_calls and sum(map(len, shares)) == len(ends) and set().union(*shares) == ends

    workers[-1].wait_for(is_shared, what="a share for each")


def fleet(stack: ExitStack, site: SupportSite, *, workers: int) -> list[WorkerProcess]:
    """Start workers that end with the stack, and wait until each has its share."""
    started = [stack.enter_context(WorkerProcess(site, instance=f"w{number}")) for number in range(workers)]
    wait_for_shares(started)
    return started


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_month_drained_by_three_workers_is_the_report_series_by_series(
    kafka_broker: KafkaBroker, redis_server: RedisServer, fresh_name: str, january_file: Path, tmp_path: Path
) -> None:
    """/api/v1/live and /metrics of both exporters equal the report, and each other byte for byte."""
    site = new_site(kafka_broker, fresh_name, tmp_path, redis_server)
    site.create_topics(in_use="calls")
    with ExitStack() as stack:
        exporters = [stack.enter_context(ExporterProcess(site)) for _ in range(2)]
        workers = fleet(stack, site, workers=3)
        loyal = loyal_file(time_of(recorded_lines(january_file)[-1]), tmp_path)
        lines = LINES + len(recorded_lines(loyal))
        site.replay(january_file)
        site.replay(loyal)
        documents = [exporter.wait_until_caught_up() for exporter in exporters]
        assert documents[0] == documents[1]
        assert sum(each["applied"] for each in documents[0]["partitions"]) == lines
        names = {entry["name"] for entry in documents[0]["windows"]["30d"]}
        assert {"support_all_window_nps_score", "support_all_window_churn_ratio"} <= names
        expected = site.report([january_file, loyal], now=documents[0]["now"], end=documents[0]["window_end"])
        for exporter in exporters:
            exporter.check(expected, document=documents[0])
            assert exporter.reasons_not_ready() == []
        assert exporters[0].get("/api/v1/live")[1] == exporters[1].get("/api/v1/live")[1]
        assert exporters[0].fleet_page() == exporters[1].fleet_page() != ""
        for worker in workers:
            table = worker.series()
            assert table["support_redis_up", ()] == 1
            assert table["support_view_complete", ()] == 0
            assert {name for name, _ in table if name in BUSINESS} == set()
        folded = [total(worker.series(), "support_events_total", result="applied") for worker in workers]
        assert all(folded)
        assert sum(folded) >= lines


def redis_lines(worker: WorkerProcess) -> int:
    """Return how many lines a process has logged about Redis."""
    return sum(entry["event"].startswith("Redis: ") for entry in worker.log_entries())


def slowest_page(worker: WorkerProcess, *, number: int = 20) -> float:
    """Return how long the slowest of some requests for /metrics took, in seconds."""
    longest = 0.0
    for _ in range(number):
        began = time.monotonic()
        assert worker.page() != ""
        longest = max(longest, time.monotonic() - began)
    return longest


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_events_and_worker_pages_do_not_notice_a_redis_that_hangs(
    kafka_broker: KafkaBroker, own_redis: RedisServer, fresh_name: str, early_file: Path, tmp_path: Path
) -> None:
    """The drain goes on, pages come at once; the exporter drops what is old, and recovers by itself."""
    site = new_site(kafka_broker, fresh_name, tmp_path, own_redis)
    site.create_topics(in_use="calls")
    with ExitStack() as stack:
        exporter = stack.enter_context(ExporterProcess(site))
        workers = fleet(stack, site, workers=2)
        exporter.wait_until_caught_up()
        own_redis.pause()
        site.replay(early_file)
        ends = site.end_offsets()
        workers[0].wait_for(
            lambda: {**workers[0].applied(), **workers[1].applied()} == ends, what="the drain by both"
        )
        for worker in workers:
            worker.wait_for(lambda worker=worker: worker.series()["support_redis_up", ()] == 0, what="notice")
            assert slowest_page(worker) < PAGE_SECONDS
            assert worker.reasons_not_ready() == []
            assert 1 <= redis_lines(worker) <= 2
        exporter.wait_for(lambda: not exporter.live()["complete"], what="numbers that are too old to go")
        assert exporter.fleet_page() == ""
        assert exporter.series()["support_view_complete", ()] == 0
        assert exporter.series()["support_view_age_seconds", ()] > VIEW_SECONDS
        assert exporter.get("/livez")[0] == http.HTTPStatus.OK
        assert any(reason.startswith("Redis: ") for reason in exporter.reasons_not_ready())
        own_redis.resume()
        document = exporter.wait_until_caught_up()
        exporter.check(
            site.report([early_file], now=document["now"], end=document["window_end"]), document=document
        )


def explained(process: WorkerProcess, **question: str) -> dict[str, Any]:
    """Return what stands behind a number of today."""
    asked = "&".join(f"{name}={value}" for name, value in {"window": "today", **question}.items())
    status, body, _ = process.get(f"/api/v1/explain?{asked}")
    assert status == http.HTTPStatus.OK, body
    return dict(json.loads(body))


def check_explanations(exporter: ExporterProcess, file: Path) -> None:
    """Assert that the exporter's explanations are those of the file: sums and cases in their order."""
    for metric, stat in (("answered", "mean"), ("wait_seconds", "p90")):
        answer = explained(exporter, metric=metric, stat=stat)
        window = f"{answer['from']}..{answer['to']}"
        arguments = ("explain", metric, str(file), "--window", window, "--stat", stat, "--format", "json")
        assert answer == json.loads(exporter.site.command(*arguments))
        assert (answer["missing"], answer["shown"]) == ([], 100)
    longest = explained(exporter, metric="wait_seconds", stat="max")["cases"]
    assert [each["value"] for each in longest] == sorted((each["value"] for each in longest), reverse=True)


def check_silence(exporter: ExporterProcess, left: WorkerProcess) -> None:
    """Assert that an answer names the partitions of a worker that was killed, and is of the others alone."""
    answer = explained(exporter, metric="answered")
    places = {place for place in left.site.end_offsets() if place[0] in ("tickets", "calls", "chats")}
    silent = {each["partition"] for each in answer["missing"]}
    assert silent == {f"{topic}/{number}" for topic, number in places - set(left.applied())}
    assert any(partition.startswith("calls/") for partition in silent)
    assert all("worker w0 at http://127.0.0.1" in each["reason"] for each in answer["missing"])
    assert answer["behind"] == explained(left, metric="answered")["behind"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_nobody_owns_is_named_and_what_comes_back_is_shown(
    kafka_broker: KafkaBroker, redis_server: RedisServer, fresh_name: str, early_file: Path, tmp_path: Path
) -> None:
    """Both workers killed: the last view, then nothing but names; one worker alone brings all of it back.

    Before that the exporter explains its numbers as files do; one worker killed, it names what is silent.
    """
    site = new_site(kafka_broker, fresh_name, tmp_path, redis_server)
    site.create_topics(in_use="calls")
    with ExitStack() as stack:
        exporter = stack.enter_context(ExporterProcess(site))
        workers = fleet(stack, site, workers=2)
        site.replay(early_file)
        before = exporter.wait_until_caught_up()
        check_explanations(exporter, early_file)
        workers[0].kill()
        check_silence(exporter, workers[1])
        workers[1].kill()
        killed = time.monotonic()

        def is_gone() -> bool:
            document = exporter.live()
            assert document["windows"] == (before["windows"] if document["complete"] else {})
            return not document["complete"]

        exporter.wait_for(is_gone, what="numbers that are too old to go", seconds=VIEW_SECONDS + 5)
        assert time.monotonic() - killed > VIEW_SECONDS - 3
        exporter.wait_for(
            lambda: "calls/0, " in " ".join(exporter.reasons_not_ready()), what="the missing by name"
        )
        table = exporter.series()
        assert total(table, "support_partition_assigned") == 0
        assert {name for name, _ in table if name in BUSINESS} == set()
        with WorkerProcess(site):
            document = exporter.wait_until_caught_up()
            assert document["windows"] == before["windows"]
            assert document["states"] == before["states"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_rolling_restart_with_another_threshold_is_told_and_never_added(
    kafka_broker: KafkaBroker, redis_server: RedisServer, fresh_name: str, early_file: Path, tmp_path: Path
) -> None:
    """Half old, half new: no number, both fingerprints by name; all new: the report by the new rules."""
    old = new_site(kafka_broker, fresh_name, tmp_path, redis_server)
    (tmp_path / "new").mkdir()
    threshold = {"service_level": {"phone": {"threshold": "60s"}}}
    new = new_site(kafka_broker, fresh_name, tmp_path / "new", redis_server, **threshold)
    old.create_topics(in_use="calls")
    with ExitStack() as stack:
        exporter = stack.enter_context(ExporterProcess(old))
        successor = stack.enter_context(ExporterProcess(new))
        workers = fleet(stack, old, workers=2)
        old.replay(early_file)
        exporter.wait_until_caught_up()
        (reason, *_) = successor.reasons_not_ready()
        assert old.configuration.fingerprint in reason
        assert successor.fleet_page() == ""

        workers[1].terminate()
        assert workers[1].exit_code(seconds=30) == 0
        workers[1] = stack.enter_context(WorkerProcess(new, instance="w1"))
        exporter.wait_for(lambda: exporter.series()[MIXED] > 0, what="word of the mixed configuration")
        assert exporter.series()["support_view_complete", ()] == 0
        assert exporter.fleet_page() == ""
        reasons = " ".join(exporter.reasons_not_ready())
        assert new.configuration.fingerprint in reasons
        assert "at worker w1" in reasons

        workers[0].terminate()
        assert workers[0].exit_code(seconds=30) == 0
        stack.enter_context(WorkerProcess(new, instance="w0"))
        document = successor.wait_until_caught_up()
        successor.check(
            new.report([early_file], now=document["now"], end=document["window_end"]), document=document
        )
        assert successor.reasons_not_ready() == []
        assert exporter.series()[MIXED] > 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_by_the_wall_clock_every_second_has_its_bytes_and_they_are_the_reports(
    kafka_broker: KafkaBroker, redis_server: RedisServer, fresh_name: str, tmp_path: Path
) -> None:
    """Of the last hour and a half: two exporters agree in every tick that both showed; so does the report."""
    site = new_site(kafka_broker, fresh_name, tmp_path, redis_server, clock={"mode": "wall"})
    site.create_topics()
    file = tmp_path / "recent.ndjson"
    start = datetime.now(UTC) - timedelta(minutes=90)
    site.command(
        *("simulate", "--start", start.isoformat(timespec="seconds"), "--duration", "90m"),
        *("--rate", "2000", "--output", str(file)),
    )
    with ExitStack() as stack:
        exporters = [stack.enter_context(ExporterProcess(site)) for _ in range(2)]
        fleet(stack, site, workers=2)
        site.replay(file)
        for exporter in exporters:
            exporter.wait_until_caught_up()
        shown: list[dict[int, str]] = [{}, {}]

        def have_common_ticks() -> bool:
            for exporter, documents in zip(exporters, shown, strict=True):
                body = exporter.get("/api/v1/live")[1]
                documents[json.loads(body)["now"]] = body
            return len(shown[0].keys() & shown[1].keys()) >= TICKS

        exporters[0].wait_for(have_common_ticks, what=f"{TICKS} ticks of both")
        for now in shown[0].keys() & shown[1].keys():
            assert now % 1000 == 0
            assert shown[0][now] == shown[1][now]
        document = json.loads(shown[0][max(shown[0])])
        expected = site.report([file], now=document["now"], end=document["window_end"])
        assert differences(of_live(document), expected) == []
        assert total(expected["1h"], "support_all_window_requests") > 0
        assert exporters[0].series()["support_view_age_seconds", ()] < VIEW_SECONDS
