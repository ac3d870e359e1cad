"""A year of real IT incidents, delivered in random order, through a real Kafka: the report's numbers."""

import logging
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from testbed.kafka import KafkaBroker
from testbed.support_site import SupportSite, recorded_lines, write_lines
from testbed.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

LINES = 83_013
PARTITIONS = 8
KILLS = 10
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
A_YEAR: Mapping[str, Any] = {
    "site": {"time_zone": "America/New_York"},
    "clock": {"mode": "event"},
    "windows": {
        "lengths": ["5m", "15m", "30m", "1h", "today", "7d", "365d"],
        "horizon": "400d",
        "retention": {"tickets": "400d"},
    },
    "sla": {
        "first_response": {"clock": "business", "normal": "4h"},
        "next_response": {"clock": "calendar"},
        "resolution": {"clock": "business", "normal": "16h"},
    },
    "queues": [{"name": "it", "channels": ["email"], "hours": "office"}],
    "calendars": {"office": {"weekly": {day: ["09:00-12:30", "13:30-18:00"] for day in WEEKDAYS}}},
}
"""A horizon over all of it; targets on a calendar with a lunch break, so that deadlines are compared, too."""


@pytest.fixture
def incidents_file(shared_folder: Path) -> Path:
    """Give the incidents of a year, 83,013 events in random order."""
    return shared_folder / "data" / "servicenow-incidents.ndjson.gz"


def compare_with_report(worker: WorkerProcess, file: Path) -> None:
    """Assert that all pages of a worker are what the report of the file says for the moment they show."""
    document = worker.wait_until_caught_up()
    assert sum(each["applied"] for each in document["partitions"]) == LINES
    expected = worker.site.report([file], now=document["now"], end=document["window_end"])
    worker.check(expected, document=document)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_after_kills_every_number_of_the_year_is_that_of_the_report(
    kafka_broker: KafkaBroker, fresh_name: str, incidents_file: Path, tmp_path: Path
) -> None:
    """Killed ten times on the way; with a horizon and retention of 400 days nothing is too old."""
    seed = random.randrange(2**32)
    logger.warning("seed of the kills: %d", seed)
    chooser = random.Random(seed)
    site = SupportSite(
        kafka_broker.bootstrap, fresh_name, tmp_path, partitions=PARTITIONS, configuration=A_YEAR
    )
    site.create_topics(in_use="tickets")
    lines = recorded_lines(incidents_file)
    share = LINES // (KILLS + 1)
    for number in range(KILLS):
        begin = number * share
        site.replay(write_lines(tmp_path / f"{begin}.ndjson", lines[begin : begin + share]))
        kill_amid_work(site, begin + chooser.randrange(1, share // 2))
    site.replay(write_lines(tmp_path / "rest.ndjson", lines[KILLS * share :]))
    with WorkerProcess(site, instance="first") as worker:
        compare_with_report(worker, incidents_file)


def kill_amid_work(site: SupportSite, events: int) -> None:
    """Run a worker and kill it once it has that many events; at least a quarter is not even sent by then."""
    with WorkerProcess(site, instance="first") as worker:
        worker.wait_for(lambda: sum(worker.applied().values()) >= events, what=f"{events} events")
        worker.kill()
