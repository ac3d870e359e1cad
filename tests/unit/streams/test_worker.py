"""How the Faust app is built (what it does is tested on a real broker)."""

from typing import Any

from streams.faust_private import BatchTransport, UnrecoveredTables
from streams.partition_table import LedgerStore
from streams.statistics import PipelineStatistics
from streams.worker import BATCHES_IN_FLIGHT, Worker
from testbed.counting_core import counting_engine
from testbed.counting_processor import SESSION_SECONDS, processor_settings


def new_worker() -> Any:
    """Return a worker that was not started."""
    return Worker(
        processor_settings("127.0.0.1:1", "support.calls", "group", instance="one"),
        {"calls": 8},
        engine=counting_engine(),
        statistics=PipelineStatistics(),
        on_folded=lambda _: None,
    )


async def test_the_app_is_set_for_exactness() -> None:
    """Earliest, all acknowledgements, static membership, a few batches in flight, no declared topics."""
    configuration = new_worker()._app.conf
    assert configuration.id == "group"
    assert configuration.consumer_auto_offset_reset == "earliest"
    assert configuration.consumer_group_instance_id == "one"
    assert configuration.broker_session_timeout == SESSION_SECONDS
    assert configuration.producer_acks == -1
    assert configuration.stream_buffer_maxsize == BATCHES_IN_FLIGHT
    assert configuration.table_standby_replicas == 0
    assert not configuration.topic_allow_declare
    assert configuration.topic_disable_leader
    assert not configuration.web_enabled


async def test_there_is_one_agent_and_one_table_per_topic() -> None:
    """The agent has one instance; the table has the store with a ledger per partition."""
    app = new_worker()._app
    assert isinstance(app.transport, BatchTransport)
    assert isinstance(app.tables, UnrecoveredTables)
    (table,) = app.tables.values()
    assert table.name == "group-calls"
    assert isinstance(table.data, LedgerStore)
    assert table.changelog_topic_name == "group-calls-changelog"
    (agent,) = app.agents.values()
    assert agent.concurrency == 1


async def test_before_anything_is_assigned_there_is_nothing() -> None:
    """Readers need no special case."""
    worker = new_worker()
    assert worker.ledgers == {}
    assert worker.statuses == []
