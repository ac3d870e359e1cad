"""Laws of what is merged and measured: parts, distributions, totals, business time."""

from __future__ import annotations

import itertools
from copy import deepcopy
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from aggregators.business_calendar import BusinessCalendar
from aggregators.distribution import LARGEST, bucket_of, nearest_rank, value_of
from aggregators.ledger import PartitionLedger
from aggregators.measures import Count
from aggregators.parts import BACKLOG_CLASSES, CASE_STATES, MomentParts, SlaParts, StateParts
from tests.laws.logs import as_events, engine, examples, folded, same, topic_of
from tests.laws.strategies import BASE, CONFIGURATIONS, cuts, logs

SMALL = st.integers(0, 5)
MOMENTS = st.one_of(st.none(), st.integers(1, 9))
SERIES = st.sampled_from([("phone", "a"), ("phone", "b"), ("chat", "a")])
QUEUES = st.sampled_from(["a", "b"])
SLA = st.builds(SlaParts, SMALL, SMALL, SMALL, MOMENTS)
STATE = st.builds(
    StateParts,
    st.lists(SMALL, min_size=len(CASE_STATES), max_size=len(CASE_STATES)),
    st.lists(SMALL, min_size=len(BACKLOG_CLASSES), max_size=len(BACKLOG_CLASSES)),
    MOMENTS,
    st.dictionaries(st.sampled_from(["first_response", "resolution"]), SLA, max_size=2),
    SMALL,
)
ROWS = st.dictionaries(SERIES, st.dictionaries(st.integers(0, 4), st.integers(-3, 3), max_size=3), max_size=2)
MOMENT = st.builds(
    MomentParts,
    windows=st.dictionaries(st.sampled_from(["5m", "1h"]), ROWS, max_size=2),
    states=st.dictionaries(SERIES, STATE, max_size=2),
    stale=st.dictionaries(st.sampled_from(["phone", "chat"]), SMALL, max_size=2),
    agents=st.dictionaries(st.sampled_from(["break", "offline"]), SMALL, max_size=2),
    known=st.sets(SERIES, max_size=2),
    requests_in_horizon=st.dictionaries(QUEUES, SMALL, max_size=2),
)
NOT_COUNTED_AT_ONCE = {Count.UNANSWERED, *(count for count in Count if count.name.startswith("SLA_BREACHED"))}


def merged(*moments: MomentParts) -> Any:
    """Return moments added one after the other, in plain form; what is added stays as it is."""
    total = MomentParts()
    for moment in moments:
        total.add(deepcopy(moment))
    return {**msgspec.structs.asdict(total)}


@examples(150)
@given(one=MOMENT, two=MOMENT, three=MOMENT)
def test_merging_is_commutative_and_associative(
    one: MomentParts, two: MomentParts, three: MomentParts
) -> None:
    """Any order of partitions, any grouping of them, and empty ones: the same sum."""
    right = deepcopy(two)
    right.add(deepcopy(three))
    same(merged(one, two, three), merged(three, one, two))
    same(merged(one, two, three), merged(one, right))
    same(merged(one, MomentParts()), merged(one))


@examples(150)
@given(
    values=st.lists(st.one_of(st.integers(0, 300), st.integers(0, LARGEST - 1)), min_size=1, max_size=40),
    percent=st.sampled_from([50, 90, 95, 100]),
)
def test_a_quantile_is_within_one_percent(values: list[int], percent: int) -> None:
    """Against the exact nearest rank: the value at place ceil(q n) of the sorted ones."""
    buckets: dict[int, int] = {}
    for value in values:
        buckets[bucket_of(value)] = buckets.get(bucket_of(value), 0) + 1
    exact = sorted(values)[-(-len(values) * percent // 100) - 1]
    assert abs(value_of(nearest_rank(sorted(buckets.items()), percent, 100)) - exact) <= 0.01 * exact


@examples(100)
@given(log=logs(), configuration=st.sampled_from(CONFIGURATIONS), batches=cuts())
def test_totals_never_fall_and_are_the_counts(
    log: list[dict[str, Any]], configuration: dict[str, Any], batches: list[int]
) -> None:
    """Where nothing that had been counted was withdrawn, totals equal the counts of all rows."""
    resolved, events = engine(configuration), as_events(log)
    ledger = PartitionLedger(topic_of(events), resolved)
    before: dict[Any, int] = {}
    bounds = sorted({0, len(events), *(cut for cut in batches if cut < len(events))})
    for first, last in itertools.pairwise(bounds):
        ledger.fold(events[first:last], last)
        now = totals_of(ledger)
        assert all(now.get(key, 0) >= amount for key, amount in before.items())
        before = now
    if not ledger.totals.corrections:
        assert {key: amount for key, amount in before.items() if amount} == counts_of(ledger)


def totals_of(ledger: PartitionLedger) -> dict[tuple[Any, int], int]:
    """Return the counters of a ledger by series and measure."""
    return {
        (series, key): amount
        for series, counts in ledger.totals.sums().items()
        for key, amount in counts.items()
        if key in set(Count) - NOT_COUNTED_AT_ONCE
    }


def counts_of(ledger: PartitionLedger) -> dict[tuple[Any, int], int]:
    """Return the same as the rows have it."""
    window = ledger.rows.window(BASE - 9_000_000, BASE + 90_000_000)
    return {
        (series, key): amount
        for series, parts in window.items()
        for key, amount in parts.items()
        if key in set(Count) - NOT_COUNTED_AT_ONCE and amount
    }


@examples(150)
@given(
    start=st.integers(BASE - 40 * 86_400_000, BASE + 40 * 86_400_000),
    allowed=st.integers(1, 200 * 3_600_000),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo"]),
)
def test_a_deadline_is_the_first_moment_at_which_the_time_is_used_up(
    start: int, allowed: int, zone: str
) -> None:
    """Business time from the start to the deadline is what is allowed; a millisecond earlier it is not."""
    calendar = BusinessCalendar(
        zone, {"mon": [(540, 720), (780, 1020)], "thu": [(0, 1440)], "sun": [(60, 300)]}
    )
    deadline = calendar.deadline(start, allowed)
    assert deadline is not None
    assert calendar.elapsed(start, deadline) == allowed
    assert calendar.elapsed(start, deadline - 1) == allowed - 1


@examples(60)
@given(log=logs(), configuration=st.sampled_from(CONFIGURATIONS))
def test_reading_changes_nothing(log: list[dict[str, Any]], configuration: dict[str, Any]) -> None:
    """Any number of readers see the same moment."""
    ledger = folded(as_events(log), engine(configuration))
    first = ledger.moment(BASE + 600_000, BASE + 610_000)
    ledger.moment(BASE - 1, BASE + 10_000)
    assert ledger.moment(BASE + 600_000, BASE + 610_000) == first
