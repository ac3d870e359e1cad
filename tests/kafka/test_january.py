"""A month of a real bank's call centre through a real Kafka: every number is that of the report."""

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbed.kafka import KafkaBroker
from testbed.processes import ServerProcess, wait_until
from testbed.support_site import SupportSite, recorded_lines, time_of, write_lines
from testbed.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

LINES = 114_442
NOON = 45_186
"""Lines before the 13th of January, 11:00: a moment at which people wait and talk."""
LAST_DAYS = 100_000
LIVES = 6
"""Before noon, and again after it: two more in all than the ten kills that have to cost work."""
KILLS = 10
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


def pieces(lines: Sequence[bytes], number: int, directory: Path) -> list[Path]:
    """Cut lines into files of equal length."""
    length = -(-len(lines) // number)
    return [
        write_lines(directory / f"from-{time_of(lines[begin])}.ndjson", lines[begin : begin + length])
        for begin in range(0, len(lines), length)
    ]


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

    for piece in pieces(lines[:NOON], LIVES, tmp_path):
        killing.drain_with_a_kill(piece)
    killing.finish_replay()
    with WorkerProcess(site, instance="first") as worker:
        document = worker.wait_until_caught_up()
        morning = write_lines(tmp_path / "until-noon.ndjson", lines[:NOON])
        worker.check(
            site.report([morning], now=document["now"], end=document["window_end"]), document=document
        )
        worker.kill()

    for piece in pieces(lines[NOON:LAST_DAYS], LIVES, tmp_path):
        killing.drain_with_a_kill(piece)
    killing.finish_replay()
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
