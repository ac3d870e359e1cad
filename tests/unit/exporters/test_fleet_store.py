"""The fleet's store on a real Redis: what is kept, what is refused, what expires."""

from collections.abc import AsyncIterator

import pytest

from exporters import fleet_store
from exporters.fleet_store import (
    EXPIRY_MS,
    REPORTS_EXPIRY_MS,
    TICKS_KEPT,
    FleetStore,
    Publication,
    StoreFailed,
    StoreSettings,
)
from testbed.redis import RedisServer

CALLS: fleet_store.Place = ("calls", 0)
CHATS: fleet_store.Place = ("chats", 3)


@pytest.fixture
async def store(redis_server: RedisServer, fresh_name: str) -> AsyncIterator[FleetStore]:
    """Give a store with keys of its own."""
    found = FleetStore(StoreSettings(redis_server.url, f"{fresh_name}:"))
    yield found
    await found.close()


def publication(
    epoch: int, tick: int | None, text: bytes = b"", place: fleet_store.Place = CALLS
) -> Publication:
    """Return a publication; its report and parts are the text."""
    return Publication(place, epoch, b"report " + text, tick, None if tick is None else b"parts " + text)


async def test_reports_and_parts_come_back_with_the_servers_clock(store: FleetStore) -> None:
    """Binary as they are, whatever bytes they hold."""
    results = await store.publish([publication(7, 600, b"\x00 1,2 \xff"), publication(8, None, place=CHATS)])
    assert results == ["published", "published"]
    at, reports = await store.reports()
    assert reports[CALLS].report == b"report \x00 1,2 \xff"
    assert (reports[CALLS].epoch, reports[CALLS].ticks) == (7, {600})
    assert (reports[CHATS].epoch, reports[CHATS].ticks) == (8, frozenset())
    found = await store.parts(600, [CALLS, CHATS])
    assert found.keys() == {CALLS}
    seen, parts = found[CALLS]
    assert parts == b"parts \x00 1,2 \xff"
    assert seen == reports[CALLS].seen <= at


async def test_an_older_epoch_is_refused_and_changes_nothing(store: FleetStore) -> None:
    """A worker that slept while its partition went elsewhere."""
    await store.publish([publication(7, 600, b"new")])
    before = await store.reports()
    assert await store.publish([publication(6, 601, b"old"), publication(-1, None)]) == ["superseded"] * 2
    assert (await store.reports())[1] == before[1]
    assert await store.parts(601, [CALLS]) == {}


async def test_a_tick_that_was_stored_never_changes(store: FleetStore) -> None:
    """Neither by its writer nor by the next one, so that exporters cannot differ; the report goes on."""
    await store.publish([publication(7, 600, b"first")])
    assert await store.publish([publication(7, 600, b"second"), publication(8, 600, b"third")]) == [
        "repeated",
        "repeated",
    ]
    assert (await store.parts(600, [CALLS]))[CALLS][1] == b"parts first"
    _, reports = await store.reports()
    assert (reports[CALLS].epoch, reports[CALLS].report) == (8, b"report third")


async def test_the_next_epoch_goes_on_with_the_ticks_of_the_one_before(store: FleetStore) -> None:
    """What was exact for its offset stays so."""
    await store.publish([publication(7, 600)])
    await store.publish([publication(8, 601)])
    _, reports = await store.reports()
    assert reports[CALLS].ticks == {600, 601}


async def test_the_last_ticks_are_known(store: FleetStore) -> None:
    """So many as are kept."""
    await store.publish([publication(7, tick) for tick in range(TICKS_KEPT + 5)])
    _, reports = await store.reports()
    assert reports[CALLS].ticks == set(range(5, TICKS_KEPT + 5))


async def test_everything_expires(store: FleetStore, redis_server: RedisServer, fresh_name: str) -> None:
    """Every key of the prefix has an end, and there are no other keys of this test."""
    await store.publish([publication(7, 600)])
    await store.common_now(600, {CALLS: 5})
    with redis_server.client() as client:
        expiry = {key.decode(): client.pttl(key) for key in client.scan_iter(f"*{fresh_name}*")}
    limits = {
        f"{fresh_name}:reports": REPORTS_EXPIRY_MS,
        f"{fresh_name}:parts:calls:0:600": EXPIRY_MS,
        f"{fresh_name}:watermarks": REPORTS_EXPIRY_MS,
        f"{fresh_name}:now:600": REPORTS_EXPIRY_MS,
    }
    assert expiry.keys() == limits.keys()
    assert all(0 < expiry[key] <= limits[key] for key in limits)


async def test_a_report_that_was_not_renewed_refuses_nobody(
    store: FleetStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a changelog was deleted epochs begin anew; old ticks are not taken over."""
    await store.publish([publication(700, 600)])
    monkeypatch.setattr(fleet_store, "FORGET_EPOCH_MS", 0)
    assert await store.publish([publication(2, 601)]) == ["published"]
    _, reports = await store.reports()
    assert (reports[CALLS].epoch, reports[CALLS].ticks) == (2, {601})


async def test_the_first_worker_that_asks_decides_what_now_is(store: FleetStore) -> None:
    """Newest of what all have told so far; the next tick knows more; before the first event there is none."""
    assert await store.common_now(600, {}) is None
    assert await store.common_now(601, {CALLS: 5}) == 5
    assert await store.common_now(601, {CHATS: 1_772_446_815_500}) == 5
    assert await store.common_now(602, {CALLS: 6}) == 1_772_446_815_500
    assert await store.common_now(600, {}) is None


async def test_without_partitions_it_is_found_out_whether_the_server_answers(store: FleetStore) -> None:
    """A worker that waits for its share is up, too."""
    assert await store.publish([]) == []


async def test_what_no_worker_wrote_is_told(
    store: FleetStore, redis_server: RedisServer, fresh_name: str
) -> None:
    """A foreign value among the reports, or a key of another kind; workers put theirs in its place."""
    with redis_server.client() as client:
        client.hset(f"{fresh_name}:reports", "calls/0", "foreign")
        with pytest.raises(StoreFailed, match="what no worker wrote"):
            await store.reports()
        assert await store.publish([publication(7, 600)]) == ["published"]
        assert (await store.reports())[1][CALLS].epoch == 7
        client.set(f"{fresh_name}:parts:calls:0:601", "foreign")
        with pytest.raises(StoreFailed, match="parts of tick 601 are what no worker wrote"):
            await store.parts(601, [CALLS])
        client.set(f"{fresh_name}:reports", "foreign")
    with pytest.raises(StoreFailed, match="WRONGTYPE"):
        await store.publish([publication(7, 601)])


async def test_nobody_at_the_address_is_a_failure_at_once() -> None:
    """Two in a row, and it is not worth asking for a while."""
    store = FleetStore(StoreSettings("redis://127.0.0.1:1", "test:"))
    for _ in range(2):
        assert store.is_worth_asking
        with pytest.raises(StoreFailed, match=r"refused|Connect"):
            await store.reports()
    assert not store.is_worth_asking
    await store.close()
