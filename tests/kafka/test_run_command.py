"""`supportpulse run` as an operator meets it: stopped, started again, several at once, misconfigured."""

import json
import subprocess
from pathlib import Path

import pytest

from testbed.kafka import KafkaBroker
from testbed.processes import wait_until
from testbed.series import BUSINESS, total
from testbed.support_site import PROGRAM, SupportSite, recorded_lines, write_lines
from testbed.worker_process import WorkerProcess

END_SECONDS = 10
PROMPT_SECONDS = 60


@pytest.fixture
def halves(january_file: Path, tmp_path: Path) -> list[Path]:
    """Give the first 20,000 events of January as two files."""
    lines = recorded_lines(january_file)[:20_000]
    return [
        write_lines(tmp_path / "first.ndjson", lines[:10_000]),
        write_lines(tmp_path / "second.ndjson", lines[10_000:]),
    ]


def folded(worker: WorkerProcess) -> dict[str, float]:
    """Return how many events this life of a worker folded, by result."""
    table = worker.series()
    return {
        result: total(table, "support_events_total", result=result)
        for result in ("applied", "duplicate", "late", "refused")
    }


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_signal_ends_it_and_the_next_start_goes_on_from_there(
    kafka_broker: KafkaBroker, fresh_name: str, halves: list[Path], tmp_path: Path
) -> None:
    """SIGTERM and SIGINT: exit code 0 within 10 s, all durable, nothing folded again, right numbers."""
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=4)
    site.create_topics(in_use="calls")
    endings = (WorkerProcess.terminate, WorkerProcess.interrupt)
    for number, (file, end) in enumerate(zip(halves, endings, strict=True)):
        with WorkerProcess(site) as worker:
            worker.wait_until_caught_up()
            assert sum(worker.applied().values()) == number * 10_000
            assert sum(folded(worker).values()) == 0
            site.replay(file)
            worker.wait_until_caught_up()
            end(worker)
            assert worker.exit_code(seconds=END_SECONDS) == 0
            assert [entry["event"] for entry in worker.log_entries()][-1] == "stopped"
    with WorkerProcess(site) as worker:
        document = worker.wait_until_caught_up()
        expected = site.report(halves, now=document["now"], end=document["window_end"])
        worker.check(expected, document=document)
        assert sum(folded(worker).values()) == 0


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_signal_in_the_middle_of_the_work_costs_and_doubles_nothing(
    kafka_broker: KafkaBroker, fresh_name: str, halves: list[Path], tmp_path: Path
) -> None:
    """What was folded before the signal is durable, so two lives together fold every event once."""
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=4)
    site.create_topics(in_use="calls")
    with WorkerProcess(site) as worker:
        replay = site.start_replay(halves[0], seconds=5)
        worker.wait_for(lambda: sum(worker.applied().values()) > 1_000, what="the first thousand")
        before = sum(worker.applied().values())
        worker.terminate()
        assert worker.exit_code(seconds=END_SECONDS) == 0
    wait_until(lambda: not replay.is_running, seconds=60, what="the end of the replay")
    with WorkerProcess(site) as worker:
        document = worker.wait_until_caught_up()
        worker.wait_for(lambda: sum(folded(worker).values()) > 0, what="a page")
        counts = folded(worker)
        assert 0 < counts.pop("applied") <= 10_000 - before
        assert set(counts.values()) == {0}
        worker.check(
            site.report(halves[:1], now=document["now"], end=document["window_end"]), document=document
        )


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_workers_share_the_partitions_and_neither_shows_a_part_as_the_whole(
    kafka_broker: KafkaBroker, fresh_name: str, halves: list[Path], tmp_path: Path
) -> None:
    """Both views say incomplete and show no windows; their totals add up; alone again, one has everything."""
    site = SupportSite(kafka_broker.bootstrap, fresh_name, tmp_path, partitions=4)
    site.create_topics(in_use="calls")
    with WorkerProcess(site) as first:
        first.wait_until_caught_up()
        with WorkerProcess(site) as second:
            wait_for_shares(first, second)
            site.replay(halves[0])
            ends = site.end_offsets()
            second.wait_for(lambda: {**first.applied(), **second.applied()} == ends, what="the drain by both")
            for worker in (first, second):
                check_incomplete(worker)
            check_totals([first, second], halves[0])
            second.stop()
            assert second.wait() == 0
        document = first.wait_until_caught_up()
        first.check(
            site.report(halves[:1], now=document["now"], end=document["window_end"]), document=document
        )


def wait_for_shares(first: WorkerProcess, second: WorkerProcess) -> None:
    """Wait until each worker has some of the calls and every partition is with exactly one."""
    ends = first.site.end_offsets()

    def is_shared() -> bool:
        shares = [set(worker.applied()) for worker in (first, second)]
        calls = [{number for topic, number in share if topic == "calls"} for share in shares]
        return all(calls) and not shares[0] & shares[1] and shares[0] | shares[1] == set(ends)

    second.wait_for(is_shared, what="a share for each")


def check_incomplete(worker: WorkerProcess) -> None:
    """Assert that a worker with a part of the partitions says so and shows no number that needs all."""
    document = worker.live()
    assert document["complete"] is False
    assert (document["windows"], document["states"]) == ({}, [])
    states = {each["state"] for each in document["partitions"]}
    assert states == {"live", "unowned"}
    table = worker.series()
    assert table["support_view_complete", ()] == 0
    assert {name for name, _ in table if name in BUSINESS} == set()


def check_totals(workers: list[WorkerProcess], file: Path) -> None:
    """Assert that the totals of all workers together are what the file holds."""
    events = [json.loads(line) for line in recorded_lines(file)]
    kinds = [event["type"] for event in events]
    expected = {
        "support_requests_total": len({event["subject"] for event in events}),
        "support_offered_total": kinds.count("call.offered"),
        "support_answered_total": kinds.count("call.answered"),
        "support_abandoned_total": kinds.count("call.abandoned"),
        "support_events_total": len(events),
    }

    def sums() -> dict[str, float]:
        tables = [worker.series() for worker in workers]
        return {name: sum(total(table, name) for table in tables) for name in expected}

    workers[0].wait_for(lambda: sums() == expected, what=f"{expected} in place of {sums()}", seconds=20)


def run_to_its_end(file: Path) -> subprocess.CompletedProcess[str]:
    """Run a worker that has to end by itself."""
    command = [str(PROGRAM), "run", "--config", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PROMPT_SECONDS, check=False)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('{"kafka": {"bootstap": "localhost:9092"}}', "bootstap"),
        ('{"windows": {"resolution": "7s"}}', "resolution"),
        ("{broken", "site.json"),
    ],
)
def test_a_wrong_configuration_is_one_line_and_exit_code_two(
    tmp_path: Path, content: str, named: str
) -> None:
    """Named with the key, without a traceback, before anything is connected."""
    file = tmp_path / "site.json"
    file.write_text(content, encoding="utf-8")
    done = run_to_its_end(file)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert named in done.stderr


def test_a_port_that_is_taken_is_one_line_and_exit_code_one(tmp_path: Path) -> None:
    """Said with the address and what to do; no Kafka is needed to find that out."""
    site = SupportSite("127.0.0.1:9", "nobody", tmp_path, partitions=1)
    with WorkerProcess(site) as worker:
        done = run_to_its_end(site.write_configuration(worker.port))
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(errors) == 1, done.stderr
    assert f"127.0.0.1:{worker.port}" in errors[0]
    assert "choose another [http] port" in errors[0]
