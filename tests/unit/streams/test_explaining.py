"""Questions about numbers, and their answers."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from aggregators.ledger import PartitionLedger
from exporters.http_server import QuestionRefused
from streams.errors import UsageError
from streams.explaining import LiveExplainer, window_ending_at
from tests.building import at, call, configured

NOW = at("10:00:12")


def asked(query: Mapping[str, str], now: int | None = NOW) -> dict[str, Any]:
    """Return the answer of one partition with an answered call."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:00", queue="sales"), call("answered", "10:00:08")], 2)
    answer = asyncio.run(LiveExplainer(configured()).answer(query, [ledger], now))
    return dict(json.loads(answer))


def test_an_answer_has_the_sums_and_the_cases() -> None:
    """In the shape that the board and `supportpulse explain` read."""
    answer = asked({"metric": "support_window_answer_seconds", "queue": "sales", "window": "5m"})
    assert answer["behind"] == [{"measure": "answer_seconds", "times": 1, "seconds": 8.0}]
    assert (answer["total"], answer["shown"], answer["queue"], answer["channel"]) == (1, 1, "sales", None)
    assert (answer["from"], answer["to"]) == ("2026-03-02T09:55:20.000Z", "2026-03-02T10:00:20.000Z")
    (case,) = answer["cases"]
    assert (case["queue"], case["channel"], case["value"]) == ("sales", "phone", 8.0)
    assert (case["measure"], case["time"]) == ("answer_seconds", "2026-03-02T10:00:08.000Z")


def test_a_count_is_a_whole_number() -> None:
    """One answer."""
    assert asked({"metric": "answered"})["cases"][0]["value"] == 1


@pytest.mark.parametrize(
    ("query", "now", "reason"),
    [
        ({"metric": "support_open_cases"}, NOW, "cannot be explained"),
        ({}, NOW, "cannot be explained"),
        ({"metric": "answered", "window": "soon"}, NOW, "no window"),
        ({"metric": "answered", "window": "2026-03-02..2026-03-01"}, NOW, "ends before it begins"),
        ({"metric": "answer_seconds", "stat": "p99"}, NOW, "one of mean, p50"),
        ({"metric": "answered"}, None, "nothing is shown yet"),
    ],
)
def test_what_cannot_be_answered_says_what_to_ask(
    query: dict[str, str], now: int | None, reason: str
) -> None:
    """A reason, never an empty answer."""
    with pytest.raises(QuestionRefused, match=reason):
        asked(query, now)


def test_windows_end_as_those_of_the_live_view_do() -> None:
    """Lengths, today, and bounds that are rounded outward unless they are exact."""
    configuration = configured()
    assert window_ending_at("30m", NOW, configuration) == (at("09:30:20"), at("10:00:20"))
    assert window_ending_at("today", NOW, configuration) == (at("00:00"), at("10:00:20"))
    bounds = "2026-03-02T10:00:03Z..2026-03-02T10:00:14Z"
    assert window_ending_at(bounds, NOW, configuration) == (at("10:00:00"), at("10:00:20"))
    assert window_ending_at(bounds, NOW, configuration, is_exact=True) == (at("10:00:03"), at("10:00:14"))
    with pytest.raises(UsageError):
        window_ending_at("", NOW, configuration)
