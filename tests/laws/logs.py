"""From random logs to lines, events, ledgers; shared by the laws."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from hypothesis import Phase, settings

from aggregators.compounds import expand_parts
from aggregators.configuration import Configuration
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.ledger import FoldOutcome, PartitionLedger
from aggregators.measures import Parts, Series
from aggregators.parts import MomentParts
from aggregators.site_time import window_end
from streams.codec import decode
from streams.settings import configuration_from_mapping


def engine(configuration: dict[str, Any]) -> Configuration:
    """Return the resolved configuration of a plain mapping."""
    return configuration_from_mapping(configuration).engine()


def as_line(event: dict[str, Any]) -> bytes:
    """Return the JSON line of a drawn event."""
    moment = datetime.fromtimestamp(event["time"] // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return json.dumps({**event, "time": f"{moment}.{event['time'] % 1000:03d}Z"}).encode()


def as_events(log: Iterable[dict[str, Any]]) -> list[Event]:
    """Return the decoded events of a drawn log, in its order."""
    events = [decode(as_line(event)) for event in log]
    refused = [event for event in events if not isinstance(event, Event)]
    assert not refused, refused
    return [event for event in events if isinstance(event, Event)]


def topic_of(events: Sequence[Event]) -> Topic:
    """Return the topic of a log of one kind."""
    return TOPIC_OF_RANK[events[0].rank]


def folded(
    events: Sequence[Event], configuration: Configuration, cuts: Sequence[int] = (), start: int = 0
) -> PartitionLedger:
    """Return a ledger that folded the events, cut into batches at the given positions."""
    ledger = PartitionLedger(topic_of(events), configuration)
    bounds = sorted({0, len(events), *(cut for cut in cuts if 0 < cut < len(events))})
    for first, last in itertools.pairwise(bounds):
        ledger.fold(events[first:last], start + last)
    return ledger


HOUR: Final = 3_600_000
USUAL_EXAMPLES: Final = 100
"""Hypothesis' own number, which the profile of `make test-quick` lowers."""


def short_memory(configuration: Configuration) -> Configuration:
    """Return a configuration with a horizon and windows of two hours, a retention of three.

    Surveys have 50 and 51 hours.
    """
    horizon = msgspec.structs.replace(configuration.horizon, default=2 * HOUR, surveys=50 * HOUR)
    return msgspec.structs.replace(
        configuration,
        window_lengths={"5m": 300_000, "1h": HOUR, "2h": 2 * HOUR},
        horizon=horizon,
        retention=dict.fromkeys(configuration.retention, 3 * HOUR) | {"surveys": 51 * HOUR},
        max_open={"calls": 2 * HOUR, "chats": 8 * HOUR},
    )


def parts_of(rows: dict[Series, Parts]) -> dict[Series, Parts]:
    """Return sums by plain measures, without what is 0, as a withdrawn fact leaves it behind."""
    found = {
        series: {key: amount for key, amount in expand_parts(parts).items() if amount}
        for series, parts in rows.items()
    }
    return {series: parts for series, parts in found.items() if parts}


def numbers_of(moment: MomentParts) -> dict[str, Any]:
    """Return every number of a moment in plain form, without zeros; `known` is compared apart."""
    return {
        "windows": {label: parts_of(rows) for label, rows in moment.windows.items()},
        "states": {
            series: msgspec.to_builtins(state)
            for series, state in moment.states.items()
            if any(state.open_cases) or state.overdue_waits or state.sla
        },
        "stale": {channel: cases for channel, cases in moment.stale.items() if cases},
        "agents": {state: agents for state, agents in moment.agents.items() if agents},
        "requests": {queue: requests for queue, requests in moment.requests_in_horizon.items() if requests},
    }


def moments_of(ledger: PartitionLedger) -> list[int]:
    """Return moments at which ledgers are compared: the watermark, a little before it, hours after it."""
    newest = ledger.watermark or 0
    return [newest - 240_000, newest, newest + 1, newest + 70_000, newest + 5 * HOUR]


def everything_of(ledger: PartitionLedger) -> dict[str, Any]:
    """Return all that makes a ledger: two of which this is equal go on giving equal numbers."""
    read = [
        (ledger.moment(now, window_end(now, ledger.configuration.resolution))) for now in moments_of(ledger)
    ]
    return {
        "position": ledger.position,
        "watermark": ledger.watermark,
        "step": ledger.step,
        "cases": {name: _content(ledger, name) for name in ledger.cases},
        "rows": [
            {bucket: parts for bucket, row in level.items() if (parts := parts_of(row))}
            for level in (ledger.rows.fine(), dict(ledger.rows.quarters()))
        ],
        "known": sorted(ledger.known.pairs()),
        "moments": [numbers_of(moment) | {"known": sorted(moment.known)} for moment in read],
    }


def _content(ledger: PartitionLedger, name: str) -> list[Event]:
    case = ledger.case(name)
    assert case is not None
    return sorted(case.deliveries, key=lambda event: (event.source, event.id))


def added(outcomes: Iterable[FoldOutcome]) -> dict[tuple[int, str], int]:
    """Return what became of the events of several batches."""
    total: dict[tuple[int, str], int] = {}
    for outcome in outcomes:
        for key, events in outcome.results.items():
            total[key] = total.get(key, 0) + events
    return total


def same_when_split(events: Sequence[Event], configuration: Configuration) -> None:
    """Assert that cases spread over two partitions give the windows of one, read meanwhile or not."""
    whole = folded(events, configuration)
    homes = [[event for event in events if int(event.case[-1]) % 2 == home] for home in (0, 1)]
    ledgers = [folded(part, configuration, range(len(part))) for part in homes if part]
    for now in moments_of(whole):
        end = window_end(now, configuration.resolution)
        merged = MomentParts()
        for ledger in ledgers:
            merged.add(ledger.moment(now, end))
        same(numbers_of(merged)["windows"], numbers_of(whole.moment(now, end))["windows"])


def examples(number: int) -> settings:
    """Return the settings of a law: so many examples, fewer or more in a profile that wants fewer or more.

    Without the phase that explains a failure: its tracing takes longer than everything else on Python 3.11.
    """
    wanted = settings.default.max_examples if settings.default is not None else number
    fewer = wanted if wanted < USUAL_EXAMPLES else number
    times = max(1, wanted // USUAL_EXAMPLES)
    return settings(max_examples=times * min(number, fewer), phases=tuple(set(Phase) - {Phase.explain}))


def differences(one: object, other: object, path: str = "") -> list[str]:
    """Return where two plain values differ, one short line for each place."""
    if one == other:
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [*one, *(key for key in other if key not in one)]
        found = [differences(one.get(key), other.get(key), f"{path}/{key}") for key in keys]
        return [line for lines in found for line in lines]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        found = [
            differences(left, right, f"{path}/{number}")
            for number, (left, right) in enumerate(zip(one, other, strict=True))
        ]
        return [line for lines in found for line in lines]
    return [f"{path}: {str(one)[:200]} is not {str(other)[:200]}"]


def same(one: object, other: object) -> None:
    """Assert that two plain values are equal, and say where they are not."""
    found = differences(one, other)
    assert found == [], found[:8]
