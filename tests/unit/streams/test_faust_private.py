"""The contract with the private parts of Faust: names, signatures, and what they do."""

import inspect
from importlib.metadata import version
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer.subscription_state import SubscriptionState
from faust.agents.agent import Agent
from faust.tables.manager import TableManager
from faust.transport.consumer import Consumer as BaseConsumer
from faust.transport.drivers import by_url
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Producer
from faust.types import TP

from streams.faust_private import (
    BatchApp,
    BatchConsumer,
    BatchConsumerThread,
    BatchProducer,
    BatchTransport,
    UnrecoveredTables,
    _NoReadOffsets,
)
from streams.wire_names import TRANSPORT_SCHEME


def test_the_versions_are_those_the_private_parts_were_read_in() -> None:
    """An upgrade has to go through this file."""
    assert version("faust-streaming") == "0.15.3"
    assert version("aiokafka").startswith("0.14.")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (BatchConsumer, Consumer),
        (BatchConsumerThread, AIOKafkaConsumerThread),
        (BatchProducer, Producer),
        (UnrecoveredTables, TableManager),
        (BatchApp, faust.App),
    ],
)
def test_every_overridden_method_exists_with_the_same_parameters(mine: type, theirs: type) -> None:
    """A method that was renamed would silently not be overridden any more."""
    own = {
        "seek_to",
        "seek_now",
        "hold",
        "end_offset",
        "heard_at",
        "commit_now",
        "is_over",
        "_ownership",
        "number_anew",
    }
    for name, value in vars(mine).items():
        if name.startswith("__") or name in own or not inspect.isfunction(value):
            continue
        original = inspect.getattr_static(theirs, name)
        assert list(inspect.signature(value).parameters) == list(inspect.signature(original).parameters), name


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (SubscriptionState, ["fetch_context"]),
        (AIOKafkaProducer, ["stop", "client"]),
        (AIOKafkaClient, ["close"]),
        (
            BaseConsumer,
            ["perform_seek", "commit", "force_commit", "_set_active_tps", "_get_active_partitions"],
        ),
        (TableManager, ["_update_channels", "recovery"]),
        (faust.App, ["_on_partitions_revoked", "_create_directories"]),
        (Agent, ["concurrency"]),
    ],
)
def test_what_is_called_is_there(owner: Any, names: list[str]) -> None:
    """Methods and properties by name; instance attributes are met by the tests on a real broker."""
    annotated = {name for base in inspect.getmro(owner) for name in getattr(base, "__annotations__", {})}
    initialised = inspect.getsource(owner.__init__)
    for name in names:
        assert hasattr(owner, name) or name in annotated or f"self.{name}" in initialised, name


def test_the_url_scheme_gives_the_transport() -> None:
    """A broker URL of this program is read by this program's transport."""
    assert by_url(f"{TRANSPORT_SCHEME}://localhost:9092") is BatchTransport
    assert BatchTransport.Consumer is BatchConsumer
    assert BatchTransport.Producer is BatchProducer


def test_faust_never_knows_what_was_read() -> None:
    """So it drops nothing after seeking back."""
    offsets = _NoReadOffsets()
    offsets[TP("calls", 0)] = 17
    assert offsets[TP("calls", 0)] is None
