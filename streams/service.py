"""The program of one worker: processor, publisher and HTTP in one event loop.

Guarantee: HTTP and publishing run for the whole life of the process, also while Kafka is away; the end of any
part ends the whole, cleanly and with its reason.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvloop

from exporters.http_server import PAST_PATH, HttpServer
from streams.advertised import advertised_address
from streams.connection import KafkaConnection
from streams.ending_tasks import ended
from streams.fleet_publisher import FleetPublisher
from streams.listening import address_of, listen
from streams.live_explaining import LiveExplainer
from streams.past_view import PastView
from streams.processor import Processor
from streams.publisher import Publisher
from streams.redis_access import store_of
from streams.settings import Settings
from streams.worker import ProcessorSettings

WhileRunning = Callable[["Service"], Awaitable[None]]


class Service:
    """A worker as a person starts it. `http` is there while it runs."""

    def __init__(
        self, settings: Settings, *, instance_id: str | None = None, is_any_port_good: bool = False
    ) -> None:
        """Prepare; nothing is connected or listening yet.

        instance_id: for static membership, unique per worker and the same after a restart;
        is_any_port_good: where the configured port is taken, a free one is used.
        """
        self.settings = settings
        self._is_any_port_good = is_any_port_good
        self.store = store_of(settings)
        self.fleet = (
            None
            if self.store is None
            else FleetPublisher(self.store, settings.engine(), instance_id or socket.gethostname())
        )
        self.publisher = Publisher(settings.engine(), fleet=self.fleet)
        self.processor = Processor(
            processor_settings(settings, instance_id), on_folded=self.publisher.note_folded
        )
        self.http: HttpServer | None = None
        self._explainer = LiveExplainer(settings.engine(), self.processor, self._shown_now)
        self.past = PastView(settings.engine(), self.processor, lambda: self.publisher.last)

    async def run(self, *, handle_signals: bool = False, beside: WhileRunning | None = None) -> None:
        """Run until stopped.

        beside: something to do meanwhile; when it returns, the service stops.

        Raises SupportPulseError where the address cannot be had, or the state belongs to another version.
        """
        publisher = self.publisher
        self.http = await listen(
            self.settings,
            publisher.publication,
            publisher.build,
            answers={**self._explainer.answers, PAST_PATH: self.past.answer},
            is_any_port_good=self._is_any_port_good,
        )
        work: list[Coroutine[Any, Any, None]] = [
            self.processor.run(handle_signals=handle_signals),
            self.publisher.run(self.processor),
        ]
        if self.fleet is not None:
            self.fleet.address = await advertised_address(self.settings, self.http.port)
            work.append(self.fleet.run(self.processor))
        if beside is not None:
            work.append(self._beside(beside))
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            # The processor ends by itself when it is told to stop; the publisher goes on until then.
            await asyncio.wait({tasks[0]} | set(tasks[1:2]), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.processor.stop()
            await asyncio.wait({tasks[0]})
            errors = await ended(tasks)
            if self.store is not None:
                await self.store.close()
            await self.http.close()
            self.http = None
        for error in errors:
            raise error

    async def _beside(self, beside: WhileRunning) -> None:
        try:
            await beside(self)
        finally:
            self.processor.stop()

    def _shown_now(self) -> int | None:
        last = self.publisher.last
        return None if last is None else last.now

    @property
    def address(self) -> str:
        """Where people and Prometheus reach this process."""
        return address_of(self.settings.http, self.http)


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
        sla_events=topics.sla_events if settings.sla_events.enabled else None,
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
