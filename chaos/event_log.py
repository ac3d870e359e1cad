"""The log of a run: cases of two days, each event once or twice, in order, a little or hours late.

Guarantee: seed, size and start give the same records, byte for byte. Every event is delivered at most
`LATEST` after its time, well inside the horizon of `chaos.site`; events beyond it are another input
(`beyond_the_horizon`).
Worked: of a million records about 40,000 are repeated to the letter, 10,000 tell the same under another id,
10,000 the same with another time, 20,000 take something back or are taken back, 100,000 are minutes or
hours late.
Cost: about 15 µs a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple

from chaos.stories import HOUR, MINUTE, SECOND, STORIES, Happening

START = 1_709_512_200_000
"""2024-03-04T00:30:00Z, a Monday: far from the clock of whoever runs this."""
SPAN = 46 * HOUR
LATEST = 20 * HOUR
RECORDS_PER_CASE = 5.5
"""Measured over many seeds; it only decides how close the last event comes to the end of the second day."""

KINDS = ("calls", "calls", "calls", "chats", "tickets")


class LogLine(NamedTuple):
    """One record: the topic's own name in the program, the case, the event, and its time in milliseconds."""

    topic: str
    key: str
    value: str
    time: int


def event_log(seed: int, records: int) -> Iterator[LogLine]:
    """Yield exactly so many records in order of delivery."""
    chance = Random(seed)
    held: list[tuple[int, int, LogLine]] = []
    spacing = SPAN * RECORDS_PER_CASE / records
    moment, number, made, given = float(START), 0, 0, 0
    while given < records:
        topic = chance.choice(KINDS)
        subject = f"{topic[:-1]}-{seed & 0xFFFF:x}-{number}"
        number += 1
        story = STORIES[topic](chance)
        for due, line in deliveries(chance, topic, subject, int(moment), story):
            made += 1
            heappush(held, (due, made, line))
        moment += chance.expovariate(1 / spacing)
        while held and held[0][0] <= moment and given < records:
            yield heappop(held)[2]
            given += 1


def deliveries(
    chance: Random, topic: str, subject: str, start: int, story: list[Happening]
) -> Iterator[tuple[int, LogLine]]:
    """Yield what is delivered of a story, and when."""
    mistaken = ""
    for place, happening in enumerate(story):
        identity, time = f"{subject}.{place}", start + happening.offset
        data = happening.data
        if happening.mistake:
            mistaken = identity
        elif "%s" in data:
            data %= mistaken
        line = LogLine(topic, subject, event_text(identity, happening.type, subject, time, data), time)
        yield time + _delay(chance), line
        draw = chance.random()
        if draw < 0.04:
            yield time + _delay(chance), line
        elif draw < 0.05:
            twin = event_text(f"{identity}t", happening.type, subject, time, data)
            yield time + _delay(chance), line._replace(value=twin)
        elif draw < 0.06:
            other = time + chance.randrange(-MINUTE, MINUTE)
            corrected = event_text(identity, happening.type, subject, other, data)
            yield max(time, other) + _delay(chance), line._replace(value=corrected, time=other)


def beyond_the_horizon(
    seed: int, records: int, *, end: int, horizon: int, retention: int
) -> Iterator[LogLine]:
    """Yield events that come later than the horizon: of known and unknown cases, some beyond retention, too.

    end: newest event time of the log so far; horizon, retention: of calls; milliseconds.
    """
    chance = Random(seed + 1)
    for number in range(records):
        topic = chance.choice(KINDS)
        # A low number names a case of the log; a high one is unknown.
        subject = f"{topic[:-1]}-{seed & 0xFFFF:x}-{chance.randrange(200) if number % 2 else 10**9 + number}"
        late = chance.choice((horizon + MINUTE, retention - MINUTE, retention + MINUTE, retention + 9 * HOUR))
        time = end - late - chance.randrange(HOUR)
        happening = chance.choice(STORIES[topic](chance))
        data = "{}" if "%s" in happening.data else happening.data
        yield LogLine(topic, subject, event_text(f"late-{number}", happening.type, subject, time, data), time)


def event_text(identity: str, name: str, subject: str, time: int, data: str) -> str:
    """Return a CloudEvent as JSON."""
    return (
        f'{{"specversion":"1.0","id":"{identity}","source":"/chaos","type":"{name}","subject":"{subject}",'
        f'"time":"{_iso(time)}","data":{data}}}'
    )


_MINUTES: dict[int, str] = {}


def _iso(time: int) -> str:
    minute, rest = divmod(time, MINUTE)
    text = _MINUTES.get(minute)
    if text is None:
        day, within = divmod(minute, 1440)
        text = _MINUTES[minute] = f"{_date(day)}T{within // 60:02}:{within % 60:02}:"
    return f"{text}{rest // SECOND:02}.{rest % SECOND:03}Z"


def _date(day: int) -> str:

    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _delay(chance: Random) -> int:
    draw = chance.random()
    if draw < 0.9:
        return chance.randrange(2 * SECOND)
    if draw < 0.97:
        return chance.randrange(5 * MINUTE)
    return chance.randrange(2 * HOUR) if draw < 0.99 else chance.randrange(LATEST - MINUTE)
