"""What a Redis or Valkey says about itself and about the fleet in it, for `supportpulse doctor`.

Guarantee: nothing is written. Whether the user may run a command is asked of the server, by
`redis.acl_check_cmd` within a script, not tried; what the user may not ask is an `Unasked` with the server's
words.

Worked: the user of docs/operations.md may run all of `NEEDED` on supportpulse:…, and not INFO: memory is then
Unasked("…no permissions to run the 'info' command").
Cost: about fifteen round trips.
Source: https://redis.io/docs/latest/develop/programmability/lua-api/#redis.acl_check_cmd (since 7.0)
"""

from __future__ import annotations

from collections.abc import Mapping
from time import time
from typing import Any, Final

from msgspec import Struct
from redis.exceptions import RedisError

from exporters.fleet_store import FleetStore, Place, StoredReport, StoreFailed, StoreSettings, new_client

NEEDED: Final = {
    "time": (),
    "eval": ("return 1", "1", "{prefix}reports"),
    "hset": ("{prefix}reports", "field", "value"),
    "hget": ("{prefix}reports", "field"),
    "hgetall": ("{prefix}reports",),
    "hvals": ("{prefix}watermarks",),
    "set": ("{prefix}parts:calls:0:1", "value"),
    "get": ("{prefix}now:1",),
    "mget": ("{prefix}parts:calls:0:1",),
    "pexpire": ("{prefix}reports", "1"),
}
"""What workers and exporters run, with arguments of the same shape."""

_MAY_RUN: Final = """\
if not redis.acl_check_cmd then return -1 end
return redis.acl_check_cmd(unpack(ARGV)) and 1 or 0
"""


class Unasked(Struct, frozen=True):
    """Something that the server does not tell this user; reason: in its words."""

    reason: str


class MemoryFacts(Struct, frozen=True):
    """used, most: bytes, most 0 without a limit; policy: what happens at it; version: of the server."""

    used: int
    most: int
    policy: str
    version: str


class RedisFacts(Struct, frozen=True, kw_only=True):
    """What was learned.

    clock: the server's (ms); asked_at: this machine's clock in the middle of that question (ms);
    round_trip: how long it took (ms); rights: command → whether the user may run it; reports: of the fleet.
    """

    prefix: str
    clock: int
    asked_at: int
    round_trip: int
    rights: Mapping[str, bool] | Unasked
    memory: MemoryFacts | Unasked
    reports: Mapping[Place, StoredReport] | Unasked


async def redis_facts(settings: StoreSettings) -> RedisFacts:
    """Ask a server. Raises StoreFailed where it does not answer, or not to this user."""
    client = new_client(settings)
    try:
        await client.time()  # connects: what is measured below is the question alone
        before = time()
        seconds, microseconds = await client.time()
        after = time()
        return RedisFacts(
            prefix=settings.prefix,
            clock=seconds * 1000 + microseconds // 1000,
            asked_at=int((before + after) / 2 * 1000),
            round_trip=int((after - before) * 1000),
            rights=await _rights(client, settings.prefix),
            memory=await _memory(client),
            reports=await _reports(settings),
        )
    except (RedisError, OSError) as error:
        raise StoreFailed(str(error) or type(error).__name__) from error
    finally:
        await client.aclose()


async def _rights(client: Any, prefix: str) -> Mapping[str, bool] | Unasked:  # noqa: ANN401  # redis-py's own types say less
    found: dict[str, bool] = {}
    for command, arguments in NEEDED.items():
        words = [command, *(each.replace("{prefix}", prefix) for each in arguments)]
        try:
            answer = await client.eval(_MAY_RUN, 0, *words)
        except RedisError as error:
            # Without the right to run a script there is nothing that could be asked.
            return {"eval": False} if "eval" in str(error).lower() else Unasked(str(error))
        if answer < 0:
            return Unasked("this server is older than 7.0 and does not tell what a user may do")
        found[command] = bool(answer)
    return found


async def _memory(client: Any) -> MemoryFacts | Unasked:  # noqa: ANN401  # as above
    try:
        stated = await client.info("memory")
        server = await client.info("server")
    except RedisError as error:
        return Unasked(str(error))
    return MemoryFacts(
        used=int(stated["used_memory"]),
        most=int(stated.get("maxmemory", 0)),
        policy=str(stated.get("maxmemory_policy", "")),
        version=_version(server),
    )


def _version(server: Mapping[str, Any]) -> str:
    return f"{server.get('server_name', 'redis')} {server.get('valkey_version') or server['redis_version']}"


async def _reports(settings: StoreSettings) -> Mapping[Place, StoredReport] | Unasked:
    store = FleetStore(settings)
    try:
        return (await store.reports())[1]
    except StoreFailed as error:
        return Unasked(str(error))
    finally:
        await store.close()
