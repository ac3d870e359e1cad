"""Reading a ledger at a moment: the additive parts of its windows and states.

Deterministic: given the ledger, now and the windows' end. Nothing of the ledger changes, so any number of
readers agree. Events dated later than now are rare (the edge admits minutes of skew) and known: cases that
hold one are derived once more as of now, all others are read from sums and sorted structures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from aggregators.cases import derive
from aggregators.configuration import Configuration
from aggregators.customer_rows import CustomerWindows
from aggregators.customer_windows import customer_periods
from aggregators.evaluation import configured_pairs
from aggregators.events import Event, Topic
from aggregators.measures import Count, Series
from aggregators.parts import MomentParts, StateParts
from aggregators.rows import add_fact
from aggregators.site_time import window_start
from aggregators.state_parts import waiting_at
from aggregators.status import Status
from aggregators.steps import Steps
from aggregators.survey_windows import survey_starts
from aggregators.timeline import deliveries_of, timeline_of

if TYPE_CHECKING:
    from aggregators.ledger import PartitionLedger
    from aggregators.stored_case import Case

_NOTHING: Final = StateParts()


def reading_of(ledger: PartitionLedger, now: int, window_end: int) -> Steps[MomentParts]:
    """Return the additive parts of one partition at `now`, windows ending at `window_end` (milliseconds).

    In steps, between which nothing may be folded and nobody else may read.

    Windows have compounds as they are; nobody may change their sums, and those of a series are the same
    object until they change.
    """
    ahead = dict(_cases_ahead(ledger, now))
    with _shown(ledger, {name: _status_at(ledger, case, now) for name, case in ahead.items()}):
        parts = ledger.index.states(now)
    with _shown(ledger, {name: _waiting_at(window_end, case) for name, case in ahead.items()}):
        for series, overdue in ledger.index.overdue_waits(window_end).items():
            # What the index gave is kept for the next reading.
            parts.states[series] = replace(parts.states.get(series, _NOTHING), overdue_waits=overdue)
    configuration = ledger.configuration
    if ledger.topic == "surveys":
        # Its rows have no channel: they make no pair known.
        parts.windows = yield from ledger.windows.reading(
            survey_starts(window_end, configuration), window_end
        )
        return parts
    if isinstance(ledger.windows, CustomerWindows):
        parts.windows = yield from ledger.windows.of_periods(customer_periods(window_end, configuration))
        return parts
    known = ledger.known.pairs()
    parts.served = {(ledger.topic, series) for series in parts.known | known}
    parts.known |= known | configured_pairs(configuration)
    starts = {
        label: window_start(length, window_end, configuration.time_zone)
        for label, length in configuration.window_lengths.items()
    }
    parts.windows = yield from ledger.windows.reading(starts, window_end)
    for arrived, series in _not_answered_yet(ahead, window_end):
        for label, start in starts.items():
            if start <= arrived < window_end:
                rows = parts.windows[label]
                rows[series] = dict(rows.get(series, ()))  # what was read is kept for the next reading
                add_fact(rows[series], Count.UNANSWERED, 1, 1)
    parts.requests_in_horizon = ledger.rows.requests()
    return parts


def statuses_at(ledger: PartitionLedger, now: int) -> Iterator[tuple[str, Status]]:
    """Yield every case with a state at `now` (ms), as `reading_of` has it; folding may go on meanwhile."""
    ledger.refresh()
    ahead = {name: _status_at(ledger, case, now) for name, case in _cases_ahead(ledger, now)}
    for name, status in ledger.index.statuses():
        if name not in ahead:
            yield name, status
    for name, as_of_now in ahead.items():
        if as_of_now is not None:
            yield name, as_of_now


def _cases_ahead(ledger: PartitionLedger, now: int) -> Iterator[tuple[str, Case]]:
    """Yield the cases that hold an event dated later than now."""
    if ledger.watermark is None or ledger.watermark <= now:
        return
    names = {name for last, name in ledger.recent if last > now}
    for name in sorted(names):
        case = ledger.case(name)
        if case is not None and case.last > now:
            yield name, case


@contextmanager
def _shown(ledger: PartitionLedger, statuses: dict[str, Status | None]) -> Iterator[None]:
    """Show other statuses of some cases for the time of the block."""
    kept = {name: ledger.index.get(name) for name in statuses}
    for name, status in statuses.items():
        ledger.index.put(name, status)
    try:
        yield
    finally:
        for name, status in kept.items():
            ledger.index.put(name, status)


def _status_at(ledger: PartitionLedger, case: Case, moment: int) -> Status | None:
    return status_at(case.deliveries, ledger.topic, moment, ledger.configuration)


def status_at(
    deliveries: Iterable[Event], topic: Topic, moment: int, configuration: Configuration
) -> Status | None:
    """Return the status of a case by its events until a moment (ms), None before the first."""
    standing = deliveries_of(event for event in deliveries if event.time <= moment)
    timeline = timeline_of(standing.values())
    return derive(topic, configuration, timeline, []).status() if timeline else None


def _waiting_at(window_end: int, case: Case) -> Status | None:
    if case.kind is None:
        return None
    return waiting_at(window_end, case.kind.visits(), [event.time for event in case.timeline])


def _not_answered_yet(ahead: dict[str, Case], window_end: int) -> Iterator[tuple[int, Series]]:
    """Yield the arrivals whose answer is dated at or after the end of the windows."""
    for case in ahead.values():
        if case.kind is None:
            continue
        status = case.kind.status()
        if status.arrival is not None and status.answered is not None and status.answered >= window_end:
            yield status.arrival
