"""Kafka is not there, comes, dies, comes back: the worker stays up, says why, loses and doubles nothing."""

import http
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testbed.kafka import KafkaBroker
from testbed.processes import wait_until
from testbed.requirements import require
from testbed.series import total
from testbed.support_site import SupportSite, recorded_lines, write_lines
from testbed.worker_process import WorkerProcess

LINES = 20_000
REPLAY_SECONDS = 12
ATTEMPTS_SECONDS = 8.0
"""Several attempts to connect: they begin 0.5 s apart and are 5 s apart at most."""


@pytest.fixture
def absent_broker() -> Iterator[KafkaBroker]:
    """Give a broker that this test starts and kills; it does not run yet."""
    require("kafka")
    broker = KafkaBroker()
    yield broker
    broker.close()


def troubles(worker: WorkerProcess) -> list[dict[str, Any]]:
    """Return what a worker logged about something that does not work."""
    return [entry for entry in worker.log_entries() if entry["level"] != "info"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kafka_comes_late_dies_and_comes_back(
    absent_broker: KafkaBroker, january_file: Path, tmp_path: Path
) -> None:
    """/livez always answers, /readyz says why not, a line a minute, numbers as in the report."""
    file = write_lines(tmp_path / "events.ndjson", recorded_lines(january_file)[:LINES])
    site = SupportSite(absent_broker.bootstrap, "outage", tmp_path, partitions=4)
    with WorkerProcess(site) as worker:
        watch_it_wait(worker, absent_broker.bootstrap)
        absent_broker.start()
        worker.wait_for(
            lambda: "topics create" in "".join(worker.reasons_not_ready()), what="a wish for topics"
        )
        site.create_topics(in_use="calls")
        worker.wait_for(lambda: worker.reasons_not_ready() == [], what="readiness")

        replay = site.start_replay(file, seconds=REPLAY_SECONDS)
        worker.wait_for(lambda: sum(worker.applied().values()) > 1_000, what="the first thousand")
        absent_broker.kill()
        worker.wait_for(lambda: worker.reasons_not_ready() != [], what="a reason after the broker's end")
        assert worker.get("/livez")[0] == http.HTTPStatus.OK
        absent_broker.start()
        wait_until(lambda: not replay.is_running, seconds=120, what="the end of the replay")
        assert replay.wait() == 0

        document = worker.wait_until_caught_up()
        worker.check(site.report([file], now=document["now"], end=document["window_end"]), document=document)
        worker.wait_for(lambda: worker.reasons_not_ready() == [], what="readiness again")
        assert total(worker.series(), "support_events_total", result="refused") == 0
        worker.terminate()
        assert worker.exit_code(seconds=10) == 0


def watch_it_wait(worker: WorkerProcess, bootstrap: str) -> None:
    """Assert that a worker without Kafka is alive, not ready with the address in its reason, and quiet."""
    worker.wait_for(
        lambda: bootstrap in "".join(worker.reasons_not_ready()), what="a reason with the address"
    )
    worker.wait_for(lambda: len(troubles(worker)) == 1, what="a line about it")
    ending = time.monotonic() + ATTEMPTS_SECONDS
    worker.wait_for(lambda: time.monotonic() > ending, what="several attempts")
    assert worker.get("/livez")[0] == http.HTTPStatus.OK
    assert len(troubles(worker)) == 1
    assert bootstrap in str(troubles(worker)[0])
