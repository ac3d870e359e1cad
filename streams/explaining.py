"""Questions about numbers, as people and the board ask them, and their answers as JSON.

Guarantee: a window without its own bounds is the one of the live view at that moment; bounds are rounded
outward to the rows there are, and the answer states them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from aggregators.catalogue import metrics
from aggregators.configuration import Configuration
from aggregators.contributions import Contribution, Place, Question, contributions
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.explanation import EXPLAINED, EXPLAINED_TOPICS, Explanation, explained
from aggregators.ledger_reading import status_at
from aggregators.recent_cases import RECENT
from aggregators.rows import COARSE, new_rows
from aggregators.site_time import window_end, window_start
from aggregators.state_explanation import (
    EXPLAINED_STATES,
    Standing,
    Standings,
    StateQuestion,
    standing,
    standings_of,
)
from aggregators.state_metrics import OTHER
from aggregators.window_row import STATS
from streams.durations import parse_duration
from streams.errors import UsageError
from streams.event_time import iso
from streams.report import window_from

SHOWN: Final = 100
"""Cases in one answer."""


_GROUPS: Final[Mapping[str, str]] = {metric.name: metric.group for metric in metrics()}
NOTHING_MISSING: Final[Mapping[str, str]] = {}


def metric_question(metric: str, place: Place, start: int, end: int) -> Question:
    """Return the question about a metric of a window by any of its names.

    Raises UsageError where it is no metric whose cases are known.
    """
    found = EXPLAINED.get(metric)
    if found is None:
        raise _not_explained(metric)
    _check_place(place)
    return Question(found, place, start, end)


def state_question(metric: str, place: Place, now: int, measure: str | None = None) -> StateQuestion:
    """Return the question about a metric of the state at a moment (ms), as `metric_question` does.

    measure: only these values of its own labels.
    """
    found = EXPLAINED_STATES.get(metric)
    if found is None:
        raise _not_explained(metric)
    _check_place(place)
    return StateQuestion(found, place, now, measure)


def _not_explained(metric: str) -> UsageError:
    group = _GROUPS.get(metric)
    reason = "there is no such metric" if group is None else f"of {group} no cases are listed for it"
    return UsageError(
        f"{metric}: cannot be explained, {reason}; ask for a window metric of calls, chats or tickets, such "
        "as answered, service_level_ratio or answer_seconds, or for what is so now, such as open_cases or "
        "sla_at_risk_cases (docs/metrics.md has all)"
    )


def _check_place(place: Place) -> None:
    if place.queue == OTHER:
        raise UsageError(f"{OTHER} stands for several queues; ask for one of them by its name")


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
        return (start, end) if is_exact else _rounded(start, end, now, configuration)
    end = window_end(now, resolution)
    try:
        length = None if text == "today" else parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{text}: no window; write today, a length such as 30m, or FROM..TO") from error
    start = window_start(length, end, zone)
    return (start // resolution * resolution, end) if is_exact else _rounded(start, end, now, configuration)


def _rounded(start: int, end: int, now: int, configuration: Configuration) -> tuple[int, int]:
    """Return bounds as rows have them: a resolution apart, of what lies further back 15 minutes (ms)."""
    resolution = configuration.resolution
    start, end = start // resolution * resolution, window_end(end - 1, resolution)
    # Partitions are ahead of now by RECENT at most, and so are the moments until which they let rows go.
    fine_from = now + RECENT - new_rows(configuration).fine_reach
    if start >= fine_from:
        return start, end
    is_end_fine = end >= fine_from + COARSE
    return start // COARSE * COARSE, end if is_end_fine else -(-end // COARSE) * COARSE


def answer_document(
    question: Question, explanation: Explanation, missing: Mapping[str, str] = NOTHING_MISSING
) -> dict[str, object]:
    """Return an answer in the shape of /api/v1/explain; durations in seconds.

    missing: partitions that have no part in it, as topic/number, and why.
    """
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
        "missing": [{"partition": name, "reason": reason} for name, reason in missing.items()],
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


def state_document(
    question: StateQuestion, standings: Standings, missing: Mapping[str, str] = NOTHING_MISSING
) -> dict[str, object]:
    """Return an answer about the state in the same shape; `from` and `to` are both its moment."""
    metric, moment = question.metric, iso(question.now)
    is_count = metric.unit != "seconds"
    return {
        "metric": metric.name.removeprefix("support_"),
        "definition": metric.definition,
        "formula": metric.formula,
        "unit": metric.unit,
        "channel": question.place.channel,
        "queue": question.place.queue,
        "from": moment,
        "to": moment,
        "behind": [
            {"measure": measure, "times": times, "seconds": None}
            for measure, times in sorted(standings.times.items())
        ],
        "total": sum(standings.times.values()),
        "shown": len(standings.first),
        "cases": [
            {
                "case": each.case,
                "time": iso(each.time),
                "channel": each.series[0],
                "queue": each.series[1],
                "measure": each.measure,
                "value": int(each.value) if is_count else each.value,
            }
            for each in standings.first
        ],
        "missing": [{"partition": name, "reason": reason} for name, reason in missing.items()],
    }


def standings_from(
    question: StateQuestion, events: Iterable[Event], configuration: Configuration, limit: int
) -> Standings:
    """Return what stands behind a number of the state of a complete log."""
    found: list[Standing] = []
    for (topic, case), deliveries in _cases_of(events, question.topics).items():
        status = status_at(deliveries, topic, question.now, configuration)
        if status is not None:
            found += standing(question, topic, case, status, configuration)
    return standings_of(found, limit)


def explained_from(
    question: Question, events: Iterable[Event], configuration: Configuration, stat: str, limit: int
) -> Explanation:
    """Return what stands behind a number of a complete log."""
    found = [
        each
        for (topic, _), deliveries in _cases_of(events, EXPLAINED_TOPICS).items()
        for each in contributions(question, topic, deliveries, configuration)
    ]
    return explained(found, stat_from(stat), limit)


def _cases_of(events: Iterable[Event], topics: Collection[Topic]) -> dict[tuple[Topic, str], list[Event]]:
    cases: dict[tuple[Topic, str], list[Event]] = {}
    for event in events:
        topic = TOPIC_OF_RANK[event.rank]
        if topic in topics:
            cases.setdefault((topic, event.case), []).append(event)
    return cases
