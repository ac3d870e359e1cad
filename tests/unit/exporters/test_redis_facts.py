"""What a real Redis says of itself, to an administrator and to others."""

import re
from collections.abc import Iterator

import pytest
import redis

from exporters.fleet_store import FleetStore, Publication, StoreFailed, StoreSettings
from exporters.redis_facts import NEEDED, MemoryFacts, Unasked, redis_facts
from testbed.project_files import PROJECT
from testbed.redis import RedisServer

PASSWORD = "secret"  # noqa: S105  # of users that live as long as a test


@pytest.fixture
def user(redis_server: RedisServer, fresh_name: str) -> Iterator[redis.Redis]:
    """Give an administrator's client; the user of the test's name goes with it."""
    with redis_server.client() as client:
        yield client
        client.execute_command("ACL", "DELUSER", fresh_name)


def stated(server: RedisServer, prefix: str, username: str | None = None) -> StoreSettings:
    """Return how a user reaches the server."""
    return StoreSettings(server.url, prefix, username, None if username is None else PASSWORD)


def documented(name: str) -> list[str]:
    """Return the command of docs/operations.md for a user of another name."""
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ +(ACL SETUSER .*)$", text, flags=re.MULTILINE)
    return (
        str(command)
        .replace("SETUSER supportpulse", f"SETUSER {name}")
        .replace(">PASSWORD", f">{PASSWORD}")
        .split()
    )


async def test_an_administrator_learns_everything(redis_server: RedisServer, fresh_name: str) -> None:
    """Clock, rights, memory and what the fleet has published; nothing is written."""
    prefix = f"{fresh_name}:"
    store = FleetStore(StoreSettings(redis_server.url, prefix))
    await store.publish([Publication(("calls", 0), 7, b"report")])
    await store.close()
    with redis_server.client() as client:
        before = client.dbsize()
        facts = await redis_facts(stated(redis_server, prefix))
        assert client.dbsize() <= before
    assert abs(facts.clock - facts.asked_at) < 60_000
    assert facts.rights == dict.fromkeys(NEEDED, True)
    assert isinstance(facts.memory, MemoryFacts)
    assert facts.memory.used > 0
    assert re.fullmatch(r"(redis|valkey) \d+\.\d+\.\d+", facts.memory.version)
    assert not isinstance(facts.reports, Unasked)
    assert facts.reports["calls", 0].epoch == 7


async def test_the_documented_user_has_all_rights_and_no_look_at_memory(
    redis_server: RedisServer, fresh_name: str, user: redis.Redis
) -> None:
    """It is asked whether it may write, without writing."""
    user.execute_command(*documented(fresh_name))
    facts = await redis_facts(stated(redis_server, "supportpulse:site:", fresh_name))
    assert facts.rights == dict.fromkeys(NEEDED, True)
    assert isinstance(facts.memory, Unasked)
    elsewhere = await redis_facts(stated(redis_server, "other:", fresh_name))
    assert isinstance(elsewhere.rights, dict)
    assert elsewhere.rights["hset"] is False


async def test_a_user_without_scripts_is_told_so(
    redis_server: RedisServer, fresh_name: str, user: redis.Redis
) -> None:
    """Nothing works without them."""
    user.execute_command("ACL", "SETUSER", fresh_name, "on", f">{PASSWORD}", "~*", "+time", "+hgetall")
    facts = await redis_facts(stated(redis_server, "p:", fresh_name))
    assert facts.rights == {"eval": False}


async def test_who_is_not_let_in_learns_nothing(redis_server: RedisServer) -> None:
    """The reason is the server's."""
    with pytest.raises(StoreFailed, match=r"WRONGPASS|invalid username"):
        await redis_facts(stated(redis_server, "p:", "nobody"))
