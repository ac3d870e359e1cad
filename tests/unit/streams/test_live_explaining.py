"""Questions to a worker and to an exporter, and their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from exporters.explain_parts import ASKED, AskedPart
from exporters.http_server import QuestionRefused
from streams.fleet_explaining import FleetExplainer
from tests.building import configured
from tests.explaining import METRIC, NOW, Fleet, Worker, Workers, answered, told


def asked(query: Mapping[str, str], now: int | None = NOW) -> dict[str, Any]:
    """Return the answer of one partition with an answered call."""
    return told(asyncio.run(Worker({0: answered("c1", 8)}).explainer(now).answer(query)))


def test_an_answer_has_the_sums_and_the_cases() -> None:
    """In the shape that the board and `supportpulse explain` read."""
    answer = asked(METRIC)
    assert answer["behind"] == [{"measure": "answer_seconds", "times": 1, "seconds": 8.0}]
    assert (answer["total"], answer["shown"], answer["queue"], answer["channel"]) == (1, 1, "sales", None)
    assert (answer["from"], answer["to"]) == ("2026-03-02T09:55:20.000Z", "2026-03-02T10:00:20.000Z")
    (case,) = answer["cases"]
    assert (case["queue"], case["channel"], case["value"]) == ("sales", "phone", 8.0)
    assert (case["measure"], case["time"]) == ("answer_seconds", "2026-03-02T10:00:08.000Z")
    assert answer["missing"] == []


def test_a_count_is_a_whole_number() -> None:
    """One answer."""
    assert asked({"metric": "answered"})["cases"][0]["value"] == 1


@pytest.mark.parametrize(
    ("query", "now", "reason"),
    [
        ({"metric": "support_queue_open"}, NOW, "cannot be explained, of state now no cases are listed"),
        ({"metric": "nonsense"}, NOW, "no such metric; ask for"),
        ({}, NOW, "no such metric"),
        ({"metric": "answered", "queue": "__other__"}, NOW, "stands for several queues"),
        ({"metric": "open_cases", "queue": "__other__"}, NOW, "stands for several queues"),
        ({"metric": "open_cases"}, None, "nothing is shown yet"),
        ({"metric": "answered", "window": "soon"}, NOW, "no window"),
        ({"metric": "answered", "window": "2026-03-02..2026-03-01"}, NOW, "ends before it begins"),
        ({"metric": "answer_seconds", "stat": "p99"}, NOW, "one of mean, p50"),
        ({"metric": "answered"}, None, "nothing is shown yet"),
    ],
)
def test_what_cannot_be_answered_says_what_to_ask(
    query: dict[str, str], now: int | None, reason: str
) -> None:
    """A reason, never an empty answer; of a worker as of an exporter."""
    with pytest.raises(QuestionRefused, match=reason):
        asked(query, now)
    fleet = Fleet({0: "w1"})
    fleet.now = now
    with pytest.raises(QuestionRefused, match=reason):
        asyncio.run(FleetExplainer(configured(), fleet, Workers()).answer(query))


def test_a_worker_names_what_it_is_still_reading_back() -> None:
    """Its cases are not in the answer yet."""
    answer = told(asyncio.run(Worker({0: answered("c1", 8)}, recovering=3).explainer().answer(METRIC)))
    assert [each["partition"] for each in answer["missing"]] == ["calls/3"]


def test_another_format_is_refused_with_what_to_do() -> None:
    """Of a question that is none, of another version, about a metric that is not known."""
    explainer = Worker({}).explainer()
    part = AskedPart(metric="new", channel=None, queue=None, start=0, end=10_000, partitions={})
    newer = msgspec.structs.replace(part, format=9)
    for question in ("", "{", msgspec.json.encode(newer).decode(), msgspec.json.encode(part).decode()):
        with pytest.raises(QuestionRefused, match="run one version"):
            asyncio.run(explainer.answer_part({ASKED: question}))
