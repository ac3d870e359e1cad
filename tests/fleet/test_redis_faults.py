"""A real Redis that hangs, restarts, fills up or is gone: workers do not notice, exporters say so."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from exporters.fleet_store import DEADLINE_SECONDS, FleetStore, StoreSettings
from streams.fleet_exporter import OWN_PART, FleetExporter
from streams.fleet_publisher import FleetPublisher
from testbed.redis import RedisServer
from testbed.requirements import require
from tests.building import configured
from tests.fleet_owner import SECOND, Share, share

PROMPT_SECONDS = 0.25
"""How long the event loop may be held at most on a machine with other work to do."""
UP_AGAIN_SECONDS = 10.0


class Clock:
    """The monotonic clock, and what the test adds to it."""

    added = 0.0

    def __call__(self) -> float:
        """Return seconds."""
        return time.monotonic() + self.added


@dataclass
class Site:
    """A worker with both partitions and an exporter on one Redis, each with a connection of its own."""

    server: RedisServer
    publisher: FleetPublisher
    exporter: FleetExporter
    clock: Clock
    owner: Share
    tick: int = SECOND

    async def turn(self) -> None:
        """Let a second pass: the worker publishes, the exporter reads."""
        self.tick += 1
        await self.publisher.publish(self.owner, self.tick)
        await self.exporter.reading.refresh()
        self.exporter.publish()

    async def until_up(self) -> None:
        """Let seconds pass until worker and exporter are up and the newest tick is shown."""
        async with asyncio.timeout(UP_AGAIN_SECONDS):
            while not (self.publisher.is_up and self.exporter.reading.is_up and self.shown == self.tick):
                await self.turn()
                await asyncio.sleep(0.1)

    @property
    def shown(self) -> int | None:
        """The tick that is shown; None without a view."""
        reading = self.exporter.reading
        return None if reading.view is None or reading.newest is None else reading.newest.tick

    @property
    def reasons(self) -> str:
        """Why the exporter's numbers are not to be relied upon."""
        return "; ".join(self.exporter.publication.reasons_not_ready())


def stores(server: RedisServer, number: int) -> list[FleetStore]:
    """Return clients of a server that share their keys."""
    return [FleetStore(StoreSettings(server.url, "test:")) for _ in range(number)]


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Give a Redis that the test may do anything to."""
    require("redis")
    with RedisServer() as found:
        yield found


@pytest.fixture
async def site(server: RedisServer) -> AsyncIterator[Site]:
    """Give a worker and an exporter that show the first tick."""
    clock, clients = Clock(), stores(server, 2)
    publisher = FleetPublisher(clients[0], configured(), "w1", clock=lambda: float(SECOND))
    exporter = FleetExporter(clients[1], configured(), clock=lambda: float(SECOND), elapsed=clock)
    found = Site(server, publisher, exporter, clock, share(0, 1))
    await found.turn()
    assert found.shown == found.tick
    assert found.reasons == ""
    yield found
    server.resume()
    for client in clients:
        await client.close()


async def longest_hold(stopping: asyncio.Event) -> float:
    """Return the longest time in seconds that the event loop did not come round."""
    longest, last = 0.0, time.monotonic()
    while not stopping.is_set():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    return longest


async def test_a_hung_redis_holds_nobody_up(site: Site) -> None:
    """A call ends at its deadline, the loop turns meanwhile, and soon nothing is asked any more."""
    site.server.pause()
    stopping = asyncio.Event()
    watch = asyncio.create_task(longest_hold(stopping))
    before = site.shown
    for _ in range(2):
        began = time.monotonic()
        await site.publisher.publish(site.owner, site.tick + 1)
        assert time.monotonic() - began < DEADLINE_SECONDS + PROMPT_SECONDS
        assert not site.publisher.is_up
    began = time.monotonic()
    await site.publisher.publish(site.owner, site.tick + 1)
    assert time.monotonic() - began < PROMPT_SECONDS
    await site.exporter.reading.refresh()
    site.exporter.publish()
    assert site.shown == before
    assert "Redis: no answer within 1 s; what is shown is" in site.reasons
    stopping.set()
    assert await watch < PROMPT_SECONDS
    site.server.resume()
    await site.until_up()
    assert site.reasons == ""


async def test_a_stop_does_not_wait_for_a_hung_redis(site: Site) -> None:
    """Also in the middle of a publication: whoever is told to stop lets go of the connection."""
    (client,) = stores(site.server, 1)
    publisher = FleetPublisher(client, configured(), "w0", clock=lambda: float(SECOND))
    await publisher.publish(share(0), site.tick + 1)
    site.server.pause()
    on_its_way = asyncio.create_task(publisher.publish(share(0), site.tick + 2))
    await asyncio.sleep(0)
    began = time.monotonic()
    on_its_way.cancel()
    await asyncio.gather(on_its_way, return_exceptions=True)
    await client.close()
    assert time.monotonic() - began < DEADLINE_SECONDS


async def test_a_restarted_redis_is_filled_again_by_the_next_second(site: Site) -> None:
    """It comes back empty, and nobody has to do anything."""
    site.server.kill()
    site.server.start()
    await site.until_up()
    assert site.reasons == ""


async def test_a_full_redis_is_told_and_read_all_the_same(site: Site) -> None:
    """With maxmemory reached and noeviction; once there is room it goes on."""
    with site.server.client() as client:
        client.config_set("maxmemory", 1)
        before = site.shown
        await site.turn()
        assert not site.publisher.is_up
        assert site.publisher.counts["failed"] == 2
        assert (site.exporter.reading.is_up, site.shown) == (True, before)
        client.config_set("maxmemory", 0)
    await site.until_up()


async def test_without_redis_the_last_view_ages_and_goes_and_the_reason_is_named(site: Site) -> None:
    """Refused at once; after 15 s no number is left; partitions are told as they were last known."""
    site.server.stop()
    await site.turn()
    assert not site.publisher.is_up
    assert site.shown is not None
    site.clock.added = 16
    await site.turn()
    assert site.shown is None
    assert "Redis: " in site.reasons
    metrics = site.exporter.publication.metrics
    assert metrics is not None
    assert metrics.plain().startswith(OWN_PART)
    assert b"\nsupport_redis_up 0\n" in metrics.plain()
    assert b"\nsupport_view_complete 0\n" in metrics.plain()


async def test_a_worker_that_slept_is_refused_and_harms_nothing(site: Site) -> None:
    """Its partitions went elsewhere: a newer epoch stands there."""
    (client,) = stores(site.server, 1)
    sleeper = FleetPublisher(client, configured(), "w0", clock=lambda: float(SECOND))
    site.owner.epoch = 2
    site.owner.fold(0, "10:00:05")
    await site.turn()
    await sleeper.publish(share(0, 1), site.tick + 1)
    assert sleeper.counts == {"superseded": 2}
    assert sleeper.is_up
    await site.exporter.reading.refresh()
    assert site.shown == site.tick
    assert site.exporter.reading.view is not None
    assert [each.applied for each in site.exporter.reading.view.partitions] == [2, 1]
    await client.close()


async def test_two_exporters_give_the_same_bytes_of_every_tick(site: Site) -> None:
    """While two workers go on folding; one exporter reads late."""
    clients = stores(site.server, 3)
    late = FleetExporter(clients[0], configured(), clock=lambda: float(SECOND) + 7)
    workers = [
        (FleetPublisher(client, configured(), "w", clock=lambda: float(SECOND)), share(number))
        for number, client in enumerate(clients[1:])
    ]
    with site.server.client() as client:
        client.flushall()
    for tick in range(SECOND + 100, SECOND + 105):
        for number, (publisher, owner) in enumerate(workers):
            owner.fold(number, "10:00:07", queue=f"q{tick % 3}")
            await publisher.publish(owner, tick)
        await site.exporter.reading.refresh()
        site.exporter.publish()
        workers[0][1].fold(0, "10:00:08")
        await late.reading.refresh()
        late.publish()
        pages = [(each.publication.metrics, each.publication.live) for each in (site.exporter, late)]
        (metrics, live), (other_metrics, other_live) = pages
        assert metrics is not None
        assert other_metrics is not None
        assert live is not None
        assert other_live is not None
        assert site.shown == tick
        assert live.plain() == other_live.plain()
        parts = [page.plain().partition(OWN_PART)[0] for page in (metrics, other_metrics)]
        assert parts[0] == parts[1] != b""
    for each in clients:
        await each.close()
