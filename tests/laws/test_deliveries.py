"""Any order of deliveries, any number of times, in any batches, over any partitions: the same integers."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.configuration import Configuration
from aggregators.events import Event
from aggregators.ledger import PartitionLedger
from aggregators.parts import MomentParts
from aggregators.site_time import window_end
from streams.report import as_document, report_on
from tests.laws.logs import (
    as_events,
    engine,
    everything_of,
    examples,
    folded,
    moments_of,
    numbers_of,
    same,
)
from tests.laws.strategies import BASE, CONFIGURATIONS, logs, written

CONFIGURED = st.sampled_from(CONFIGURATIONS)
PLACES = st.lists(st.integers(0, 100), max_size=40)


def numbers(ledger: PartitionLedger) -> dict[str, Any]:
    """Return all of a ledger but what tells the order of arrival: position, and pairs seen on the way."""
    found = everything_of(ledger)
    moments = [{name: moment[name] for name in moment if name != "known"} for moment in found["moments"]]
    return {name: found[name] for name in ("watermark", "step", "cases", "rows")} | {"moments": moments}


def document(events: list[Event], configuration: Configuration) -> dict[str, object]:
    """Return the report of the whole log and of two windows and moments inside it."""
    windows = [(BASE, BASE + 9_000_000), (BASE + 1, BASE + 600_000)]
    return as_document(report_on(events, configuration, windows, [BASE + 600_000, BASE + 10_000_000], {}))


@example(
    log=written(
        (0, "call.offered", "call-1", {"queue": "a"}),
        (1, "call.hold", "call-1", {"retracts": "e2"}),  # arrives before what it retracts, or after it
        (5, "call.answered", "call-1", {}),
    ),
    configuration={},
    order=Random(5),  # leaves three as they are
)
@example(
    log=written(
        (0, "call.offered", "call-1", {"queue": "a"}),
        (3, "call.ring_no_answer", "call-1", {}),
        (3, "call.ring_no_answer", "call-1", {}),  # the same under another id
    ),
    configuration={},
    order=Random(1),
)
@examples(100)
@given(log=logs(), configuration=CONFIGURED, order=st.randoms(use_true_random=False))
def test_the_order_of_deliveries_does_not_matter(
    log: list[dict[str, Any]], configuration: dict[str, Any], order: Any
) -> None:
    """A log shuffled gives the same numbers, in one batch and event by event."""
    resolved, events = engine(configuration), as_events(log)
    shuffled = list(events)
    order.shuffle(shuffled)
    expected = numbers(folded(events, resolved))
    same(numbers(folded(shuffled, resolved)), expected)
    same(numbers(folded(shuffled, resolved, range(1, len(shuffled)))), expected)
    same(document(shuffled, resolved), document(events, resolved))


@examples(60)
@given(log=logs(), configuration=CONFIGURED, repeats=PLACES, places=PLACES)
def test_repeated_deliveries_do_not_matter(
    log: list[dict[str, Any]], configuration: dict[str, Any], repeats: list[int], places: list[int]
) -> None:
    """Events delivered again, at any later or earlier place, change nothing."""
    resolved, events = engine(configuration), as_events(log)
    doubled = list(events)
    for repeat, place in zip(repeats, places, strict=False):
        doubled.insert(place % (len(doubled) + 1), events[repeat % len(events)])
    same(numbers(folded(doubled, resolved)), numbers(folded(events, resolved)))
    same(document(doubled, resolved), document(events, resolved))


@examples(100)
@given(log=logs(), configuration=CONFIGURED, cuts=st.lists(st.integers(1, 32), max_size=8))
def test_batches_do_not_matter(
    log: list[dict[str, Any]], configuration: dict[str, Any], cuts: list[int]
) -> None:
    """A log cut into batches anywhere gives an equal ledger, also one event at a time and read in between."""
    resolved, events = engine(configuration), as_events(log)
    at_once = everything_of(folded(events, resolved))
    same(everything_of(folded(events, resolved, cuts)), at_once)
    one_by_one = folded(events[:1], resolved)
    for number, event in enumerate(events[1:], 2):
        one_by_one.moment(event.time, event.time + 1)
        one_by_one.fold([event], number)
    same(everything_of(one_by_one), at_once)


@examples(100)
@given(log=logs(cases=4), configuration=CONFIGURED, homes=st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_partitions_do_not_matter(
    log: list[dict[str, Any]], configuration: dict[str, Any], homes: list[int]
) -> None:
    """Cases spread over partitions: the moments of all, added, are that of one with everything."""
    resolved, events = engine(configuration), as_events(log)
    whole = folded(events, resolved)
    parts = [[event for event in events if homes[int(event.case[-1]) - 1] == home] for home in range(3)]
    ledgers = [folded(part, resolved) for part in parts if part]
    for now in moments_of(whole):
        end = window_end(now, resolved.resolution)
        merged = MomentParts()
        for ledger in ledgers:
            merged.add(ledger.moment(now, end))
        alone = whole.moment(now, end)
        same(numbers_of(merged), numbers_of(alone))
        assert merged.known == alone.known
