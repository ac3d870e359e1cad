"""A log of ticket events as in life: in time order over all tickets, long ids, thirty events a ticket.

Worked: a ticket every 8 s for three days is 32,400 tickets, 972,000 events; each is created, assigned, goes
back and forth thirteen times within about a day, waits for the customer at times, is solved and closed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from benchmarks.call_log import START, CallEvent, iso

EVENTS_OF_A_TICKET: Final = 30
QUEUES: Final = ("billing", "claims", "orders", "returns", "service", "tech")
SETTINGS: Final = {
    "clock": {"mode": "event"},
    "sla": {
        "first_response": {"clock": "business", "low": "8h", "normal": "4h", "high": "2h", "urgent": "30m"},
        "next_response": {"clock": "business", "low": "8h", "normal": "4h", "high": "2h", "urgent": "1h"},
        "resolution": {"low": "72h", "normal": "48h", "high": "24h", "urgent": "8h"},
    },
    "queues": [{"name": name, "channels": ["email"], "hours": "office"} for name in QUEUES],
    "calendars": {
        "office": {
            "time_zone": "Europe/Berlin",
            "weekly": {day: ["08:00-12:30", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
            "country": "DE",
        }
    },
}
"""Three targets, two of them on a business calendar."""


def ticket_events(number: int, *, seconds_between: float = 8.0, seed: int = 1) -> Iterator[CallEvent]:
    """Yield `number` events in time order."""
    random = Random(seed)
    ahead: list[tuple[int, int, str, str, str]] = []
    order, clock = 0, 0.0
    for _ in range(number):
        while not ahead or ahead[0][0] > clock * 1000:
            clock += random.expovariate(1 / seconds_between)
            ticket = str(UUID(int=random.getrandbits(128), version=4))
            for moment, kind, data in _ticket(random, clock):
                order += 1
                heapq.heappush(ahead, (moment, order, kind, data, ticket))
        moment, _, kind, data, ticket = heapq.heappop(ahead)
        yield CallEvent(moment, ticket.encode(), _line(random, moment, kind, data, ticket))


def _ticket(random: Random, clock: float) -> Iterator[tuple[int, str, str]]:
    moment = int(clock * 1000)
    priority = random.choice(("low", "normal", "normal", "high", "urgent"))
    queue = random.choice(QUEUES)
    yield moment, "ticket.created", f'{{"author":"customer","queue":"{queue}","priority":"{priority}"}}'
    moment += int(random.expovariate(1 / 600) * 1000)
    yield moment, "ticket.assigned", f'{{"agent":"agent-{random.randrange(300)}"}}'
    # One created, one assigned, then pairs, solved, closed.
    for _ in range((EVENTS_OF_A_TICKET - 4) // 2):
        moment += int(random.expovariate(1 / 3000) * 1000)
        yield moment, "ticket.message", '{"author":"agent"}'
        moment += int(random.expovariate(1 / 3000) * 1000)
        if random.random() < 0.2:  # noqa: PLR2004  # one answer in five waits for the customer
            yield moment, "ticket.status", '{"to":"pending"}'
        else:
            yield moment, "ticket.message", '{"author":"customer"}'
    moment += int(random.expovariate(1 / 3000) * 1000)
    yield moment, "ticket.status", '{"to":"solved"}'
    yield moment + 86_400_000, "ticket.status", '{"to":"closed"}'


def _line(random: Random, moment: int, kind: str, data: str, ticket: str) -> bytes:
    time = iso(START + timedelta(milliseconds=moment))
    identity = UUID(int=random.getrandbits(128), version=4)
    return (
        f'{{"specversion":"1.0","id":"{identity}","source":"/desk/berlin","type":"{kind}","subject":"{ticket}",'
        f'"time":"{time}","data":{data}}}'
    ).encode()
