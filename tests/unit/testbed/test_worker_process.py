"""A worker process is started without Kafka, read, and ended by a signal or at once."""

import http
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.support_site import SupportSite
from testbed.worker_process import WorkerProcess

NOBODY = "127.0.0.1:9"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[WorkerProcess]:
    """Give a running worker whose broker does not exist."""
    with WorkerProcess(SupportSite(NOBODY, "test-1", tmp_path, partitions=1), instance="one") as process:
        yield process


@pytest.mark.slow
def test_its_pages_can_be_read(worker: WorkerProcess) -> None:
    """Alive, not ready and why, no partition, a page of metrics; what it logs is JSON."""
    worker.wait_for(lambda: worker.page() != "", what="a page")
    assert worker.get("/livez")[0] == http.HTTPStatus.OK
    assert worker.reasons_not_ready() != []
    assert worker.applied() == {}
    assert worker.series()["support_view_complete", ()] == 0
    assert worker.log_entries()[0]["event"] == "starting"


@pytest.mark.slow
def test_it_is_ended_by_a_signal_with_its_exit_code(worker: WorkerProcess) -> None:
    """Cleanly by SIGINT; started again; then by SIGTERM, then without warning."""
    worker.interrupt()
    assert worker.exit_code(seconds=30) == 0
    worker.start()
    worker.terminate()
    assert worker.exit_code(seconds=30) == 0
    worker.start()
    worker.kill()
    assert worker.wait() == -9


@pytest.mark.slow
def test_waiting_in_vain_shows_the_log(worker: WorkerProcess) -> None:
    """The message says what was awaited and how the log ends."""
    with pytest.raises(TimeoutError, match=r"(?s)a miracle: not within 0.5 s.*starting"):
        worker.wait_for(lambda: False, what="a miracle", seconds=0.5)
