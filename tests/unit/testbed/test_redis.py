"""The test Redis is a real one, reached at its URL, and empty after a restart."""

from pathlib import Path

import pytest
import redis

from testbed.certificates import self_signed
from testbed.redis import RedisServer
from testbed.requirements import require


def test_a_key_is_kept_until_the_server_restarts(redis_server: RedisServer, fresh_name: str) -> None:
    """What is set can be read at the server's URL."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.set(fresh_name, b"1", px=60_000)
        assert client.get(fresh_name) == b"1"


def test_a_killed_server_comes_back_empty_at_the_same_address() -> None:
    """Nothing is persisted, so tests that kill it know what they find."""
    require("redis")
    with RedisServer() as server, redis.Redis.from_url(server.url) as client:
        client.set("key", b"1")
        address = server.address
        server.kill()
        assert not server.answers()
        server.start()
        assert server.address == address
        assert client.get("key") is None
    assert not server.directory.exists()


def test_options_reach_the_server() -> None:
    """A limit of memory, for instance."""
    require("redis")
    with RedisServer(options={"--maxmemory": "3mb"}) as server, server.client() as client:
        assert client.config_get("maxmemory") == {"maxmemory": "3145728"}


def test_with_a_certificate_it_takes_tls_only(tmp_path: Path) -> None:
    """A client without TLS gets no answer."""
    require("redis", "openssl")
    with RedisServer(certificate=self_signed(tmp_path)) as server:
        assert server.url.startswith("rediss://")
        with server.client() as client:
            assert client.ping()
        with (
            redis.Redis(host="127.0.0.1", port=server.port, socket_timeout=1) as plain,
            pytest.raises(redis.RedisError),
        ):
            plain.ping()
