"""The program of one worker: processor, publisher and HTTP in one event loop.

Guarantee: HTTP and publishing run for the whole life of the process, also while Kafka is away; the end of any
part ends the whole, cleanly and with its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvloop

from exporters.http_server import HttpServer, HttpSettings, serve
from streams.connection import KafkaConnection
from streams.errors import SupportPulseError
from streams.processor import Processor
from streams.publisher import Publisher
from streams.settings import Settings
from streams.worker import ProcessorSettings

WhileRunning = Callable[["Service"], Awaitable[None]]


class Service:
    """A worker as a person starts it. `http` is there while it runs."""

    def __init__(self, settings: Settings, *, instance_id: str | None = None) -> None:
        """Prepare; nothing is connected or listening yet.

        instance_id: for static membership, unique per worker and the same after a restart.
        """
        self.settings = settings
        self.publisher = Publisher(settings.engine())
        self.processor = Processor(
            processor_settings(settings, instance_id), on_folded=self.publisher.note_folded
        )
        self.http: HttpServer | None = None

    async def run(self, *, handle_signals: bool = False, beside: WhileRunning | None = None) -> None:
        """Run until stopped.

        beside: something to do meanwhile; when it returns, the service stops.

        Raises SupportPulseError where the address cannot be had, or the state belongs to another version.
        """
        self.http = await self._listen()
        work: list[Coroutine[Any, Any, None]] = [
            self.processor.run(handle_signals=handle_signals),
            self.publisher.run(self.processor),
        ]
        if beside is not None:
            work.append(self._beside(beside))
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            # The processor ends by itself when it is told to stop; the publisher goes on until then.
            await asyncio.wait({tasks[0]} | set(tasks[1:2]), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.processor.stop()
            await asyncio.wait({tasks[0]})
            for task in tasks[1:]:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            await self.http.close()
            self.http = None
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result

    async def _beside(self, beside: WhileRunning) -> None:
        try:
            await beside(self)
        finally:
            self.processor.stop()

    async def _listen(self) -> HttpServer:
        http = self.settings.http
        settings = HttpSettings(http.host, http.port, http.secret())
        try:
            return await serve(self.publisher.publication, self.publisher.build, settings)
        except OSError as error:
            message = (
                f"cannot listen on {http.host}:{http.port}: {error.strerror}; choose another [http] port"
            )
            raise SupportPulseError(message) from error

    @property
    def address(self) -> str:
        """Where people and Prometheus reach this process."""
        http = self.settings.http
        host = "localhost" if http.host in ("", "0.0.0.0", "::") else http.host  # noqa: S104  # only compared
        return f"http://{host}:{http.port if self.http is None else self.http.port}"


def run_service(service: Service, *, beside: WhileRunning | None = None) -> None:
    """Run a service on a loop of its own until it is told to stop by a signal."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(service.run(handle_signals=True, beside=beside))


def processor_settings(settings: Settings, instance_id: str | None) -> ProcessorSettings:
    """Return what the processor needs of a configuration."""
    topics = settings.kafka.topics
    return ProcessorSettings(
        connection=connection_of(settings),
        group=settings.kafka.group,
        topics={
            "tickets": topics.tickets,
            "calls": topics.calls,
            "chats": topics.chats,
            "agents": topics.agents,
            "surveys": topics.surveys,
            "customers": topics.customers,
        },
        dead_letters=topics.dead_letters,
        configuration=settings.engine(),
        instance_id=instance_id,
    )


def connection_of(settings: Settings) -> KafkaConnection:
    """Return how to reach the brokers of a configuration."""
    security = settings.kafka.security
    return KafkaConnection(
        tuple(address.strip() for address in settings.kafka.bootstrap.split(",")),
        protocol=security.protocol,
        mechanism=security.mechanism or "PLAIN",
        username=security.username or None,
        password=security.secret(),
        ca_file=None if security.ca_file is None else str(security.ca_file),
        cert_file=None if security.cert_file is None else str(security.cert_file),
        key_file=None if security.key_file is None else str(security.key_file),
    )
