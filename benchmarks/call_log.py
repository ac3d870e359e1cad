"""A log of call events as in life: in time order over all cases, 36-character ids, six events a call.

Worked: two calls a second over a day are 172,800 calls; one in ten is abandoned (two events), the others have
offered, answered, hold, unhold, ended and wrap-up, together about 970,000 events.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
_QUEUES: Final = ("sales", "service", "tech", "billing", "orders", "claims", "vip", "night", "north", "south")


class CallEvent(NamedTuple):
    """One record: its moment in milliseconds after the start, its key, its JSON."""

    moment: int
    key: bytes
    value: bytes


def call_events(number: int, *, calls_a_second: float = 2.0, seed: int = 1) -> Iterator[CallEvent]:
    """Yield `number` events in time order."""
    random = Random(seed)  # not for cryptography, and the same events every time
    ahead: list[tuple[int, int, str, str, str]] = []
    order = 0
    clock = 0.0
    for _ in range(number):
        while not ahead or ahead[0][0] > clock * 1000:
            clock += random.expovariate(calls_a_second)
            for moment, kind, data, call in _call(random, clock):
                order += 1
                heapq.heappush(ahead, (moment, order, kind, data, call))
        moment, _, kind, data, call = heapq.heappop(ahead)
        yield CallEvent(moment, call.encode(), _line(random, moment, kind, data, call))


def _call(random: Random, clock: float) -> Iterator[tuple[int, str, str, str]]:
    call = _identity(random)
    moment = int(clock * 1000)
    yield moment, "call.offered", f'{{"queue":"{random.choice(_QUEUES)}"}}', call
    moment += int(random.expovariate(1 / 25) * 1000)
    if random.random() < 0.1:  # noqa: PLR2004  # one in ten gives up
        yield moment, "call.abandoned", "{}", call
        return
    yield moment, "call.answered", f'{{"agent":"agent-{random.randrange(300)}"}}', call
    for kind, mean in (("call.hold", 90), ("call.unhold", 20), ("call.ended", 80), ("call.wrapup_ended", 30)):
        moment += int(random.expovariate(1 / mean) * 1000)
        yield moment, kind, "{}", call


def _line(random: Random, moment: int, kind: str, data: str, call: str) -> bytes:
    time = iso(START + timedelta(milliseconds=moment))
    identity = _identity(random)
    return (
        f'{{"specversion":"1.0","id":"{identity}","source":"/pbx/berlin","type":"{kind}","subject":"{call}",'
        f'"time":"{time}","data":{data}}}'
    ).encode()


def _identity(random: Random) -> str:
    """Return 36 characters in the form of a UUID; the class takes three times as long."""
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def iso(time: datetime) -> str:
    """Return a moment as events have it: RFC 3339 in UTC with milliseconds."""
    return time.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
