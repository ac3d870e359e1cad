"""The processor for the rest of the program: runs, survives Kafka's absence, and shows what it knows.

Guarantee: `run` returns only after `stop`, or raises what trying again cannot help; whatever else happens (no
broker at the start, a broker lost for an hour, a crash inside Faust) the process stays up, says why, and goes
on by itself from what is durable, with nothing lost or doubled.

    processor = Processor(settings)
    await processor.run()          # until processor.stop(), or SIGTERM/SIGINT with handle_signals=True
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from aiokafka.errors import KafkaConnectionError

from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from streams.changelog import ChangelogDamaged, StateMismatch
from streams.client_logs import TroubleLog, folded_client_logs
from streams.engine import Engine
from streams.statistics import Folded, OnFolded, PartitionStatus, PipelineStatistics
from streams.topic_preparation import prepare_topics
from streams.worker import ProcessorSettings, Worker

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 5.0
PREPARE_SECONDS: Final = 20.0
GARBAGE_THRESHOLDS: Final = (1_000_000, 50, 1_000)
"""Long-lived state is acyclic: with (700, 10, 10) the collector made the fold six times slower."""


class Processor:
    """The stream processor of one process."""

    def __init__(
        self, settings: ProcessorSettings, *, engine: Engine | None = None, on_folded: OnFolded | None = None
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            settings: brokers, topics, configuration.
            engine: the core; another one only in tests.
            on_folded: called after every batch, on the event loop; may not block.
        """
        self.settings = settings
        self.statistics = PipelineStatistics()
        self.partition_counts: Mapping[Topic, int] = {}
        """Partitions of every source topic, of all workers; empty until a broker has answered."""
        self._engine = engine or Engine.standard()
        self._on_folded = on_folded or _ignore
        self._stopping = asyncio.Event()
        self._trouble = TroubleLog()
        self._worker: Worker | None = None
        self._waiting_for = "starting"

    def stop(self) -> None:
        """Ask `run` to end: last checkpoints, commit, leave."""
        self._stopping.set()

    async def run(self, *, handle_signals: bool = False) -> None:
        """Process until `stop`.

        Args:
            handle_signals: let SIGTERM and SIGINT call `stop`; only in the main thread.

        Raises:
            StateMismatch: the changelog belongs to another version or number of partitions; says what to do.
            ChangelogDamaged: a changelog has a hole; says where.
        """
        if handle_signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self.stop)
        with folded_client_logs(self._trouble), _tuned_collector():
            pause = FIRST_PAUSE_SECONDS
            while not self._stopping.is_set():
                try:
                    await self._run_once()
                    pause = FIRST_PAUSE_SECONDS
                except (StateMismatch, ChangelogDamaged):
                    raise
                except Exception as error:  # noqa: BLE001  # whatever it is, a new app starts from what is durable
                    self.statistics.app_failures += 1
                    self._waiting_for = self._reason_of(error)
                    self._trouble.note(self._waiting_for)
                    await self._sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    @property
    def trouble(self) -> str | None:
        """Why the processor cannot work at the moment; None while it can, as far as it knows."""
        return self._waiting_for or self._trouble.current

    @property
    def ledgers(self) -> Mapping[tuple[Topic, int], PartitionLedger]:
        """The state of every partition that is live in this process, by topic and partition."""
        return {} if self._worker is None else self._worker.ledgers

    @property
    def state_lock(self) -> asyncio.Lock:
        """Held while a slice is folded, and by whoever reads the state in more than one step."""
        return asyncio.Lock() if self._worker is None else self._worker.state_lock

    @property
    def partitions(self) -> list[PartitionStatus]:
        """Every partition that is assigned to this process."""
        return [] if self._worker is None else self._worker.statuses

    async def _run_once(self) -> None:
        settings = self.settings
        self.partition_counts = await asyncio.wait_for(
            prepare_topics(
                settings.connection,
                settings.group,
                settings.topics,
                settings.dead_letters,
                sla_events=settings.sla_events,
            ),
            PREPARE_SECONDS,
        )
        self.statistics.app_starts += 1
        self._worker = Worker(
            settings,
            self.partition_counts,
            engine=self._engine,
            statistics=self.statistics,
            on_folded=self._note_folded,
        )
        self._waiting_for = ""
        self._trouble.clear()
        try:
            await self._worker.run(self._stopping)
        finally:
            worker, self._worker = self._worker, None
            await worker.stop()

    def _note_folded(self, folded: Folded) -> None:
        self._trouble.clear()  # records come, so whatever a client complained of is over
        self._on_folded(folded)

    def _reason_of(self, error: Exception) -> str:
        """Return what an operator should read of an error."""
        if isinstance(error, KafkaConnectionError | TimeoutError):
            return f"no broker answers at {', '.join(self.settings.connection.bootstrap)}"
        name = type(error).__name__
        return str(error) if str(error).startswith(name) else f"{name}: {error}"

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


def _ignore(_folded: Folded) -> None:
    return


@contextmanager
def _tuned_collector() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
