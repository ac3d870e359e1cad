"""Everything this program overrides or reads of Faust's private parts, in one place.

Guarantee: no other module names an attribute of Faust's that starts with an underscore (aiokafka's fetches
are read in `streams.aiokafka_private`); tests/unit/streams/ test_faust_private.py holds the contract (names,
signatures, behaviour) against the pinned versions (faust-streaming 0.15.3, aiokafka 0.14.0), so that an
upgrade fails there and not at night.

What is different from Faust's own Kafka transport:
- the consumer yields one message per partition fetch; its value is a `Batch`;
- acknowledgement is by position: the group's committed offset is what `Ownership.durable` says, whatever was
  acked
  (the Cython stream writes the acks itself, so they are only cleared);
- seeking goes to `Ownership.applied`, never to the committed offset, and a partition without one stays
  paused;
- tables are not recovered by Faust and their changelogs are not subscribed: `streams.partition` does that per
  partition, so that one becomes live while another still reads;
- a commit that fails stops nothing, because committed offsets only show the lag.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from time import monotonic
from typing import Any, Final, Protocol, cast

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ConsumerStoppedError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.serializers.schemas import Schema
from faust.tables.manager import TableManager
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers.aiokafka import (
    AIOKafkaConsumerThread,
    Consumer,
    Producer,
    Transport,
    credentials_to_aiokafka_auth,
    server_list,
)
from faust.types import TP, ConsumerMessage
from mode.threads import WorkerThread

from streams.aiokafka_private import IDLE_SECONDS, close_consumer, drain_batches, forget_producer_id
from streams.transport import Batch, pause_after
from streams.wire_names import TRANSPORT_SCHEME

logger = logging.getLogger(__name__)
_library_logger: Final = logging.getLogger("faust.supportpulse")
"""Where Faust's own messages about these classes go, so that `streams.client_logs` folds them."""

FETCH_WAIT_MILLISECONDS: Final = 250
"""How long a broker may hold a fetch without data; so late may a partition just resumed join the fetches."""
PARTITION_FETCH_BYTES: Final = 2_097_152
COMMIT_SECONDS: Final = 5.0
THREAD_STOP_SECONDS: Final = 5.0

_offset_of = attrgetter("offset")


class Ownership(Protocol):
    """What the transport asks of the program that owns the state of partitions."""

    def applied(self, partition: TP) -> int | None:
        """Return the next offset to read of a live partition; None while it may not be read."""

    def durable(self, partition: TP) -> int | None:
        """Return the offset up to which the partition's state is durable; None when there is none."""

    async def give_up(self, partitions: Iterable[TP]) -> bool:
        """Make the state of partitions durable and let go of them; called before a rebalance, may not raise.

        Returns:
            Whether everything became durable; else Kafka had better not be asked for more.
        """


class _NoReadOffsets(dict[TP, int | None]):
    """Faust drops messages below the last offset it read; after seeking back those are what counts."""

    def __getitem__(self, partition: TP) -> int | None:
        return None


class _DaemonThread(WorkerThread):
    """A thread that hangs in a client library may not keep the process alive."""

    def __init__(self, service: Any, **options: Any) -> None:
        super().__init__(service, **options)
        self.daemon = True

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:  # noqa: BLE001  # the app crashed with it, too; a thread would print it
            logger.info("the consumer's thread ended: %r", error)

    def stop(self) -> None:
        self.is_stopped.wait(THREAD_STOP_SECONDS)


class BatchConsumerThread(AIOKafkaConsumerThread):
    """The thread with the aiokafka consumer: hands over what was fetched as batches."""

    logger = _library_logger
    Worker = _DaemonThread
    _last_round_records = 0
    _last_round_at = 0.0

    def _create_worker_consumer(self, transport: Transport) -> AIOKafkaConsumer:
        configuration = self.app.conf
        self._assignor = self.app.assignor
        return AIOKafkaConsumer(
            bootstrap_servers=server_list(transport.url, transport.default_port),
            client_id=configuration.broker_client_id,
            group_id=configuration.id,
            group_instance_id=configuration.consumer_group_instance_id,
            partition_assignment_strategy=[self._assignor],
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=PARTITION_FETCH_BYTES,
            fetch_max_wait_ms=FETCH_WAIT_MILLISECONDS,
            request_timeout_ms=int(configuration.broker_request_timeout * 1000),
            session_timeout_ms=int(configuration.broker_session_timeout * 1000),
            heartbeat_interval_ms=int(configuration.broker_heartbeat_interval * 1000),
            rebalance_timeout_ms=int(configuration.broker_rebalance_timeout * 1000),
            max_poll_interval_ms=int(configuration.broker_max_poll_interval * 1000),
            metadata_max_age_ms=configuration.consumer_metadata_max_age_ms,
            **credentials_to_aiokafka_auth(configuration.broker_credentials, configuration.ssl_context),
        )

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,
        max_records: int | None = None,
    ) -> Mapping[TP, list[Any]]:
        if not self.consumer.flow_active:
            return {}
        fetcher = consumer._fetcher
        if consumer._closed or fetcher._closed:
            raise ConsumerStoppedError
        consumer._coordinator.check_errors()
        await asyncio.sleep(pause_after(self._last_round_records, monotonic() - self._last_round_at))
        with fetcher._subscriptions.fetch_context():
            batches = await drain_batches(fetcher, active_partitions, timeout or 0.0)
        self._last_round_at = monotonic()
        self._last_round_records = sum(len(batch.records) for batch in batches.values())
        return {partition: [batch] for partition, batch in batches.items()}

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        assignment = self.assignment()
        wanted = {
            TopicPartition(partition.topic, partition.partition): OffsetAndMetadata(offset, "")
            for partition, offset in offsets.items()
            if partition in assignment
        }
        try:
            await asyncio.wait_for(self._ensure_consumer().commit(wanted), COMMIT_SECONDS)
        except (KafkaError, TimeoutError) as error:
            logger.warning("group offsets not committed: %r", error)
            return False
        return True

    async def on_thread_stop(self) -> None:
        """Close the consumer in its own thread."""
        await super(AIOKafkaConsumerThread, self).on_thread_stop()
        if self._consumer is not None:
            await close_consumer(self._consumer)

    async def seek_now(self, partition: TP, offset: int) -> None:
        """Set the next offset to read; runs in the consumer's own thread."""
        self._ensure_consumer().seek(TopicPartition(partition.topic, partition.partition), offset)

    def on_crash(self, msg: str, *fmt: Any, **kwargs: Any) -> None:
        """Print nothing: the app crashes with the same exception, and the supervisor reports that."""


class BatchConsumer(Consumer):
    """Faust's consumer with batches as messages and positions as acknowledgements."""

    logger = _library_logger

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._read_offset = _NoReadOffsets()

    @property
    def _ownership(self) -> Ownership:
        return cast(BatchApp, self.app).ownership

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        batch = cast(Batch, record)
        return ConsumerMessage(
            batch.topic,
            batch.partition,
            batch.next_position - 1,
            timestamp=0.0,
            timestamp_type=0,
            headers=None,
            key=None,
            value=cast(Any, batch),
            checksum=None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def _wait_next_records(self, timeout: float) -> tuple[Any, set[TP] | None]:
        if not self.flow_active:
            await self.wait(self.can_resume_flow)  # type: ignore[arg-type]  # mode's own callers pass asyncio events
        active = self._get_active_partitions()
        if not active:
            await asyncio.sleep(IDLE_SECONDS)
            return {}, active
        return await self._getmany(active_partitions=active, timeout=timeout), active

    async def commit_and_end_transactions(self) -> None:
        """Do nothing: the worker commits before it stops; without a broker there is nothing to wait for."""

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Do nothing: Faust would note every missing offset of a gap one by one."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        self._acked.clear()
        self._acked_index.clear()
        return (
            partition
            for partition in self.assignment()
            if topics is None or partition in topics or partition.topic in topics
        )

    def _new_offset(self, tp: TP) -> int | None:
        return self._ownership.durable(tp)

    async def perform_seek(self) -> None:
        """Seek every partition that may be read to its applied offset."""
        for partition in self.assignment():
            applied = self._ownership.applied(partition)
            if applied is not None:
                await self.seek_to(partition, applied)

    async def seek_to(self, partition: TP, offset: int) -> None:
        """Set the next offset to read.

        Raises:
            IllegalStateError: the partition is not assigned any more.
        """
        thread = cast(BatchConsumerThread, self._thread)
        await thread.call_thread(thread.seek_now, partition, offset)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Let partitions be read, but only those whose state is there."""
        super().resume_partitions({tp for tp in tps if self._ownership.applied(tp) is not None})

    def on_buffer_drop(self, tp: TP) -> None:
        """Let a partition be read again whose queue was full, unless it was given up meanwhile."""
        if self._ownership.applied(tp) is None:
            self._buffered_partitions.discard(tp)
        else:
            super().on_buffer_drop(tp)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Say nothing: lag and state of every partition are exported, guesses would only fill the log."""


class BatchProducer(Producer):
    """Faust's producer, idempotent: a retry neither doubles nor reorders, an outage expires no send."""

    logger = _library_logger

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}

    def number_anew(self) -> None:
        """Take another producer id before the next batch is sent; called after a send that finally failed.

        The client has counted what the broker refused: with the same id every later batch of that partition
        would be out of order, for ever. Batches on their way keep the id and the number that they have.
        """
        if self._producer is not None:
            forget_producer_id(self._producer)

    async def flush(self) -> None:
        """Do nothing: what has to be durable is awaited where it is sent; in an outage a flush never ends."""

    async def on_stop(self) -> None:
        """Close the client without sending what nobody awaits any more."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer._closed = True
            if producer._sender is not None:
                await producer._sender.close()
            await producer.client.close()


class BatchTransport(Transport):
    """The transport behind `TRANSPORT_SCHEME`."""

    Consumer = BatchConsumer
    Producer = BatchProducer


TRANSPORTS.aliases[TRANSPORT_SCHEME] = f"{__name__}:{BatchTransport.__name__}"


class BatchSchema(Schema[Any, Any]):
    """Hands a batch on as it is; decoding is the agent's work."""

    def compile(self, app: Any, **_options: Any) -> Callable[..., Awaitable[Any]]:
        """Return the function that makes an event of a message."""

        async def decode(message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG001  # Faust passes it
            return app.create_event(None, message.value, None, message)

        return decode


class UnrecoveredTables(TableManager):
    """Faust's tables without its recovery: changelogs are not subscribed, so it finds nothing to do."""

    logger = _library_logger

    async def on_start(self) -> None:
        """Start the tables; Faust's own version sleeps for a second first."""
        await self._update_channels()
        await self.recovery.start()

    async def _update_channels(self) -> None:
        self._tables_finalized.set()
        for table in self.values():
            await table.maybe_start()
        self._tables_registered.set()


class BatchApp(faust.App):
    """A Faust app whose partitions belong to `ownership`."""

    ownership: Ownership
    logger = _library_logger

    async def _on_partitions_revoked(self, revoked: set[TP]) -> None:
        if await self.ownership.give_up(revoked):
            try:
                await self.commit_now()
            except Exception as error:  # noqa: BLE001  # committed offsets only show the lag
                logger.warning("group offsets not committed: %r", error)
        await super()._on_partitions_revoked(revoked)

    def _create_directories(self) -> None:
        """Create none: no table is kept on disk."""

    @property
    def is_over(self) -> bool:
        """Whether the app crashed or was stopped; `crash_reason` then says with what."""
        return bool(self.should_stop)

    async def seek_to(self, partition: TP, offset: int) -> None:
        """Set the next offset to read of a partition and let it be read from there."""
        consumer = cast(BatchConsumer, self.consumer)
        await consumer.seek_to(partition, offset)
        consumer.resume_partitions({partition})

    def hold(self, partition: TP) -> None:
        """Stop reading a partition."""
        self.consumer.pause_partitions({partition})

    def end_offset(self, partition: TP) -> int | None:
        """Return the log end offset that the last fetch told, None before the first."""
        try:
            return self.consumer.highwater(partition)
        except Exception:  # noqa: BLE001  # no consumer yet, or not assigned: aiokafka asserts, Faust raises its own
            return None

    def heard_at(self, partition: TP) -> float | None:
        """Return when a broker last answered for a partition (wall clock, s), None before that."""
        thread = cast(BatchConsumerThread, cast(BatchConsumer, self.consumer)._thread)
        consumer = thread._consumer  # Faust's own accessor raises before the start
        place = TopicPartition(partition.topic, partition.partition)
        if consumer is None or place not in consumer.assignment():
            return None
        answered = consumer.last_poll_timestamp(place)
        return None if answered is None else answered / 1000

    async def commit_now(self) -> None:
        """Commit the durable positions of the group, as far as the broker answers."""
        await self.consumer.commit()
