"""Questions to an exporter, and what it makes of the answers of workers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from exporters.fleet import Conflict
from exporters.http_server import QuestionRefused
from streams.fleet_explaining import FleetExplainer
from tests.building import call, configured
from tests.explaining import METRIC, Fleet, Worker, Workers, answered, told


def by_fleet(owners: Mapping[int, str | None], workers: Workers) -> dict[str, Any]:
    """Return the answer of an exporter."""
    explainer = FleetExplainer(configured(), Fleet(owners), workers)
    (answer,) = explainer.answers.values()
    return told(asyncio.run(answer({**METRIC, "stat": "p50"})))


def test_the_answer_of_a_fleet_is_that_of_one_worker_with_everything() -> None:
    """Sums, cases and their order; each worker is asked for its own partitions alone, twice."""
    everything = {number: answered(f"c{number}", 8 + number) for number in range(4)}
    workers = Workers(
        w1=Worker({number: everything[number] for number in (0, 1, 3)}), w2=Worker({2: everything[2]})
    )
    answer = by_fleet({0: "w1", 1: "w1", 2: "w2", 3: "w1"}, workers)
    alone = told(asyncio.run(Worker(everything).explainer().answer({**METRIC, "stat": "p50"})))
    assert answer == alone
    assert [case["case"] for case in answer["cases"]] == ["c3", "c2", "c1", "c0"]
    sums = [each.partitions["calls"] for each in workers.asked if each.selection is None]
    assert sorted(sums) == [[0, 1, 3], [2]]
    assert len(workers.asked) == 4


def test_what_no_row_has_is_asked_for_once() -> None:
    """Who is not answered when the window ends: sums and cases come together, of a worker as of a fleet."""
    waiting = {
        number: [call("offered", f"10:00:0{number}", queue="sales", case=f"w{number}")] for number in range(3)
    }
    workers = Workers(w1=Worker({0: waiting[0], 2: waiting[2]}), w2=Worker({1: waiting[1]}))
    fleet = FleetExplainer(configured(), Fleet({0: "w1", 1: "w2", 2: "w1"}), workers)
    query = {"metric": "unanswered", "window": "5m"}
    answer = told(asyncio.run(fleet.answer(query)))
    assert answer == told(asyncio.run(Worker(waiting).explainer().answer(query)))
    assert [each["case"] for each in answer["cases"]] == ["w2", "w1", "w0"]
    assert (answer["total"], len(workers.asked)) == (3, 2)


def test_partitions_without_an_answer_are_named_and_have_no_part_in_it() -> None:
    """A worker that is gone, one that tells no address, one that lost a partition, and what nobody owns."""
    workers = Workers(w1=Worker({0: answered("c0", 8)}), w2=None)
    answer = by_fleet({0: "w1", 1: "w2", 2: None, 3: "w9", 4: "w1"}, workers)
    assert (answer["total"], [case["case"] for case in answer["cases"]]) == (1, ["c0"])
    reasons = {each["partition"]: each["reason"] for each in answer["missing"]}
    assert reasons == {
        "calls/1": "worker w2 at http://w2 does not answer: cannot connect",
        "calls/2": "no worker reports it",
        "calls/3": "worker w9 tells no address; run one version everywhere",
        "calls/4": "worker w1 does not have it any more",
    }


def test_who_falls_silent_between_sums_and_cases_has_no_part_in_the_sums() -> None:
    """What is behind and what is listed are of the same partitions."""
    workers = Workers(w1=Worker({0: answered("c0", 8)}), w2=Worker({1: answered("c1", 9)}))
    workers.silent_from = 4
    answer = by_fleet({0: "w1", 1: "w2"}, workers)
    assert (answer["total"], len(answer["cases"]), len(answer["missing"])) == (1, 1, 1)


def test_of_the_state_the_cases_are_listed_that_have_been_so_longest() -> None:
    """Of a worker as of a fleet; one measure of it alone; the longest wait with its length in seconds."""
    waiting = [call("offered", f"10:00:0{number}", queue="sales", case=f"w{number}") for number in range(3)]
    talking = answered("t", 8)
    workers = Workers(w1=Worker({0: [*waiting[:2], *talking]}), w2=Worker({1: waiting[2:]}))
    fleet = FleetExplainer(configured(), Fleet({0: "w1", 1: "w2"}), workers)
    alone = Worker({0: [*waiting, *talking]}).explainer()
    for query, cases in (
        ({"metric": "support_open_cases"}, ["w0", "w1", "w2", "t"]),
        ({"metric": "open_cases", "queue": "sales", "measure": "awaiting_reply"}, ["w0", "w1", "w2"]),
        ({"metric": "longest_wait_seconds", "channel": "phone"}, ["w0", "w1", "w2"]),
        ({"metric": "open_cases", "queue": "billing"}, []),
    ):
        answer = told(asyncio.run(alone.answer(query)))
        assert [each["case"] for each in answer["cases"]] == cases
        assert told(asyncio.run(fleet.answer(query))) == answer
        assert (answer["total"], answer["from"]) == (len(cases), "2026-03-02T10:00:12.000Z")
    answer = told(asyncio.run(alone.answer({"metric": "open_cases"})))
    assert answer["behind"] == [
        {"measure": "awaiting_reply", "times": 3, "seconds": None},
        {"measure": "in_progress", "times": 1, "seconds": None},
    ]
    answer = told(asyncio.run(alone.answer({"metric": "longest_wait_seconds"})))
    assert [each["value"] for each in answer["cases"]] == [12.0, 11.0, 10.0]


def test_workers_that_do_not_belong_together_are_not_added() -> None:
    """The reason is that of /readyz."""
    fleet = Fleet({0: "w1"}, (Conflict("configuration", "calls/0 at worker w1: configuration ab"),))
    with pytest.raises(QuestionRefused, match="configuration ab"):
        asyncio.run(FleetExplainer(configured(), fleet, Workers()).answer(METRIC))
