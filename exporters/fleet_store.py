"""The fleet's shared store in Redis or Valkey: what workers put there and exporters read.

Guarantee: every call ends within `DEADLINE_SECONDS`, by a result or by `StoreFailed`; nothing is tried twice.
A partition's writer with an older epoch is refused, in one atomic step; a tick that was stored never changes.
Everything expires by itself, and no other keys than the ones named here are touched:

    <prefix>reports                  hash: topic/partition → "epoch seen ticks " and the report
    <prefix>parts:<topic>:<n>:<tick> "seen " and the parts of one partition in one tick
    <prefix>watermarks               hash: topic/partition → newest event time (only with the event clock)
    <prefix>now:<tick>               the common now of a tick (only with the event clock)

`seen` is Redis' own clock in milliseconds, so that ages do not depend on the clocks of workers and exporters.

Worked: epoch 41 of calls/3 stored tick 600; a worker that slept since epoch 17 comes with tick 601:
"superseded".
Cost: one round trip a second for a worker, two for an exporter. redis-py's own defaults would block 4 to 9 s.
Source: https://redis.io/docs/latest/develop/programmability/eval-intro/ (a script is atomic)
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any, Final

from msgspec import Struct
from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

from exporters.circuit_breaker import CircuitBreaker

DEADLINE_SECONDS: Final = 1.0
CONNECT_SECONDS: Final = 0.5
EXPIRY_MS: Final = 20_000
"""Of the parts of a tick: what nobody has shown by then is too old to be shown."""
REPORTS_EXPIRY_MS: Final = 60_000
FORGET_EPOCH_MS: Final = 30_000
"""A report not renewed for so long refuses nobody: epochs begin anew where a changelog was deleted."""
TICKS_KEPT: Final = 20

Place = tuple[str, int]
"""(topic, partition)."""

PUBLISHED: Final = "published"
SUPERSEDED: Final = "superseded"
REPEATED: Final = "repeated"
RESULTS: Final = (SUPERSEDED, PUBLISHED, REPEATED)
"""What became of a publication, by the number that the script returns."""

_PUBLISH: Final = """\
local time = redis.call('TIME')
local seen = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local held, ticks = redis.call('HGET', KEYS[1], ARGV[1]), ''
if held then
  local epoch, since, known = string.match(held, '^(-?%d+) (%d+) ([%d,]*) ')
  if epoch and seen - since < tonumber(ARGV[7]) then
    if tonumber(ARGV[2]) < tonumber(epoch) then return 0 end
    ticks = known
  end
end
local result = 1
if ARGV[3] ~= '' then
  local kept, number = {ARGV[3]}, 1
  for tick in string.gmatch(ticks, '%d+') do
    if tick == ARGV[3] then result = 2 end
    if number < tonumber(ARGV[8]) then
      number = number + 1
      kept[number] = tick
    end
  end
  if result == 1 then
    redis.call('SET', KEYS[2], seen .. ' ' .. ARGV[5], 'PX', ARGV[6])
    ticks = table.concat(kept, ',')
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. seen .. ' ' .. ticks .. ' ' .. ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[9])
return result
"""
"""ARGV: 1 field, 2 epoch, 3 tick (empty: a report alone), 4 report, 5 parts, 6 expiry of parts, 7 age at
which a report refuses nobody, 8 ticks kept, 9 expiry of reports."""

_COMMON_NOW: Final = """\
for index = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local now = redis.call('GET', KEYS[2])
if now then return now end
now = ''
for _, watermark in ipairs(redis.call('HVALS', KEYS[1])) do
  if now == '' or tonumber(watermark) > tonumber(now) then now = watermark end
end
redis.call('SET', KEYS[2], now, 'PX', ARGV[1])
return now
"""


class StoreFailed(Exception):
    """Redis refused, did not answer in time, or cannot be reached; the message says which.

    What to do: nothing for the events, which do not need it; look at the server for the fleet's view.
    """


class StoreSettings(Struct, frozen=True):
    """How to reach the server; prefix: begins every key."""

    url: str
    prefix: str
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None


class Publication(Struct, frozen=True):
    """One partition's report of a tick; tick and parts are None where it has no numbers."""

    place: Place
    epoch: int
    report: bytes
    tick: int | None = None
    parts: bytes | None = None


class StoredReport(Struct, frozen=True):
    """A report as it lies in Redis.

    seen: when it was written (ms, Redis' clock); ticks: those whose parts were stored.
    """

    epoch: int
    seen: int
    ticks: frozenset[int]
    report: bytes


class FleetStore:
    """One client of the store; calls must not overlap."""

    def __init__(self, settings: StoreSettings) -> None:
        """Prepare; nothing is connected yet."""
        self._prefix = settings.prefix
        self._client = new_client(settings)
        self._breaker = CircuitBreaker(monotonic)

    @property
    def is_worth_asking(self) -> bool:
        """Whether to call at all; False for some seconds after failures in a row."""
        return self._breaker.allows

    async def publish(self, publications: Sequence[Publication]) -> list[str]:
        """Store reports and parts; return for each one of RESULTS. Raises StoreFailed."""
        pipeline = self._client.pipeline(transaction=False)
        for each in publications:
            self._queue(pipeline, each)
        if not publications:
            pipeline.time()  # whether the server answers is worth knowing also without a partition
        answers = await self._ask(pipeline.execute())
        return [RESULTS[answer] for answer in answers] if publications else []

    async def common_now(self, tick: int, watermarks: Mapping[Place, int]) -> int | None:
        """Tell this worker's newest event times (ms); return the fleet's newest as the first to ask had it.

        Every worker gets the same answer for a tick; None before the first event. Raises StoreFailed.
        """
        keys = (f"{self._prefix}watermarks", f"{self._prefix}now:{tick}")
        pairs = [word for place, moment in watermarks.items() for word in (_field(place), moment)]
        answer = await self._ask(self._client.eval(_COMMON_NOW, len(keys), *keys, REPORTS_EXPIRY_MS, *pairs))
        return int(answer) if answer else None

    async def reports(self) -> tuple[int, dict[Place, StoredReport]]:
        """Return Redis' clock (ms) and every report. Raises StoreFailed."""
        pipeline = self._client.pipeline(transaction=False)
        pipeline.time()
        pipeline.hgetall(f"{self._prefix}reports")
        (seconds, microseconds), stored = await self._ask(pipeline.execute())
        try:
            found = {_place(field): _stored_report(value) for field, value in stored.items()}
        except ValueError as error:
            raise StoreFailed(f"{self._prefix}reports holds what no worker wrote: {error}") from error
        return int(seconds) * 1000 + int(microseconds) // 1000, found

    async def parts(self, tick: int, places: Iterable[Place]) -> dict[Place, tuple[int, bytes]]:
        """Return what is stored of a tick: when it was written (ms, Redis' clock) and the parts.

        Partitions whose parts have expired are left out. Raises StoreFailed.
        """
        wanted = list(places)
        answers = await self._ask(self._client.mget([self._parts_key(place, tick) for place in wanted]))
        try:
            return {
                place: _stored_parts(answer)
                for place, answer in zip(wanted, answers, strict=True)
                if answer is not None
            }
        except ValueError as error:
            raise StoreFailed(f"parts of tick {tick} are what no worker wrote: {error}") from error

    async def close(self) -> None:
        """Let go of the connection."""
        await self._client.aclose()

    def _queue(self, pipeline: Any, publication: Publication) -> None:  # noqa: ANN401  # redis-py types it as three
        tick = publication.tick
        keys = (f"{self._prefix}reports", self._parts_key(publication.place, tick or 0))
        pipeline.eval(
            _PUBLISH,
            len(keys),
            *keys,
            _field(publication.place),
            publication.epoch,
            "" if tick is None else tick,
            publication.report,
            publication.parts or b"",
            EXPIRY_MS,
            FORGET_EPOCH_MS,
            TICKS_KEPT,
            REPORTS_EXPIRY_MS,
        )

    def _parts_key(self, place: Place, tick: int) -> str:
        return f"{self._prefix}parts:{place[0]}:{place[1]}:{tick}"

    async def _ask(self, asked: Awaitable[Any]) -> Any:  # noqa: ANN401  # each command has an answer of its own
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                answer = await asked
        except TimeoutError as error:
            self._breaker.note_failure()
            raise StoreFailed(f"no answer within {DEADLINE_SECONDS:g} s") from error
        except (RedisError, OSError, ssl.SSLError) as error:
            self._breaker.note_failure()
            raise StoreFailed(str(error) or type(error).__name__) from error
        self._breaker.note_success()
        return answer


def new_client(settings: StoreSettings) -> Redis:
    """Return a client that waits shortly and tries once."""
    stated: dict[str, Any] = dict(parse_url(settings.url))
    is_secure = settings.url.startswith("rediss://")
    stated.pop("connection_class", None)
    path = stated.pop("path", None)
    if path is not None:
        stated["unix_socket_path"] = path
    if settings.username:
        stated["username"] = settings.username
    if settings.password:
        stated["password"] = settings.password
    if is_secure:
        stated |= {
            "ssl": True,
            "ssl_ca_certs": settings.ca_file,
            "ssl_certfile": settings.cert_file,
            "ssl_keyfile": settings.key_file,
        }
    return Redis(
        **stated,
        socket_timeout=DEADLINE_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )


def _field(place: Place) -> str:
    return f"{place[0]}/{place[1]}"


def _place(field: bytes) -> Place:
    topic, _, partition = field.decode().partition("/")
    return topic, int(partition)


def _stored_parts(value: bytes) -> tuple[int, bytes]:
    seen, _, parts = value.partition(b" ")
    return int(seen), parts


def _stored_report(value: bytes) -> StoredReport:
    epoch, seen, ticks, report = value.split(b" ", 3)
    known = frozenset(int(tick) for tick in ticks.split(b",") if tick)
    return StoredReport(int(epoch), int(seen), known, report)
