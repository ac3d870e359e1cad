"""The report of event files: what `supportpulse report` computes, before it is printed.

Guarantee: the document depends only on the set of good lines and on the configuration, not on the order of
lines or files. Windows may begin and end at any millisecond; there is no horizon.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from aggregators.configuration import Configuration
from aggregators.customer_metrics import customer_samples, lifetime_samples
from aggregators.evaluation import Evaluation
from aggregators.events import Event
from aggregators.samples import Sample
from aggregators.state_metrics import state_samples
from aggregators.survey_metrics import survey_samples
from aggregators.window_metrics import window_samples
from streams.codec import decode
from streams.errors import UsageError
from streams.event_files import Line
from streams.event_time import iso, milliseconds_of

_BETWEEN: Final = ".."
OnRefused = Callable[[Line, str], None]


class WindowReport(Struct, frozen=True):
    """All metrics of one window, [start, end) in milliseconds."""

    start: int
    end: int
    samples: list[Sample]


class StateReport(Struct, frozen=True):
    """All metrics of the state at one moment, in milliseconds."""

    moment: int
    samples: list[Sample]


class Report(Struct, frozen=True):
    """The answers, in the order of the questions; events and refused are line counts."""

    windows: list[WindowReport]
    states: list[StateReport]
    events: int
    refused: dict[str, int]


def read_events(lines: Iterable[Line], on_refused: OnRefused) -> tuple[list[Event], dict[str, int]]:
    """Return the good events and the number of refused lines by reason; each is reported at once."""
    events: list[Event] = []
    refused: Counter[str] = Counter()
    for line in lines:
        decoded = decode(line.value)
        if isinstance(decoded, Event):
            events.append(decoded)
        else:
            refused[decoded.reason] += 1
            on_refused(line, f"{decoded.reason}: {decoded.detail}")
    return events, dict(refused)


def report_on(
    events: Sequence[Event],
    configuration: Configuration,
    windows: Sequence[tuple[int, int]],
    moments: Sequence[int],
    refused: dict[str, int],
) -> Report:
    """Return the metrics of every window and moment; without any, those of the whole log and of its end."""
    evaluation = Evaluation(events, configuration)
    if not windows and not moments and events:
        first, last = min(event.time for event in events), max(event.time for event in events)
        windows, moments = [(first, last + 1)], [last]
    return Report(
        [_window(evaluation, start, end) for start, end in windows],
        [_state(evaluation, moment) for moment in moments],
        len(events),
        refused,
    )


def _window(evaluation: Evaluation, start: int, end: int) -> WindowReport:
    parts = evaluation.window(start, end)
    samples = window_samples(parts.rows, parts.overdue_waits, evaluation.known, evaluation.configuration)
    samples += survey_samples(parts.surveys, evaluation.surveyed)
    options = evaluation.configuration.customers
    return WindowReport(start, end, samples + customer_samples(parts.customers, evaluation.products, options))


def _state(evaluation: Evaluation, moment: int) -> StateReport:
    samples = state_samples(evaluation.state(moment), evaluation.configuration, moment)
    worth = lifetime_samples(evaluation.lifetime(moment), (), evaluation.configuration.customers)
    return StateReport(moment, samples + worth)


def window_from(text: str, zone: str) -> tuple[int, int]:
    """Return the window of FROM..TO in milliseconds; moments without an offset are the site's local time.

    Raises UsageError when it is none, or ends before it begins.
    """
    first, between, last = text.partition(_BETWEEN)
    if not between:
        raise UsageError(f"{text}: a window is FROM..TO, such as 2026-03-02T10:00:00Z..2026-03-02T10:30:00Z")
    start, end = moment_from(first, zone), moment_from(last, zone)
    if end <= start:
        raise UsageError(f"{text}: the window ends before it begins; exchange the two moments")
    return start, end


def moment_from(text: str, zone: str) -> int:
    """Return a moment in milliseconds: without an offset local time of the site, without a time midnight.

    Raises UsageError when it is none.
    """
    found = milliseconds_of(text)
    if isinstance(found, int):
        return found
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = (
            f"{text}: not a moment; write it as 2026-03-02T10:00:00Z, or 2026-03-02 for the site's midnight"
        )
        raise UsageError(message) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return int((moment - datetime.fromtimestamp(0, UTC)).total_seconds() * 1000)


def as_document(report: Report) -> dict[str, object]:
    """Return the report in the shape of the interface contract."""
    return {
        "windows": [
            {"from": iso(window.start), "to": iso(window.end), "metrics": _entries(window.samples)}
            for window in report.windows
        ],
        "states": [{"at": iso(state.moment), "metrics": _entries(state.samples)} for state in report.states],
    }


def _entries(samples: Iterable[Sample]) -> list[dict[str, object]]:
    return [{"name": sample.name, "labels": dict(sample.labels), "value": sample.value} for sample in samples]
