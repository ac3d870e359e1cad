"""The program of one worker."""

import asyncio
import socket
from collections.abc import Callable

import pytest

from streams.errors import SupportPulseError
from streams.service import Service, connection_of, processor_settings
from streams.settings import configuration_from_mapping


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop turn until something holds; the caller bounds the time."""
    while not holds():  # noqa: ASYNC110  # nothing announces it: the service is watched from outside
        await asyncio.sleep(0.02)


def test_the_processor_gets_all_source_topics_under_their_configured_names() -> None:
    """A renamed topic is read under its name."""
    settings = configuration_from_mapping({"kafka": {"topics": {"calls": "pbx.calls"}, "group": "g"}})
    found = processor_settings(settings, "worker-1")
    assert found.topics["calls"] == "pbx.calls"
    assert set(found.topics) == {"tickets", "calls", "chats", "agents", "surveys", "customers"}
    assert (found.group, found.instance_id) == ("g", "worker-1")


def test_brokers_are_separated_by_commas() -> None:
    """Blanks around them do not matter."""
    settings = configuration_from_mapping({"kafka": {"bootstrap": "a:9092, b:9092"}})
    assert connection_of(settings).bootstrap == ("a:9092", "b:9092")


def test_an_address_that_is_taken_is_one_clear_error() -> None:
    """It says which address, and what to change."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        service = Service(configuration_from_mapping({"http": {"port": port}}))
        with pytest.raises(SupportPulseError, match=rf"cannot listen on 127\.0\.0\.1:{port}.*port"):
            asyncio.run(service.run())


def test_without_kafka_http_answers_and_a_stop_ends_it() -> None:
    """The service stays up while no broker answers."""

    async def scenario() -> list[str]:
        settings = configuration_from_mapping({"http": {"port": 0}, "kafka": {"bootstrap": "127.0.0.1:1"}})
        service = Service(settings)
        async with asyncio.timeout(60):
            running = asyncio.ensure_future(service.run())
            await until(
                lambda: service.http is not None and service.processor.trouble not in (None, "starting")
            )
            await service.publisher.publish(service.processor)
            reasons = service.publisher.publication.reasons_not_ready()
            service.processor.stop()
            await running
        return reasons

    assert asyncio.run(scenario())
