"""A running worker says what stands behind its numbers: they are the sums of the cases that it names."""

import json
import subprocess
from typing import Any

import pytest

from testbed.series import Table, of_live
from testbed.worker_process import WorkerProcess

QUEUE = "PS"


@pytest.fixture(scope="module")
def today(drained_january: WorkerProcess) -> Table:
    """Give the numbers of the last day of January, as the worker shows them."""
    return of_live(drained_january.live())["today"]


def explained(worker: WorkerProcess, **question: str) -> dict[str, Any]:
    """Ask a worker about a number of today."""
    asked = "&".join(f"{name}={value}" for name, value in {"window": "today", **question}.items())
    status, body, _ = worker.get(f"/api/v1/explain?{asked}")
    assert status == 200, body
    return dict(json.loads(body))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_number_is_the_sum_of_what_stands_behind_it(drained_january: WorkerProcess, today: Table) -> None:
    """A count and a mean of a queue, a count of everything, a ratio of the channel."""
    place = (("channel", "phone"), ("queue", QUEUE))
    answered = explained(drained_january, metric="support_window_answered", queue=QUEUE)
    assert answered["behind"] == [
        {"measure": "answered", "times": today["support_window_answered", place], "seconds": None}
    ]
    assert (answered["total"], answered["shown"]) == (answered["behind"][0]["times"], 100)

    (waited,) = explained(drained_january, metric="answer_seconds", queue=QUEUE)["behind"]
    mean = today["support_window_answer_seconds", (*place, ("stat", "mean"))]
    assert waited["seconds"] / waited["times"] == pytest.approx(mean)

    (offered,) = explained(drained_january, metric="support_all_window_offered")["behind"]
    assert offered["times"] == today["support_all_window_offered", ()]

    behind = explained(drained_january, metric="abandonment_ratio", channel="phone")["behind"]
    times = {each["measure"]: each["times"] for each in behind}
    ratio = today["support_channel_window_abandonment_ratio", (("channel", "phone"),)]
    assert times["abandoned"] / sum(times.values()) == pytest.approx(ratio)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_longest_is_the_first_and_a_bad_question_is_refused(
    drained_january: WorkerProcess, today: Table
) -> None:
    """The maximum is within one per cent, as everything read from a distribution is."""
    answer = explained(drained_january, metric="wait_seconds", stat="max")
    longest = today["support_all_window_wait_seconds", (("stat", "max"),)]
    assert answer["cases"][0]["value"] == pytest.approx(longest, rel=0.01)
    status, body, _ = drained_january.get("/api/v1/explain?metric=support_queue_open")
    assert (status, "cannot be explained" in json.loads(body)["error"]) == (400, True)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_command_asks_a_worker(drained_january: WorkerProcess) -> None:
    """It prints the worker's answer; one that is refused ends with 2 and one line."""
    program = drained_january.site.command_line()[0]
    asking = [program, "explain", "--address", drained_january.url]
    done = subprocess.run([*asking, "answered", "--format", "json"], capture_output=True, check=True)
    assert json.loads(done.stdout) == explained(drained_january, metric="answered")
    soon = [*asking, "answered", "--window", "soon"]
    refused = subprocess.run(soon, capture_output=True, text=True, check=False)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
