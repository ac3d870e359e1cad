"""Servers and folders that tests share: one of each per session, started when the first test asks for it."""

import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from testbed.kafka import KafkaBroker
from testbed.redis import RedisServer
from testbed.requirements import is_continuous_integration, require, require_shared_folder

# Shared machines stall for a second now and then, so no example has a deadline. A gate must answer the same
# question with the same answer: there the examples are fixed, while every run by hand tries new ones.
hypothesis.settings.register_profile("person", deadline=None)
hypothesis.settings.register_profile("gate", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=2_000, print_blob=True)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=25)
_SLOW_SECONDS = 20
"""What a slow test without a time-out of its own takes at most, as a weight."""

hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "gate" if is_continuous_integration() else "person")
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that may take longest, so that none of them is left alone at the end."""
    seconds: Counter[Path] = Counter()
    for item in items:
        seconds[item.path] += sum(mark.args[0] for mark in item.iter_markers("timeout"))
        seconds[item.path] += sum(_SLOW_SECONDS for _ in item.iter_markers("slow"))
    items.sort(key=lambda item: -seconds[item.path])


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[KafkaBroker]:
    """Give a running Kafka broker; it is shared, so take topic and group names from `fresh_name`."""
    require("kafka")
    with KafkaBroker() as broker:
        yield broker


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Give a running Redis server; it is shared, so take key names from `fresh_name`."""
    require("redis")
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def prometheus_binary() -> Path:
    """Give the path of the Prometheus server's program (run by `testbed.prometheus.PrometheusServer`)."""
    require("prometheus")
    return _program("prometheus")


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Give the path of promtool (to run it: `testbed.prometheus.promtool`)."""
    require("promtool")
    return _program("promtool")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Give the folder with the contracts, worked scenarios and real data beside the checkout."""
    return require_shared_folder()


@pytest.fixture
def fresh_name() -> str:
    """Give a name that no other test uses, for topics, groups and keys on shared servers."""
    return f"test-{uuid.uuid4().hex[:12]}"


def _program(name: str) -> Path:
    path = shutil.which(name)
    assert path is not None
    return Path(path)
