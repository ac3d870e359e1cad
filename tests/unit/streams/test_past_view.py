"""Questions about past moments: what is answered, what is refused, and what an answer says of itself."""

import asyncio
import json
from typing import Any

import pytest

from aggregators.ledger import PartitionLedger
from exporters.http_server import QuestionRefused
from exporters.live_json import View
from exporters.pipeline_status import PartitionStatus
from streams.live_view import LiveView
from streams.past_view import FRESH_SECONDS, INCOMPLETE, PastView
from tests.building import at, call, configured
from tests.building_views import WATCHED
from tests.fleet_owner import Share

SITE = configured(
    {
        "windows": {"lengths": ["5m", "30m", "today"]},
        "queues": [{"name": "sales", "hours": "office"}],
        "calendars": {"office": {"weekly": {"mon": ["09:00-10:30"]}}},
        "service_level": {"phone": {"threshold": "20s", "target": 0.8}},
    }
)


class Asked:
    """A worker with every partition, at 11:00, and its past view."""

    def __init__(self) -> None:

        self.share = Share(
            {(topic, 0): PartitionLedger(topic, SITE) for topic in WATCHED}, dict.fromkeys(WATCHED, 1)
        )
        self.seconds = 0.0
        self.view: View | None = None
        self.fold("10:00", "a", answered="10:00:08")
        self.fold("10:20", "b")
        self.fold("10:59", "c")
        self.past = PastView(SITE, self.share, lambda: self.view, lambda: self.seconds)

    def fold(self, clock: str, case: str, *, answered: str | None = None) -> None:
        """Fold a call of sales, and show the view of 11:00."""
        events = [call("offered", clock, case=case, queue="sales")]
        if answered is not None:
            events.append(call("answered", answered, case=case))
        ledger = self.share.ledgers["calls", 0]
        ledger.fold(events, ledger.position + len(events))
        self.view = LiveView(SITE).at(self.share.ledgers, self._statuses(), at("11:00"))

    def _statuses(self) -> list[PartitionStatus]:

        return [PartitionStatus(topic, 0, "live", 0, 0) for topic in WATCHED]

    async def ask(self, **query: str) -> dict[str, Any]:
        """Return an answer."""
        found: dict[str, Any] = json.loads(await self.past.answer(query))
        return found


@pytest.fixture
def asked() -> Asked:
    """Give a worker to ask."""
    return Asked()


def values(document: dict[str, Any], window: str, name: str) -> list[float]:
    """Return the values of a metric of sales in a window."""
    return [
        entry["value"]
        for entry in document["windows"][window]
        if entry["name"] == name and entry["labels"].get("queue") == "sales"
    ]


async def test_windows_end_at_the_moment_that_is_asked_for(asked: Asked) -> None:
    """At 10:05 one call had come, and it was answered; the answer says what it is."""
    told = await asked.ask(at="2026-03-02T10:05:00Z", windows="30m,today")
    assert (told["now"], told["window_end"], told["known_at"]) == (at("10:05"), at("10:05:10"), at("11:00"))
    assert told["window_starts"] == {"30m": at("09:35:10"), "today": at("00:00")}
    assert told["left_out"] == []
    assert told["complete"]
    assert values(told, "30m", "support_window_offered") == [1]
    assert values(told, "30m", "support_window_service_level_ratio") == [1.0]
    assert values(told, "30m", "support_window_unanswered") == []
    later = await asked.ask(at="2026-03-02T10:25:00Z", windows="30m")
    assert values(later, "30m", "support_window_offered") == [2]


async def test_how_things_stood_is_not_told(asked: Asked) -> None:
    """But for what follows from configuration and calendar: the office was open at 10:05, then closed."""
    told = await asked.ask(at="2026-03-02T10:05:00Z")
    states = {
        entry["name"]: entry["value"] for entry in told["states"] if entry["labels"].get("queue") == "sales"
    }
    assert states["support_queue_open"] == 1
    assert states["support_service_level_threshold_seconds"] == 20
    assert "support_open_cases" not in states
    later = await asked.ask(at="2026-03-02T10:45:00Z")
    assert [entry["value"] for entry in later["states"] if entry["name"] == "support_queue_open"] == [0]


async def test_an_answer_stands_for_a_moment(asked: Asked) -> None:
    """Fifty people who drag cost as much as one; then it is asked anew, and knows what came late."""
    query = {"at": "2026-03-02T10:05:00Z", "windows": "30m"}
    first = await asyncio.gather(*(asked.past.answer(query) for _ in range(3)))
    assert len({id(answer) for answer in first}) == 1
    asked.fold("10:01", "late")
    assert await asked.past.answer(query) is first[0]
    asked.seconds = FRESH_SECONDS
    assert values(await asked.ask(**query), "30m", "support_window_offered") == [2]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"at": "2026-03-02T11:30:00Z"}, "lies ahead"),
        ({"at": "yesterday"}, "not a moment"),
        ({}, "not a moment"),
        ({"at": "2026-03-02T10:00:00Z", "windows": "2m"}, "ask for some of 5m, 30m, today"),
        ({"at": "2026-02-20T10:00:00Z", "windows": "30m"}, "is not kept any more"),
    ],
)
async def test_what_cannot_be_answered_says_what_to_ask(
    asked: Asked, query: dict[str, str], words: str
) -> None:
    """The horizon is 48 hours."""
    with pytest.raises(QuestionRefused, match=words):
        await asked.past.answer(query)


async def test_a_part_is_never_shown_as_the_whole(asked: Asked) -> None:
    """Neither without a view, nor while a partition is missing, nor when one has just gone."""
    query = {"at": "2026-03-02T10:00:00Z"}
    view, asked.view = asked.view, None
    with pytest.raises(QuestionRefused, match=INCOMPLETE):
        await asked.past.answer(query)
    asked.view = view
    del asked.share.ledgers["chats", 0]
    with pytest.raises(QuestionRefused, match=INCOMPLETE):
        await asked.past.answer(query)
