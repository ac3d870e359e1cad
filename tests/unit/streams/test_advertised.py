"""Where a worker says that it answers."""

import asyncio
import socket

import pytest

from streams.advertised import advertised_address
from streams.settings import configuration_from_mapping


def advertised(redis: str = "", **http: object) -> str:
    """Return the address that a worker with this configuration tells, listening on port 9000."""
    settings = configuration_from_mapping({"http": {"open": True, **http}, "redis": {"url": redis}})
    return asyncio.run(advertised_address(settings, 9000))


@pytest.mark.parametrize(
    ("http", "expected"),
    [
        ({"advertised": "http://worker-1:9464/"}, "http://worker-1:9464"),
        ({}, "http://127.0.0.1:9000"),
        ({"host": "10.0.0.7"}, "http://10.0.0.7:9000"),
        ({"host": "::1"}, "http://[::1]:9000"),
    ],
)
def test_what_is_stated_or_listened_on_is_told(http: dict[str, object], expected: str) -> None:
    """Without looking anything up."""
    assert advertised(**http) == expected


def test_who_listens_everywhere_is_found_where_it_reaches_redis() -> None:
    """On this machine that is the loopback interface."""
    assert advertised("redis://127.0.0.1:6379/0", host="0.0.0.0") == "http://127.0.0.1:9000"


@pytest.mark.parametrize("redis", ["", "redis://redis.invalid:6379/0"])
def test_without_a_way_to_redis_its_name_is_told(redis: str) -> None:
    """In a network of containers that is a name that others can look up."""
    assert advertised(redis, host="0.0.0.0") == f"http://{socket.gethostname()}:9000"
