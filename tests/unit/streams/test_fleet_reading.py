"""The newest tick of the fleet: when it is shown, when it is dropped, and what people are told."""

import logging
from collections.abc import Mapping, Sequence

import pytest

from exporters.fleet_parts import compressed, encode, read_parts
from exporters.fleet_store import Place, Publication, StoredReport, StoreFailed
from streams.fleet_publisher import FleetPublisher
from streams.fleet_reading import NOBODY, VIEW_SECONDS, FleetReading, missing
from streams.live_view import LiveView, all_partitions
from streams.shown_partitions import shown
from streams.statistics import PartitionState
from tests.building import configured
from tests.fleet_owner import SECOND, Share, share

OFFERED = "support_all_window_offered"


class SharedStore:
    """What Redis does, in memory, at a clock that is set by hand; publisher and reader share it."""

    def __init__(self) -> None:
        self.is_worth_asking = True
        self.now = 0.0
        self.failure: Exception | None = None
        self.stored_reports: dict[Place, StoredReport] = {}
        self.stored_parts: dict[tuple[Place, int], tuple[int, bytes]] = {}
        self.readings = 0

    async def publish(self, publications: Sequence[Publication]) -> list[str]:
        """Keep reports and parts; nothing is refused."""
        for each in publications:
            held = self.stored_reports.get(each.place)
            ticks = frozenset() if held is None else held.ticks
            if each.tick is not None and each.parts is not None:
                ticks |= {each.tick}
                self.stored_parts[each.place, each.tick] = (self.milliseconds, each.parts)
            self.stored_reports[each.place] = StoredReport(each.epoch, self.milliseconds, ticks, each.report)
        return ["published"] * len(publications)

    async def common_now(self, tick: int, watermarks: Mapping[tuple[str, int], int]) -> int | None:
        """Return nothing: the wall clock is used."""
        raise AssertionError((tick, watermarks))

    async def reports(self) -> tuple[int, dict[Place, StoredReport]]:
        """Return what is there."""
        if self.failure is not None:
            raise self.failure
        return self.milliseconds, dict(self.stored_reports)

    async def parts(self, tick: int, places: Sequence[Place]) -> dict[Place, tuple[int, bytes]]:
        """Return what is there of a tick."""
        self.readings += 1
        return {
            place: self.stored_parts[place, tick] for place in places if (place, tick) in self.stored_parts
        }

    @property
    def milliseconds(self) -> int:
        """The clock as Redis tells it."""
        return int(self.now * 1000)


@pytest.fixture
def store() -> SharedStore:
    """Give an empty store."""
    return SharedStore()


def reading_of(store: SharedStore) -> FleetReading:
    """Return an exporter's reading; its monotonic clock runs with the store's."""
    return FleetReading(store, configured(), lambda: store.now + 50)


async def publish(store: SharedStore, *owners: Share, tick: int = SECOND) -> None:
    """Let workers publish one tick."""
    for owner in owners:
        await FleetPublisher(store, configured(), "w1", clock=lambda: float(tick)).publish(owner, tick)


async def test_two_workers_are_what_one_with_both_partitions_shows(store: SharedStore) -> None:
    """Windows, states, positions, watermark and now."""
    reading, whole = reading_of(store), share(0, 1)
    await publish(store, share(0), share(1))
    await reading.refresh()
    statuses = [shown(status, float(SECOND)) for status in whole.partitions]
    expected = LiveView(configured()).at(whole.ledgers, all_partitions(statuses, {"calls": 2}), SECOND * 1000)
    assert reading.view == expected
    assert reading.view is not None
    assert [each.value for each in reading.view.windows["5m"] if each.name == OFFERED] == [2]
    assert reading.reasons() == []
    assert reading.age == 0


async def test_the_newest_tick_that_all_have_is_shown(store: SharedStore) -> None:
    """The other worker is one tick behind, then it is not."""
    reading, first, second = reading_of(store), share(0), share(1)
    await publish(store, first, second)
    await publish(store, first, tick=SECOND + 1)
    await reading.refresh()
    assert reading.newest is not None
    assert reading.newest.tick == SECOND
    await publish(store, second, tick=SECOND + 1)
    await reading.refresh()
    assert reading.newest.tick == SECOND + 1
    await reading.refresh()
    assert store.readings == 2


async def test_before_anybody_has_published_there_is_nothing(store: SharedStore) -> None:
    """And the reason is told."""
    reading = reading_of(store)
    assert reading.reasons() == ["Redis: not asked yet", NOBODY]
    await reading.refresh()
    assert (reading.view, reading.reasons(), reading.age) == (None, [NOBODY], None)


async def test_a_part_is_never_shown_as_the_whole(store: SharedStore) -> None:
    """The missing partition is named."""
    reading = reading_of(store)
    await publish(store, share(0))
    await reading.refresh()
    assert (reading.view, reading.reasons()) == (None, ["calls/1: no worker reports them"])


async def test_a_worker_that_is_gone_leaves_the_last_view_with_its_age_until_it_is_too_old(
    store: SharedStore,
) -> None:
    """Then its partitions are named."""
    reading, first = reading_of(store), share(0)
    await publish(store, first, share(1))
    await reading.refresh()
    for second in range(1, int(VIEW_SECONDS) + 1):
        store.now = second
        await publish(store, first, tick=SECOND + second)
        await reading.refresh()
        assert reading.view is not None
        assert reading.age == second
    store.now += 1
    await publish(store, first, tick=SECOND + 16)
    await reading.refresh()
    assert (reading.view, reading.reasons()) == (None, ["calls/1: no worker reports them"])


async def test_without_redis_the_last_view_stays_until_it_is_too_old(
    store: SharedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """With the reason, its age, and one line in the log."""
    reading = reading_of(store)
    await publish(store, share(0), share(1))
    await reading.refresh()
    store.failure = StoreFailed("no answer within 1 s")
    with caplog.at_level(logging.WARNING):
        for second in (4, 8, 15):
            store.now = second
            await reading.refresh()
            assert reading.view is not None
            assert not reading.is_up
            assert reading.reasons() == [
                "Redis: no answer within 1 s",
                f"what is shown is {second} s old, and absent after 15 s",
            ]
    assert len(caplog.records) == 1
    store.now = 16
    await reading.refresh()
    assert (reading.view, reading.reasons()) == (None, ["Redis: no answer within 1 s"])
    store.failure = None
    await publish(store, share(0), share(1), tick=SECOND + 16)
    await reading.refresh()
    assert reading.view is not None
    assert (reading.is_up, reading.reasons()) == (True, [])


async def test_a_redis_that_comes_back_empty_takes_nothing_away_at_once(store: SharedStore) -> None:
    """Workers publish again within a second."""
    reading = reading_of(store)
    await publish(store, share(0), share(1))
    await reading.refresh()
    store.stored_reports.clear()
    store.stored_parts.clear()
    store.now = 1
    await reading.refresh()
    assert reading.view is not None
    assert reading.reasons() == [
        "calls/0, calls/1: no worker reports them",
        "what is shown is 1 s old, and absent after 15 s",
    ]


async def test_a_partition_that_says_it_is_not_live_makes_numbers_absent_at_once(store: SharedStore) -> None:
    """As in the view of one process; live again, the next tick is shown."""
    reading, second = reading_of(store), share(1)
    await publish(store, share(0), second)
    await reading.refresh()
    second.state = PartitionState.RECOVERING
    await publish(store, share(0), second, tick=SECOND + 1)
    await reading.refresh()
    assert (reading.view, reading.reasons()) == (None, ["calls/1: state is being read back"])
    second.state = PartitionState.LIVE
    await publish(store, share(0), second, tick=SECOND + 2)
    await reading.refresh()
    assert reading.view is not None


async def test_another_configuration_makes_numbers_absent_and_is_told(
    store: SharedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """A rolling restart with other thresholds, until the last one has them."""
    reading = reading_of(store)
    await publish(store, share(0), share(1))
    await reading.refresh()
    other = configured({"service_level": {"phone": {"threshold": "30s"}}})
    foreign = FleetPublisher(store, other, "w2", clock=lambda: float(SECOND + 1))
    await foreign.publish(share(1, configuration=other), SECOND + 1)
    await publish(store, share(0), tick=SECOND + 1)
    with caplog.at_level(logging.WARNING):
        await reading.refresh()
    assert reading.view is None
    (reason,) = reading.reasons()
    assert reason.startswith(f"calls/1 at worker w2: configuration {other.fingerprint}, this exporter has")
    assert len(caplog.records) == 1
    await publish(store, share(1), share(0), tick=SECOND + 2)
    await reading.refresh()
    assert reading.view is not None


async def test_clocks_that_differ_by_more_than_what_is_kept_are_told(store: SharedStore) -> None:
    """All partitions are there, but never in one tick."""
    reading = reading_of(store)
    await publish(store, share(0))
    await publish(store, share(1), tick=SECOND + 30)
    await reading.refresh()
    (reason,) = reading.reasons()
    assert reason.startswith("there has been no moment that all partitions have published")


async def test_a_clock_that_was_put_back_is_followed_once_nothing_newer_can_be_shown(
    store: SharedStore,
) -> None:
    """Until then the newer tick stays."""
    reading = reading_of(store)
    await publish(store, share(0), share(1))
    await reading.refresh()
    store.stored_reports.clear()
    for second in (1, 16):
        store.now = second
        await publish(store, share(0), share(1), tick=SECOND - 60 + second)
        await reading.refresh()
        assert reading.newest is not None
    assert reading.newest.tick == SECOND - 60 + 16


async def test_parts_that_have_expired_or_cannot_be_read_are_no_view(store: SharedStore) -> None:
    """A later tick will do."""
    reading = reading_of(store)
    await publish(store, share(0), share(1))
    kept = store.stored_parts.pop((("calls", 1), SECOND))
    await reading.refresh()
    assert reading.view is None
    store.stored_parts[("calls", 1), SECOND] = (0, compressed(b"foreign"))
    await reading.refresh()
    assert reading.view is None
    store.stored_parts[("calls", 1), SECOND] = kept
    await reading.refresh()
    assert reading.view is not None


async def test_values_that_nobody_could_have_written_do_not_end_it(store: SharedStore) -> None:
    """Of the right shape and yet impossible: more states than there are."""
    reading, owner = reading_of(store), share(0, of=1)
    await publish(store, owner)
    seen, stored = store.stored_parts[("calls", 0), SECOND]
    parts = read_parts(stored)
    parts.moment.states["phone", "q"].open_cases.extend([1] * 9)
    store.stored_parts[("calls", 0), SECOND] = (seen, compressed(encode(parts)))
    await reading.refresh()
    assert (reading.view, reading.is_up) == (None, False)
    assert reading.reasons()[0].startswith("Redis: IndexError")


async def test_while_the_circuit_is_open_nothing_is_asked(store: SharedStore) -> None:
    """What was known stays."""
    reading = reading_of(store)
    store.is_worth_asking = False
    await reading.refresh()
    assert not reading.is_up


def test_many_names_are_cut() -> None:
    """Twenty by name, the others by number."""
    partitions = all_partitions([], {"calls": 25})
    (line,) = missing(partitions)
    assert line.endswith("calls/18, calls/19 and 5 more: no worker reports them")
