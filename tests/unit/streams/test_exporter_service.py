"""The program of one exporter."""

import asyncio
import urllib.request
from collections.abc import Callable

import pytest

from streams.errors import SupportPulseError
from streams.exporter_service import ExporterService
from streams.redis_access import store_of
from streams.settings import configuration_from_mapping


def new_service(**http: object) -> ExporterService:
    """Return an exporter whose Redis does not exist."""
    sections = {"http": {"port": 0, **http}, "redis": {"url": "redis://127.0.0.1:1"}}
    settings = configuration_from_mapping(sections)
    store = store_of(settings)
    assert store is not None
    return ExporterService(settings, store)


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop turn until something holds; the caller bounds the time."""
    while not holds():  # noqa: ASYNC110  # nothing announces it: the service is watched from outside
        await asyncio.sleep(0.02)


def test_without_redis_it_serves_and_a_stop_ends_it() -> None:
    """Alive, with a page that says what is missing."""

    async def scenario() -> tuple[int, str, list[str]]:
        service = new_service()
        async with asyncio.timeout(60):
            running = asyncio.ensure_future(service.run())
            publication = service.exporter.publication
            await until(lambda: service.http is not None and publication.metrics is not None)
            response = await asyncio.to_thread(urllib.request.urlopen, f"{service.address}/livez")
            with response:
                status = response.status
            assert publication.metrics is not None
            page = publication.metrics.plain().decode()
            reasons = publication.reasons_not_ready()
            service.stop()
            await running
        assert service.http is None
        return status, page, reasons

    status, page, reasons = asyncio.run(scenario())
    assert status == 200
    assert "\nsupport_redis_up 0\n" in page
    assert reasons[0].startswith("Redis: ")


def test_an_address_that_is_taken_is_one_clear_error() -> None:
    """Nothing else was begun."""

    async def scenario() -> None:
        first = new_service()
        async with asyncio.timeout(60):
            running = asyncio.ensure_future(first.run())
            await until(lambda: first.http is not None)
            assert first.http is not None
            with pytest.raises(SupportPulseError, match="cannot listen"):
                await new_service(port=first.http.port).run()
            first.stop()
            await running

    asyncio.run(scenario())


def test_what_breaks_it_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is not swallowed: whoever runs it starts it again."""
    service = new_service()

    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(service.exporter, "publish", broken)
    with pytest.raises(RuntimeError, match="broken"):
        asyncio.run(service.run())
