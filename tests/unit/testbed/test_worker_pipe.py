"""A worker whose progress is read from a pipe."""

import signal

import pytest

from testbed.worker_pipe import WorkerPipe


@pytest.mark.slow
def test_a_worker_ends_with_the_context_whatever_state_it_is_in() -> None:
    """One that was stopped, too; no broker is needed for that."""
    with WorkerPipe("127.0.0.1:9", "nothing", instance=None) as worker:
        worker.signal(signal.SIGSTOP)
    assert worker._process.returncode == -signal.SIGKILL
