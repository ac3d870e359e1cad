"""One life of the Faust app: topics, tables and agents wired to the partitions of this worker.

Guarantee: after `stop` nothing of the app is left that could fold, write or commit; a new life starts from
what is durable. One agent and one table per source topic, concurrency 1.

Cost: a start takes about 1 s on loopback, most of it joining the group.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from faust.types import TP, StreamT

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from streams.announcement_log import KafkaAnnouncementLog
from streams.announcing import Announcing
from streams.changelog_log import HeadDeletion, KafkaChangelogLog
from streams.changelog_partition import ChangelogPartition
from streams.connection import KafkaConnection
from streams.dead_letters import DeadLetters
from streams.engine import Engine
from streams.faust_private import BatchApp, BatchSchema, UnrecoveredTables
from streams.partition import SourcePartition
from streams.partition_context import Outlets, PartitionContext
from streams.partition_table import LedgerTable
from streams.sending import LARGEST_REQUEST_BYTES, FaustSender
from streams.source_bounds import SourceBounds
from streams.source_partitions import SourcePartitions
from streams.statistics import OnFolded, PartitionStatus, PipelineStatistics
from streams.transport import Batch
from streams.wire_names import (
    STORE_SCHEME,
    agent_name,
    changelog_topic,
    client_id,
    sla_event_source,
    table_name,
)

logger = logging.getLogger(__name__)

BATCHES_IN_FLIGHT: Final = 4
COMMIT_SECONDS: Final = 2.0
HEARTBEAT_SHARE: Final = 5
REQUEST_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.25
ANNOUNCED: Final[Topic] = "tickets"
"""The one topic whose cases have SLA targets."""
PRODUCER_BATCH_BYTES: Final = 1_000_000
"""What goes to a partition in one piece: a checkpoint up to this size is there whole or not at all."""


@dataclass(frozen=True, slots=True)
class ProcessorSettings:
    """What a processor needs to know.

    topics: the source topics to process with their names; sla_events: the topic that outcomes of SLA targets
    are announced to, where the configuration announces; instance_id: for static membership, unique per
    worker and kept over restarts; session_seconds: after how long without a sign of life a worker's
    partitions go elsewhere.
    """

    connection: KafkaConnection
    group: str
    topics: Mapping[Topic, str]
    dead_letters: str
    configuration: Configuration
    sla_events: str | None = None
    instance_id: str | None = None
    session_seconds: float = 10.0

    @property
    def is_announcing(self) -> bool:
        """Whether outcomes of SLA targets are announced."""
        return self.sla_events is not None and self.configuration.announcing is not None


class _ConsumerReader:
    """Reads one source partition through the app's consumer."""

    def __init__(self, app: BatchApp, place: TP, bounds: SourceBounds) -> None:
        self._app = app
        self._place = place
        self._bounds = bounds

    async def seek(self, offset: int) -> None:
        await self._app.seek_to(self._place, offset)

    def hold(self) -> None:
        self._app.hold(self._place)

    async def bounds(self) -> tuple[int, int]:
        return await self._bounds.of(self._place.topic, self._place.partition)

    def heard(self) -> tuple[int, float] | None:
        end, heard_at = self._app.end_offset(self._place), self._app.heard_at(self._place)
        return None if end is None or heard_at is None else (end, heard_at)


class Worker:
    """The Faust app of this process, from start to stop."""

    def __init__(
        self,
        settings: ProcessorSettings,
        partitions: Mapping[Topic, int],
        *,
        engine: Engine,
        statistics: PipelineStatistics,
        on_folded: OnFolded,
    ) -> None:
        self.state_lock = asyncio.Lock()
        """Held while a slice is folded, and by whoever reads the state in more than one step."""
        self._settings = settings
        self._statistics = statistics
        self._app = _new_app(settings)
        self._sender = FaustSender(self._app)
        self._bounds = SourceBounds(settings.connection)
        self._deletion = HeadDeletion(settings.connection)
        self._partitions = SourcePartitions(dict(settings.topics), self._new_partition)
        self._app.ownership = self._partitions
        self._tables: dict[Topic, LedgerTable] = {}
        self._contexts: dict[Topic, PartitionContext] = {}
        for topic, count in partitions.items():
            table = self._tables[topic] = self._add_table(topic)
            self._contexts[topic] = PartitionContext(
                topic=topic,
                source=settings.topics[topic],
                partitions=count,
                configuration=settings.configuration,
                engine=engine,
                statistics=statistics,
                ledgers=table.ledgers,
                state_lock=self.state_lock,
                on_folded=on_folded,
                event_clock=self._event_clock,
            )
            self._add_agent(topic)

    async def run(self, stopping: asyncio.Event) -> None:
        """Start the app and return when `stopping` is set.

        Raises:
            StateMismatch, ChangelogDamaged: trying again cannot help.
            Exception: what the app crashed with; a new one can be built.
        """
        life = asyncio.create_task(self._live())
        stop = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({life, stop}, return_when=asyncio.FIRST_COMPLETED)
            if life.done():
                await life
        finally:
            for task in (life, stop):
                task.cancel()
            await asyncio.gather(life, stop, return_exceptions=True)

    async def stop(self) -> None:
        """Write last checkpoints, commit, and stop the app; takes 15 s at most and does not raise."""
        endings = [self._app.commit_now()] if await self._partitions.give_up_all() else []
        for ending in (*endings, self._bounds.close(), self._app.stop()):
            task = asyncio.ensure_future(ending)
            # Not wait_for: it waits for what it cancels, and Faust swallows cancellation while it stops.
            await asyncio.wait({task}, timeout=STOP_SECONDS)
            if not task.cancel() and (error := task.exception()) is not None:
                logger.info("stopping: %r", error)

    @property
    def ledgers(self) -> dict[tuple[Topic, int], PartitionLedger]:
        """The state of every partition that is live here."""
        return {
            (topic, number): ledger
            for topic, table in self._tables.items()
            for number, ledger in table.ledgers.items()
        }

    @property
    def statuses(self) -> list[PartitionStatus]:
        """Every partition that is assigned to this worker."""
        return [self._status(topic, partition) for topic, partition in self._partitions]

    def _status(self, topic: Topic, partition: SourcePartition) -> PartitionStatus:
        place = TP(self._settings.topics[topic], partition.partition)
        end = self._app.end_offset(place)
        applied = partition.applied
        return PartitionStatus(
            topic=topic,
            partition=partition.partition,
            state=partition.state,
            reason=partition.reason,
            applied=applied,
            durable=partition.durable,
            lag_records=None if end is None or applied is None else max(0, end - applied),
            heard_at=self._app.heard_at(place),
            epoch=partition.epoch,
        )

    async def _live(self) -> None:
        starting = asyncio.create_task(self._app.start())
        try:
            while not self._app.is_over:
                await asyncio.sleep(POLL_SECONDS)
                if self._partitions.fatal is not None:
                    raise self._partitions.fatal
                if starting.done():
                    starting.result()
            raise self._app.crash_reason or RuntimeError("the Faust app stopped")
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)

    def _add_table(self, topic: Topic) -> LedgerTable:
        group = self._settings.group
        changelog = self._app.topic(changelog_topic(group, topic), internal=True, acks=False)
        table = LedgerTable(
            self._app,
            name=table_name(group, topic),
            source=self._settings.topics[topic],
            changelog=changelog,
            take=lambda numbers: self._partitions.take(topic, numbers),
        )
        self._app.tables.add(table)
        return table

    def _add_agent(self, topic: Topic) -> None:
        source = self._app.topic(self._settings.topics[topic], schema=BatchSchema())

        async def fold(stream: StreamT[Batch]) -> None:
            async for batch in stream:
                await self._take_batch(batch)

        self._app.agent(source, name=agent_name(self._settings.group, topic), concurrency=1)(fold)

    async def _take_batch(self, batch: Batch) -> None:
        await self._partitions.fold(batch)

    def _new_partition(self, topic: Topic, number: int) -> SourcePartition:
        context, settings = self._contexts[topic], self._settings
        log = KafkaChangelogLog(
            topic=changelog_topic(settings.group, topic),
            partition=number,
            connection=settings.connection,
            sender=self._sender,
            deletion=self._deletion,
        )
        changelog = ChangelogPartition(log, context, self._statistics)
        letters = DeadLetters(self._sender, settings.dead_letters, topic, self._statistics)
        return SourcePartition(
            context,
            number,
            outlets=Outlets(changelog, letters, self._new_announcing(topic, number, changelog)),
            reader=_ConsumerReader(self._app, TP(settings.topics[topic], number), self._bounds),
        )

    def _new_announcing(self, topic: Topic, number: int, changelog: ChangelogPartition) -> Announcing | None:
        settings = self._settings
        if topic != ANNOUNCED or settings.sla_events is None or settings.configuration.announcing is None:
            return None
        log = KafkaAnnouncementLog(
            settings.sla_events, number, settings.connection, self._sender, self._bounds
        )
        return Announcing(
            log,
            sla_event_source(settings.group),
            label=f"{topic}/{number}",
            changelog=changelog,
            statistics=self._statistics,
        )

    def _event_clock(self) -> int | None:
        """Return the newest event time of the partitions here where that is "now" (ms)."""
        if self._settings.configuration.clock != "event":
            return None
        moments = [ledger.watermark for ledger in self.ledgers.values()]
        return max((moment for moment in moments if moment is not None), default=None)


def _new_app(settings: ProcessorSettings) -> BatchApp:
    return BatchApp(
        settings.group,
        broker=settings.connection.faust_url,
        broker_credentials=settings.connection.faust_credentials(),
        broker_client_id=client_id(settings.group),
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / HEARTBEAT_SHARE,
        broker_request_timeout=max(REQUEST_SECONDS, settings.session_seconds),
        broker_commit_interval=COMMIT_SECONDS,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance_id,
        producer_acks=-1,
        producer_request_timeout=REQUEST_SECONDS,
        producer_max_request_size=LARGEST_REQUEST_BYTES,
        producer_max_batch_size=PRODUCER_BATCH_BYTES,
        store=f"{STORE_SCHEME}://",
        stream_buffer_maxsize=BATCHES_IN_FLIGHT,
        stream_wait_empty=False,
        table_standby_replicas=0,
        topic_allow_declare=False,  # topics are made by `streams.topic_preparation`
        topic_disable_leader=True,
        web_enabled=False,
        autodiscover=False,
        TableManager=UnrecoveredTables,
    )
