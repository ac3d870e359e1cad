"""The test Redis is a real one, reached at its URL, and empty after a restart."""

import redis

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
