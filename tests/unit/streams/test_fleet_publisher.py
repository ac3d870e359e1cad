"""What a worker tells the fleet: of which moment, how often, and what becomes of failures."""

import logging
from collections.abc import Mapping, Sequence

import pytest

from aggregators.recent_cases import RECENT
from exporters.fleet_parts import PartitionParts, PartitionReport, read_parts, read_report
from exporters.fleet_store import Publication, StoreFailed
from streams.fleet_publisher import BEHIND_RECORDS, FleetPublisher
from streams.statistics import PartitionState, PartitionStatus
from tests.building import at, configured
from tests.fleet_owner import SECOND, Share, share

EVENT_CLOCK = {"clock": {"mode": "event"}}


class MemoryStore:
    """Keeps what was published; `failure` is raised in its place."""

    def __init__(self) -> None:
        self.is_worth_asking = True
        self.published: list[Publication] = []
        self.asked: list[tuple[int, Mapping[tuple[str, int], int]]] = []
        self.newest: int | None = None
        self.failure: Exception | None = None

    async def publish(self, publications: Sequence[Publication]) -> list[str]:
        """Keep them."""
        if self.failure is not None:
            raise self.failure
        self.published = list(publications)
        return ["published"] * len(publications)

    async def common_now(self, tick: int, watermarks: Mapping[tuple[str, int], int]) -> int | None:
        """Return what the test says the fleet's newest event time is."""
        self.asked.append((tick, watermarks))
        return self.newest

    @property
    def reports(self) -> list[PartitionReport]:
        """What was reported last."""
        return [read_report(each.report) for each in self.published]

    @property
    def parts(self) -> list[PartitionParts]:
        """The parts that were published last."""
        return [read_parts(each.parts) for each in self.published if each.parts is not None]


@pytest.fixture
def store() -> MemoryStore:
    """Give a store in memory."""
    return MemoryStore()


def publisher(store: MemoryStore, sections: Mapping[str, object] | None = None) -> FleetPublisher:
    """Return a publisher whose wall clock stands at the tick."""
    return FleetPublisher(store, configured(sections), "w1", clock=lambda: float(SECOND))


async def test_parts_are_those_of_the_tick_and_of_the_applied_offset(store: MemoryStore) -> None:
    """With the wall clock now is the second itself; who published stands beside it."""
    owner = share(0, 1)
    await publisher(store).publish(owner, SECOND)
    first = store.parts[0]
    assert (first.tick, first.now, first.window_end) == (SECOND, at("10:00:10"), at("10:00:20"))
    assert (first.applied, first.epoch, first.watermark) == (1, 1, at("10:00:00"))
    assert first.moment == owner.ledgers["calls", 0].moment(at("10:00:10"), at("10:00:20"))
    assert [(each.place, each.tick, each.epoch) for each in store.published] == [
        (("calls", 0), SECOND, 1),
        (("calls", 1), SECOND, 1),
    ]
    assert first.identity.fingerprint == configured().fingerprint
    assert dict(first.identity.partitions) == {"calls": 2}
    assert store.reports[0].worker == "w1"


async def test_what_is_not_live_is_reported_without_parts(store: MemoryStore) -> None:
    """Recovering, failed, or without an answer of a broker for long."""
    owner = share(0)
    owner.more = [PartitionStatus("calls", 1, PartitionState.RECOVERING, "", None, None, None, None, 4)]
    await publisher(store).publish(owner, SECOND)
    assert [(each.state, each.applied) for each in store.reports] == [("live", 1), ("recovering", None)]
    assert [each.partition for each in store.parts] == [0]
    owner.heard_at = SECOND - 60
    await publisher(store).publish(owner, SECOND)
    assert [each.state for each in store.reports] == ["stale", "recovering"]
    assert store.parts == []


async def test_with_the_event_clock_now_is_what_the_fleet_has_agreed_on(store: MemoryStore) -> None:
    """The worker tells its own newest event times and computes at the answer."""
    owner = share(0, configuration=configured(EVENT_CLOCK))
    store.newest = at("10:07:03")
    await publisher(store, EVENT_CLOCK).publish(owner, SECOND)
    assert store.asked == [(SECOND, {("calls", 0): at("10:00:00")})]
    assert [(each.tick, each.now, each.window_end) for each in store.parts] == [
        (SECOND, at("10:07:03"), at("10:07:10"))
    ]


async def test_before_the_first_event_of_the_fleet_the_wall_clock_stands_in(store: MemoryStore) -> None:
    """The same second for every worker."""
    await publisher(store, EVENT_CLOCK).publish(Share({}, {"calls": 1}), SECOND)
    owner = share(0, configuration=configured(EVENT_CLOCK))
    await publisher(store, EVENT_CLOCK).publish(owner, SECOND)
    assert [each.now for each in store.parts] == [at("10:00:10")]


async def test_a_partition_too_far_ahead_of_the_common_now_leaves_the_tick_out(store: MemoryStore) -> None:
    """In a drain of history; its report goes on. Ten minutes ahead is near enough."""
    owner = share(0, configuration=configured(EVENT_CLOCK))
    store.newest = at("10:00:00") - RECENT - 1
    await publisher(store, EVENT_CLOCK).publish(owner, SECOND)
    assert (store.parts, len(store.reports)) == ([], 1)
    store.newest += 1
    await publisher(store, EVENT_CLOCK).publish(owner, SECOND)
    assert len(store.parts) == 1


async def test_who_needs_long_publishes_parts_at_ticks_that_all_have(store: MemoryStore) -> None:
    """A cost of 0.15 s is every second tick, 0.3 s every fourth; reports come every second all the same."""
    owner, slow = share(0), publisher(store)
    for cost, expected in ((0.0, 1), (0.1, 1), (0.15, 2), (0.3, 4), (0.5, 8), (5.0, 8)):
        slow._cost = cost
        assert slow.period(owner) == expected
    slow._cost = 0.15
    await slow.publish(owner, SECOND + 1)
    assert (store.parts, len(store.reports)) == ([], 1)
    await slow.publish(owner, SECOND + 2)
    assert len(store.parts) == 1


def test_while_catching_up_parts_take_a_fortieth_of_the_time(store: MemoryStore) -> None:
    """What is shown is history, and folding it is what people wait for."""
    owner, busy = share(0), publisher(store)
    busy._cost = 0.05
    assert busy.period(owner) == 1
    owner.lag = BEHIND_RECORDS + 1
    assert busy.period(owner) == 2


async def test_failures_are_counted_and_one_line_a_minute(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The worker goes on; with the next success all is well."""
    owner, one = share(0, 1), publisher(store)
    assert not one.is_up
    await one.publish(owner, SECOND)
    assert one.is_up
    with caplog.at_level(logging.WARNING):
        for failure in (StoreFailed("no answer within 1 s"), StoreFailed("OOM"), ValueError("fault")):
            store.failure = failure
            await one.publish(owner, SECOND)
            assert not one.is_up
    assert [record.getMessage() for record in caplog.records] == [
        "Redis: no answer within 1 s (0 more messages)"
    ]
    store.failure = None
    await one.publish(owner, SECOND)
    assert one.is_up
    assert one.counts == {"published": 4, "failed": 6}


async def test_while_the_circuit_is_open_nothing_is_computed(store: MemoryStore) -> None:
    """A server that does not answer costs nothing."""
    store.is_worth_asking = False
    await publisher(store, EVENT_CLOCK).publish(share(0), SECOND)
    assert (store.published, store.asked) == ([], [])


async def test_large_parts_are_the_same_as_small_ones(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are compressed in another thread."""
    owner = share(0)
    await publisher(store).publish(owner, SECOND)
    small = store.published
    monkeypatch.setattr("streams.fleet_publisher.COMPRESSED_HERE", 0)
    await publisher(store).publish(owner, SECOND)
    assert store.published == small
