"""Several workers on a real Kafka, added through a real Redis: the exporter's numbers are the report's."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from testbed.exporter_process import ExporterProcess
from testbed.kafka import KafkaBroker
from testbed.redis import RedisServer
from testbed.requirements import require
from testbed.series import BUSINESS, total
from testbed.support_site import SupportSite, recorded_lines, write_lines
from testbed.worker_process import WorkerProcess

LINES = 114_442
PARTITIONS = 8
EARLY = 10_000


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
        site.replay(january_file)
        documents = [exporter.wait_until_caught_up() for exporter in exporters]
        assert documents[0] == documents[1]
        assert sum(each["applied"] for each in documents[0]["partitions"]) == LINES
        expected = site.report([january_file], now=documents[0]["now"], end=documents[0]["window_end"])
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
        assert sum(folded) >= LINES
