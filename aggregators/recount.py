"""Count every metric of operations, surveys and customers once more, in one plain batch pass.

Guarantee: shares no code with the engine; the result depends on the set of lines and the configuration
only.
Source: EVENTS.md, METRICS.md and INTERFACE.md alone; the sentences they consist of stand beside the code
they ask for.
Worked number: a call offered at 10:00:00 and answered at 10:00:12: `support_window_answered` 1, mean answer
12.0 s.
Cost: about 60 µs an event, all of them held in memory at once; clarity goes before speed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aggregators.recount_contacts import contact_facts
from aggregators.recount_customer_windows import (
    customer_metrics,
    lifetime_metrics,
    lifetime_period,
)
from aggregators.recount_customers import story_of, told
from aggregators.recount_events import Event, decode
from aggregators.recount_facts import Facts
from aggregators.recount_limits import read_limits
from aggregators.recount_settings import Options, Settings, read_settings
from aggregators.recount_states import Watch, state_metrics
from aggregators.recount_surveys import Answer, answers_of, survey_metrics
from aggregators.recount_tickets import ticket_facts
from aggregators.recount_timeline import Case, cases_of
from aggregators.recount_windows import Ledger, Metric, ledger_of, window_metrics


def recount(
    lines: Iterable[bytes | str],
    configuration: Mapping[str, Any],
    windows: Sequence[tuple[int, int]],
    instants: Sequence[int],
) -> dict[str, Any]:
    """Return the report of some lines of CloudEvents.

    Args:
        lines: one event each; refused ones are listed and do not stop the count.
        configuration: nested mapping as in INTERFACE.md, durations as text like "20s".
        windows: half-open, in milliseconds since the epoch.
        instants: moments of states, in milliseconds since the epoch.

    Returns:
        `{"windows": …, "states": …, "refused": …}` as `report --format json` writes it.

    Raises:
        ValueError: the configuration holds a duration, an hour or a formula that cannot be read.
    """
    settings = read_settings(configuration)
    events, refused = read_lines(lines)
    gathered = cases_of(events)
    cases = [case for case in gathered if case.topic in ("tickets", "calls", "chats", "agents")]
    answers = [answer for case in gathered if case.topic == "surveys" for answer in answers_of(case)]
    customers = [case for case in gathered if case.topic == "customers"]
    site = _Customers(customers, read_limits(configuration).zone, settings.customers)
    # Two questions, two passes over the cases: what do windows count, and what is the state at each moment?
    ledger = ledger_of((case_facts(case, settings) for case in cases), settings) if windows else None
    watches = [Watch(case) for case in cases]
    return {
        "windows": [
            _window(ledger, [*_surveyed(answers, window), *site.window(window)], window, settings)
            for window in windows
            if ledger is not None
        ],
        "states": [
            {
                "at": iso(moment),
                "metrics": _listed([*state_metrics(watches, moment, settings), *site.state(moment)]),
            }
            for moment in instants
        ],
        "refused": refused,
    }


def read_lines(lines: Iterable[bytes | str]) -> tuple[list[Event], list[dict[str, Any]]]:
    """Return the accepted events, and line number (from 1) and reason of the refused ones."""
    events, refused = [], []
    for number, line in enumerate(lines, 1):
        decoded = decode(line)
        if isinstance(decoded, Event):
            events.append(decoded)
        else:
            refused.append({"line": number, "reason": decoded})
    return events, refused


def case_facts(case: Case, settings: Settings) -> Facts:
    """Return what one case contributes to windows; agents and wholly retracted cases contribute nothing."""
    timeline = case.timeline()
    if case.topic == "agents" or not timeline.events:
        return Facts()
    return ticket_facts(timeline, settings) if case.topic == "tickets" else contact_facts(timeline, settings)


def iso(moment: int) -> str:
    """Return a moment in milliseconds as RFC 3339 text in UTC: 2026-03-02T10:00:00.000Z."""
    seconds, thousandths = divmod(moment, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{thousandths:03d}Z"


class _Customers:
    """The customers of a log."""

    def __init__(self, cases: Sequence[Case], zone: ZoneInfo, options: Options) -> None:
        self._cases, self._zone, self._options = cases, zone, options
        self._stories = [story_of(case, zone) for case in cases]
        self._products = {product for story in self._stories for product in story.products()}

    def window(self, window: tuple[int, int]) -> list[Metric]:
        return customer_metrics(self._stories, window, self._options, self._products)

    def state(self, moment: int) -> list[Metric]:
        # Rule — "A state at T is derived from the events with time ≤ T"
        stories = [told(case.timeline_until(moment).events, self._zone) for case in self._cases]
        return lifetime_metrics(stories, lifetime_period(moment + 1, self._zone), self._options)


def _surveyed(answers: Sequence[Answer], window: tuple[int, int]) -> list[Metric]:
    return survey_metrics(answers, window, {answer.queue for answer in answers})


def _window(
    ledger: Ledger, others: Sequence[Metric], window: tuple[int, int], settings: Settings
) -> dict[str, Any]:
    metrics = _listed([*window_metrics(ledger, window, settings), *others])
    return {"from": iso(window[0]), "to": iso(window[1]), "metrics": metrics}


def _state(metrics: Iterable[Metric], moment: int) -> dict[str, Any]:
    return {"at": iso(moment), "metrics": _listed(metrics)}


def _listed(metrics: Iterable[Metric]) -> list[dict[str, Any]]:
    ordered = sorted(metrics, key=lambda metric: (metric.name, sorted(metric.labels.items())))
    return [{"name": metric.name, "labels": dict(metric.labels), "value": metric.value} for metric in ordered]
