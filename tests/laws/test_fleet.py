"""What an exporter adds of several workers is what one ledger with all events shows, to the last byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators.configuration import Configuration
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.ledger import PartitionLedger
from aggregators.site_time import window_end
from exporters.fleet import Fleet
from exporters.fleet_parts import Identity, PartitionParts, PartitionReport, compressed, encode, read_parts
from exporters.fleet_store import Place, StoredReport
from exporters.live_json import LiveJson, View
from exporters.pipeline_status import PartitionStatus
from streams.live_view import LiveView
from streams.partitioning import partition_of
from tests.building import at
from tests.building_views import LOYAL
from tests.laws.logs import as_events, engine, examples, topic_of
from tests.laws.strategies import BASE, CONFIGURATIONS, logs
from tests.loyalty import loyal_events

SKEW = 300_000
"""Events are at most this far ahead of the clock of whoever reads; the edge refuses others."""


def ledgers_of(events: list[Event], configuration: Configuration, count: int) -> list[PartitionLedger]:
    """Return the partitions of a topic, each with the events of its cases."""
    topic = topic_of(events)
    found = [PartitionLedger(topic, configuration) for _ in range(count)]
    for number, ledger in enumerate(found):
        own = [event for event in events if partition_of(event.case.encode(), count) == number]
        ledger.fold(own, len(own))
    return found


def published(ledgers: list[PartitionLedger], now: int, fleet: Fleet) -> dict[Place, PartitionParts]:
    """Return what comes back of what workers store, the last partition first."""
    found: dict[Place, PartitionParts] = {}
    reports: dict[Place, StoredReport] = {}
    for number in reversed(range(len(ledgers))):
        ledger = ledgers[number]
        end = window_end(now, ledger.configuration.resolution)
        identity = Identity(
            ledger.configuration.fingerprint, 1, {ledger.topic: len(ledgers)}, ledger.configuration.clock
        )
        parts = PartitionParts(
            identity=identity,
            topic=ledger.topic,
            partition=number,
            epoch=0,
            tick=1,
            now=now,
            window_end=end,
            watermark=ledger.watermark,
            applied=ledger.position,
            lag=0,
            moment=ledger.moment(now, end),
        )
        report = PartitionReport(
            identity=identity, topic=ledger.topic, partition=number, state="live", applied=0, lag=0
        )
        found[ledger.topic, number] = read_parts(compressed(encode(parts)))
        reports[ledger.topic, number] = StoredReport(0, 0, frozenset({1}), encode(report))
    assert fleet.assess(0, reports).ticks == {1}
    return found


@examples(100)
@given(
    log=logs(cases=6),
    mapping=st.sampled_from(CONFIGURATIONS),
    count=st.integers(1, 4),
    moment=st.integers(0, 5_600_000),
)
def test_the_merged_view_is_that_of_one_ledger(
    log: list[dict[str, Any]], mapping: dict[str, Any], count: int, moment: int
) -> None:
    """Windows and states as bytes, however many partitions there are and in whatever order they come."""
    configuration, events = engine(mapping), as_events(log)
    now = max(BASE + moment, max(event.time for event in events) - SKEW)
    fleet = Fleet(configuration.fingerprint, 1, configuration.clock)
    merged = fleet.merge(published(ledgers_of(events, configuration, count), now, fleet))
    assert merged is not None
    statuses = [PartitionStatus(topic_of(events), 0, "live", 0, 0)]

    def rendered(view: View) -> bytes:
        return LiveJson().render(view)

    exported = LiveView(configuration).of(
        merged.moment, now=merged.now, watermark=merged.watermark, partitions=statuses
    )
    (whole,) = ledgers_of(events, configuration, 1)
    expected = LiveView(configuration).of(
        whole.moment(now, merged.window_end), now=now, watermark=whole.watermark, partitions=statuses
    )
    assert rendered(exported) == rendered(expected)


@pytest.mark.parametrize("topic", LOYAL)
@pytest.mark.parametrize("count", [2, 5])
def test_surveys_and_customers_of_several_workers_are_those_of_one(topic: Topic, count: int) -> None:
    """Windows of days and periods, targets and lifetime values: a customer is in one partition alone."""
    configuration = engine({"surveys": {"nps_target": 30}, "customers": {"churn_target": 0.03}})
    now = at("2026-03-28T12:00:00")
    events = [event for event in loyal_events(now) if TOPIC_OF_RANK[event.rank] == topic]
    events.sort(key=lambda event: event.time)
    fleet = Fleet(configuration.fingerprint, 1, configuration.clock)
    merged = fleet.merge(published(ledgers_of(events, configuration, count), now, fleet))
    assert merged is not None
    statuses = [PartitionStatus(topic, 0, "live", 0, 0)]
    exported = LiveView(configuration).of(
        merged.moment, now=merged.now, watermark=merged.watermark, partitions=statuses
    )
    (whole,) = ledgers_of(events, configuration, 1)
    expected = LiveView(configuration).of(
        whole.moment(now, merged.window_end), now=now, watermark=whole.watermark, partitions=statuses
    )
    assert LiveJson().render(exported) == LiveJson().render(expected)
    assert len(expected.windows["90d"]) > 80
