"""A month of a real bank's call centre through a real Kafka: every number is that of the report."""

import json
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from aggregators.past import NOT_KNOWN_THEN
from streams.report import iso
from testbed.kafka import KafkaBroker
from testbed.processes import ServerProcess, wait_until
from testbed.series import CUSTOMERS, SURVEYS, Table, differences, of_entries
from testbed.support_site import SupportSite, recorded_lines, time_of, write_lines
from testbed.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

LINES = 114_442
NOT_TOLD = NOT_KNOWN_THEN | SURVEYS | CUSTOMERS
NOON = 45_186
"""Lines before the 13th of January, 11:00: a moment at which people wait and talk."""
LAST_DAYS = 100_000
KILLS = 10
"""That cost work: half of them before noon and half after it."""
PIECE_LINES = 3_000
"""About as much as a life drains until it is killed; what is left at the end is drained at once."""
PIECE_SECONDS = 3.0
LONGEST_LIFE_SECONDS = 1.2
EARLY = 0.25
"""Share of the kills that come while the worker still recovers, or has just begun."""


@dataclass
class Killing:
    """A worker that is killed at random moments while it drains; `kills` counts those that cost it work."""

    site: SupportSite
    chooser: random.Random
    kills: int = 0
    replay: ServerProcess | None = None

    def drain_with_a_kill(self, piece: Path) -> None:
        """Let a worker work on a piece that is being replayed, and kill it in the middle."""
        with WorkerProcess(self.site, instance="first") as worker:
            self.finish_replay()
            before = sum(self.site.end_offsets().values())
            self.replay = self.site.start_replay(piece, seconds=PIECE_SECONDS)
            if self.chooser.random() >= EARLY:
                worker.wait_for(lambda: sum(worker.applied().values()) > before, what="work on new records")
            ending = time.monotonic() + self.chooser.uniform(0, LONGEST_LIFE_SECONDS)
            wait_until(lambda: time.monotonic() > ending, seconds=LONGEST_LIFE_SECONDS + 1, what="the moment")
            applied = sum(worker.applied().values())
            worker.kill()
        self.kills += self.replay.is_running or sum(self.site.end_offsets().values()) > applied

    def finish_replay(self) -> None:
        """Wait until everything that was to be sent is in Kafka."""
        if self.replay is not None:
            wait_until(lambda: not self.replay.is_running, seconds=60, what="the end of the replay")

    def drain_with_kills(self, lines: Sequence[bytes], directory: Path, kills: int) -> None:
        """Replay lines piece by piece and kill a worker in each, until so many kills have cost work."""
        wanted, begin = self.kills + kills, 0
        while self.kills < wanted:
            piece = lines[begin : begin + PIECE_LINES]
            assert piece, f"{self.kills} of {wanted} kills when the lines were used up"
            self.drain_with_a_kill(write_lines(directory / f"from-{time_of(piece[0])}.ndjson", piece))
            begin += len(piece)
        rest = lines[begin:]
        self.finish_replay()
        if rest:
            name = directory / f"rest-{time_of(rest[0])}.ndjson"
            self.replay = self.site.start_replay(write_lines(name, rest), seconds=PIECE_SECONDS)
            self.finish_replay()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_number_of_the_month_is_that_of_the_report(
    drained_january: WorkerProcess, january_file: Path
) -> None:
    """Drained by one worker, /api/v1/live and /metrics equal the report's windows and state at its end."""
    document = drained_january.wait_until_caught_up()
    assert sum(each["applied"] for each in document["partitions"]) == LINES
    site = drained_january.site
    expected = site.report([january_file], now=document["now"], end=document["window_end"])
    drained_january.check(expected, document=document)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_verify_recounts_the_month_and_finds_no_difference(drained_january: WorkerProcess) -> None:
    """Every number of the month's end, from the topics alone."""
    drained_january.wait_until_caught_up()
    found = json.loads(
        drained_january.site.command("verify", "--address", drained_january.url, "--format", "json")
    )
    assert found["records"] == LINES
    assert found["compared"] > 2_500
    assert found["differences"] == [] == found["not_covered"]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_past_windows_are_those_of_the_report(drained_january: WorkerProcess, january_file: Path) -> None:
    """An hour before the end by the resolution, and a day before it by quarters: as the report has them."""
    now = drained_january.wait_until_caught_up()["now"]
    spans: list[str] = []
    actual: list[Table] = []
    for hours, windows, left_out in ((1, "30m,5m,today", []), (24, "15m,1h,5m", ["5m"])):
        moment = iso(now - hours * 3_600_000)
        status, body, _ = drained_january.get(f"/api/v1/past?at={moment}&windows={windows}")
        told = json.loads(body)
        assert status == 200, told
        assert told["left_out"] == left_out
        spans += [f"{iso(start)}..{iso(told['window_end'])}" for start in told["window_starts"].values()]
        actual += [of_entries(told["windows"][label]) for label in told["window_starts"]]
    asked = [word for span in spans for word in ("--window", span)]
    report = drained_january.site.command("report", str(january_file), "--format", "json", *asked)
    expected = [of_entries(each["metrics"]) for each in json.loads(report)["windows"]]
    # Rows do not tell all of a past moment; surveys and customers have windows of their own.
    kept = [{key: each[key] for key in each if key[0] not in NOT_TOLD} for each in expected]
    assert differences(dict(zip(spans, actual, strict=True)), dict(zip(spans, kept, strict=True))) == []
    assert all(len(table) > 100 for table in actual)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_ten_kills_and_a_worker_that_came_and_went_change_no_number(
    kafka_broker: KafkaBroker, fresh_name: str, january_file: Path, tmp_path: Path
) -> None:
    """Killed ten times while records remain, compared on a busy noon, joined and left: the same numbers."""
    seed = random.randrange(2**32)
    logger.warning("seed of the kills: %d", seed)
    lines = recorded_lines(january_file)
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=8)
    site.create_topics(in_use="calls")
    killing = Killing(site, random.Random(seed))

    killing.drain_with_kills(lines[:NOON], tmp_path, KILLS // 2)
    with WorkerProcess(site, instance="first") as worker:
        document = worker.wait_until_caught_up()
        morning = write_lines(tmp_path / "until-noon.ndjson", lines[:NOON])
        worker.check(
            site.report([morning], now=document["now"], end=document["window_end"]), document=document
        )
        worker.kill()

    killing.drain_with_kills(lines[NOON:LAST_DAYS], tmp_path, KILLS - KILLS // 2)
    with WorkerProcess(site, instance="first") as worker:
        let_a_second_worker_come_and_go(site, write_lines(tmp_path / "rest.ndjson", lines[LAST_DAYS:]))
        document = worker.wait_until_caught_up()
        worker.check(
            site.report([january_file], now=document["now"], end=document["window_end"]), document=document
        )
    assert killing.kills >= KILLS


def let_a_second_worker_come_and_go(site: SupportSite, rest: Path) -> None:
    """Have a second worker take its share while events come, work on it, and leave in good order."""
    with WorkerProcess(site) as second:
        second.wait_for(
            lambda: "calls" in {topic for topic, _ in second.applied()}, what="a share of the calls"
        )
        replay = site.start_replay(rest, seconds=PIECE_SECONDS)
        second.wait_for(lambda: "support_events_total{" in second.page(), what="events in the second worker")
        second.terminate()
        assert second.exit_code(seconds=30) == 0
    wait_until(lambda: not replay.is_running, seconds=60, what="the end of the replay")
