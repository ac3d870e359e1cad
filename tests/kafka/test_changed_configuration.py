"""A restart with another configuration: everything inside the horizon by the new rules, on a real Kafka."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from testbed.kafka import KafkaBroker
from testbed.support_site import SupportSite
from testbed.worker_process import WorkerProcess

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
BEFORE: Mapping[str, Any] = {
    "clock": {"mode": "event"},
    "sla": {"first_response": {"clock": "calendar", "normal": "8h"}, "resolution": {"clock": "calendar"}},
    "queues": [{"name": "service"}, {"name": "tech"}],
}
AFTER: Mapping[str, Any] = {
    "site": {"time_zone": "Europe/Berlin"},
    "clock": {"mode": "event"},
    "windows": {"lengths": ["10m", "2h", "6h", "today"], "resolution": "5s"},
    "service_level": {
        "phone": {"threshold": "45s", "short_abandon": "10s", "formula": "abandons_negative"},
        "chat": {"threshold": "5s", "formula": "removed_within"},
    },
    "sla": {
        "first_response": {"clock": "business", "normal": "30m"},
        "next_response": {"clock": "business", "normal": "1h"},
        "resolution": {"clock": "business", "normal": "2h"},
    },
    "queues": [{"name": "service", "hours": "office"}, {"name": "tech", "hours": "office"}],
    "calendars": {"office": {"weekly": {day: ["09:00-11:00", "11:30-15:00"] for day in WEEKDAYS}}},
}
"""Thresholds, formulas, targets, calendars, time zone, windows and resolution: nothing stays."""


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_changed_configuration_derives_everything_in_the_horizon_anew(
    kafka_broker: KafkaBroker, fresh_name: str, tmp_path: Path
) -> None:
    """Run, stop, change, start: the numbers are those of the report with the new configuration."""
    events = tmp_path / "day.ndjson.gz"
    for name, configuration in (("before", BEFORE), ("after", AFTER)):
        directory = tmp_path / name
        directory.mkdir()
        site = SupportSite(
            kafka_broker.bootstrap, fresh_name, directory, partitions=4, configuration=configuration
        )
        if name == "before":
            simulated = ("--seed", "7", "--start", "2026-03-02T08:00:00Z", "--duration", "4h")
            site.command("simulate", *simulated, "--output", str(events))
            site.create_topics()
            site.replay(events)
        with WorkerProcess(site, instance="only") as worker:
            document = worker.wait_until_caught_up()
            expected = site.report([events], now=document["now"], end=document["window_end"])
            worker.check(expected, document=document)
            worker.terminate()
            assert worker.exit_code(seconds=30) == 0
            lines = [entry["event"] for entry in worker.log_entries()]
        assert any("is derived anew" in line for line in lines) == (name == "after")
