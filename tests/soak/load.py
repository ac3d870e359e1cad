"""Events of a support centre with a steady load, made quickly: half of calls, the rest of chats and tickets.

Worked: at 20 events a second a week has 12,096,000 events: 1.1 million calls, 800,000 chats, 460,000 tickets.
They come in time order over all cases, with ids of 36 characters; one in fifty is late by up to an hour, one
in a hundred comes twice. Cost: 3 µs an event.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from random import Random
from typing import Final

from aggregators.events import DATA_OF_RANK, Data, Event, Rank, Topic

START: Final = 1_772_409_600_000
"""2 March 2026, 00:00 UTC."""
MINUTE: Final = 60_000
QUEUES: Final = tuple(f"queue-{number}" for number in range(20))
_SHARES: Final = ("calls",) * 5 + ("chats",) * 3 + ("tickets",) * 2
"""Of the cases; by events about half are calls."""
_EVENTS_A_CASE: Final = 5.9
_LATE_AFTER: Final = 50
_TWICE_AFTER: Final = 100


def _data(rank: Rank, **stated: object) -> Data:
    return DATA_OF_RANK[rank](**stated)


_PLANS: Final[dict[Topic, tuple[tuple[int, Rank, Data | None], ...]]] = {
    "calls": (
        (0, Rank.CALL_OFFERED, None),
        (20_000, Rank.CALL_ANSWERED, _data(Rank.CALL_ANSWERED, agent="agent-1")),
        (110_000, Rank.CALL_HOLD, _data(Rank.CALL_HOLD)),
        (130_000, Rank.CALL_UNHOLD, _data(Rank.CALL_UNHOLD)),
        (240_000, Rank.CALL_ENDED, _data(Rank.CALL_ENDED)),
        (270_000, Rank.CALL_WRAPUP_ENDED, _data(Rank.CALL_WRAPUP_ENDED)),
    ),
    "chats": (
        (0, Rank.CHAT_STARTED, _data(Rank.CHAT_STARTED)),
        (5_000, Rank.CHAT_QUEUED, None),
        (30_000, Rank.CHAT_ACCEPTED, _data(Rank.CHAT_ACCEPTED, agent="agent-2")),
        (60_000, Rank.CHAT_MESSAGE, _data(Rank.CHAT_MESSAGE, author="agent")),
        (600_000, Rank.CHAT_ENDED, _data(Rank.CHAT_ENDED)),
        (640_000, Rank.CHAT_WRAPUP_ENDED, _data(Rank.CHAT_WRAPUP_ENDED)),
    ),
    "tickets": (
        (0, Rank.TICKET_CREATED, None),
        (300_000, Rank.TICKET_ASSIGNED, _data(Rank.TICKET_ASSIGNED, agent="agent-3")),
        (3_000_000, Rank.TICKET_MESSAGE, _data(Rank.TICKET_MESSAGE, author="agent")),
        (3_060_000, Rank.TICKET_STATUS, _data(Rank.TICKET_STATUS, to="pending")),
        (9_000_000, Rank.TICKET_MESSAGE, _data(Rank.TICKET_MESSAGE, author="customer")),
        (12_000_000, Rank.TICKET_STATUS, _data(Rank.TICKET_STATUS, to="solved")),
    ),
}


def steady_load(events: int, *, a_second: float, seed: int = 1) -> Iterator[tuple[Topic, Event]]:
    """Yield so many events, in the order in which they arrive."""
    random = Random(seed)
    between = 1000 * _EVENTS_A_CASE / a_second
    ahead: list[tuple[int, int, Topic, Event]] = []
    numbers = itertools.count()
    moment = 0.0
    for number in range(events):
        while not ahead or ahead[0][0] > moment:
            moment += between
            for topic, event, arrives in _case(random, START + int(moment)):
                heapq.heappush(ahead, (arrives - START, next(numbers), topic, event))
        arrived, _, topic, event = heapq.heappop(ahead)
        if number % _TWICE_AFTER == 0:
            heapq.heappush(ahead, (arrived + MINUTE, next(numbers), topic, event))
        yield topic, event


def _case(random: Random, began: int) -> Iterator[tuple[Topic, Event, int]]:
    topic = random.choice(_SHARES)
    name = f"{random.getrandbits(128):036x}"
    queue = random.choice(QUEUES)
    for after, rank, data in _PLANS[topic]:
        time = began + int(after * random.uniform(0.8, 1.2))
        late = random.randrange(60 * MINUTE) if random.randrange(_LATE_AFTER) == 0 else 0
        identity = f"{random.getrandbits(128):036x}"
        stated = _data(rank, queue=queue) if data is None else data
        yield topic, Event(time, int(rank), identity, "/site", name, stated), time + late
