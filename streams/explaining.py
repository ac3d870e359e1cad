"""Questions about numbers, as people and the board ask them, and their answers as JSON.

Guarantee: a window without its own bounds is the one of the live view at that moment; bounds are rounded
outward to the rows there are, and the answer states them. The event loop goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import json

from aggregators.configuration import Configuration
from aggregators.contributions import Contribution, Place, Question, contributions
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.explanation import EXPLAINED, EXPLAINED_TOPICS, Explanation, explained, explaining
from aggregators.ledger import PartitionLedger
from aggregators.site_time import window_end, window_start
from aggregators.window_row import STATS
from exporters.http_server import QuestionRefused
from streams.durations import parse_duration
from streams.errors import UsageError
from streams.event_time import iso
from streams.report import window_from
from streams.turns import Turns

SHOWN: Final = 100
"""Cases in one answer."""


def metric_question(metric: str, place: Place, start: int, end: int) -> Question:
    """Return the question about a metric by any of its names.

    Raises UsageError where it is no window metric of the operations.
    """
    found = EXPLAINED.get(metric)
    if found is None:
        raise UsageError(
            f"{metric}: cannot be explained; ask for a window metric of calls, chats or tickets, such as "
            "answered, service_level_ratio or answer_seconds (docs/metrics.md has all)"
        )
    return Question(found, place, start, end)


def stat_from(text: str) -> str:
    """Return the statistic of a duration that is asked for; UsageError where there is none of that name."""
    if text not in STATS:
        raise UsageError(f"{text}: no statistic; it is one of {', '.join(STATS)}")
    return text


def window_ending_at(
    text: str, now: int, configuration: Configuration, *, is_exact: bool = False
) -> tuple[int, int]:
    """Return the window that a text stands for, in milliseconds.

    text: `today`, a length such as `30m`, which ends as the live windows do at `now` (ms), or FROM..TO;
    is_exact: to the millisecond, as for files; else bounds are those of whole rows.
    Raises UsageError for anything else.
    """
    resolution, zone = configuration.resolution, configuration.time_zone
    if ".." in text:
        start, end = window_from(text, zone)
        if is_exact:
            return start, end
        return start // resolution * resolution, window_end(end - 1, resolution)
    end = window_end(now, resolution)
    try:
        length = None if text == "today" else parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{text}: no window; write today, a length such as 30m, or FROM..TO") from error
    return window_start(length, end, zone) // resolution * resolution, end


def answer_document(question: Question, explanation: Explanation) -> dict[str, object]:
    """Return an answer in the shape of /api/v1/explain; durations in seconds."""
    metric = question.metric
    return {
        "metric": metric.measure,
        "definition": metric.definition,
        "formula": metric.formula,
        "unit": metric.unit,
        "channel": question.place.channel,
        "queue": question.place.queue,
        "from": iso(question.start),
        "to": iso(question.end),
        "behind": [
            {
                "measure": each.measure,
                "times": each.times,
                "seconds": None if each.milliseconds is None else each.milliseconds / 1000,
            }
            for each in explanation.behind
        ],
        "total": explanation.total,
        "shown": len(explanation.shown),
        "cases": [_entry(each) for each in explanation.shown],
    }


def _entry(each: Contribution) -> dict[str, object]:
    channel, queue = each.series
    value = each.value / 1000 if each.name.endswith("_seconds") else each.times
    return {
        "case": each.case,
        "time": iso(each.time),
        "channel": channel,
        "queue": queue,
        "measure": each.name,
        "value": value,
    }


def explained_from(
    question: Question, events: Iterable[Event], configuration: Configuration, stat: str, limit: int
) -> Explanation:
    """Return what stands behind a number of a complete log."""
    cases: dict[tuple[Topic, str], list[Event]] = {}
    for event in events:
        topic = TOPIC_OF_RANK[event.rank]
        if topic in EXPLAINED_TOPICS:
            cases.setdefault((topic, event.case), []).append(event)
    found = [
        each
        for (topic, _), deliveries in cases.items()
        for each in contributions(question, topic, deliveries, configuration)
    ]
    return explained(found, stat_from(stat), limit)


class LiveExplainer:
    """Answers from the partitions of this process."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    async def answer(
        self, query: Mapping[str, str], ledgers: Iterable[PartitionLedger], now: int | None
    ) -> bytes:
        """Return the JSON of an answer; now: of the last view (ms), None while there is none.

        Raises QuestionRefused, with what to ask instead.
        """
        if now is None:
            raise QuestionRefused("nothing is shown yet, so nothing can be explained; ask again in a moment")
        try:
            stat = stat_from(query.get("stat", STATS[0]))
            window = window_ending_at(query.get("window", "today"), now, self._configuration)
            place = Place(query.get("channel"), query.get("queue"))
            question = metric_question(query.get("metric", ""), place, *window)
        except UsageError as error:
            raise QuestionRefused(str(error)) from error
        explanation = await Turns().take(explaining(question, ledgers, stat, SHOWN))
        return json.encode(answer_document(question, explanation))
