"""The program of one exporter: the fleet's view and HTTP in one event loop; no Kafka, no state.

Guarantee: it starts and serves whether Redis is there or not; SIGTERM and SIGINT end it at once, since it
holds nothing that could be lost. Any number may run beside each other.
"""

from __future__ import annotations

import asyncio
import signal

import uvloop

from exporters.fleet_store import FleetStore
from exporters.http_server import HttpServer
from exporters.worker_client import WorkerClient
from streams.ending_tasks import ended
from streams.fleet_explaining import FleetExplainer
from streams.fleet_exporter import FleetExporter
from streams.listening import address_of, listen
from streams.settings import Settings


class ExporterService:
    """An exporter as a person starts it."""

    def __init__(self, settings: Settings, store: FleetStore) -> None:
        """Prepare; nothing is connected or listening yet."""
        self.settings = settings
        self.exporter = FleetExporter(store, settings.engine())
        self.http: HttpServer | None = None
        self._client = WorkerClient(settings.http.secret())
        self._explainer = FleetExplainer(settings.engine(), self.exporter.reading, self._client)
        self._store = store
        self._stopping = asyncio.Event()

    @property
    def address(self) -> str:
        """Where people and Prometheus reach this process."""
        return address_of(self.settings.http, self.http)

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stopping.set()

    async def run(self, *, handle_signals: bool = False) -> None:
        """Run until stopped. Raises SupportPulseError where the address cannot be had."""
        if handle_signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self.stop)
        exporter = self.exporter
        self.http = await listen(
            self.settings, exporter.publication, exporter.build, answers=self._explainer.answers
        )
        work = asyncio.create_task(exporter.run())
        stop = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            await ended([work, stop])
            await self._store.close()
            await self._client.close()
            await self.http.close()
            self.http = None


def run_exporter(service: ExporterService) -> None:
    """Run an exporter on a loop of its own until it is told to stop by a signal."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(service.run(handle_signals=True))
