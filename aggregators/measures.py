"""The additive measures: every number of the engine is a sum of these integers.

A row (channel, queue, time bucket) is a mapping from a measure key to an integer. Counts use their own small
keys; a distribution uses one key for the sum of its milliseconds and one for each bucket in use:

    key = (distribution + 1) << 12            the sum in milliseconds
    key = ((distribution + 1) << 12) + 1 + b  how many values lie in bucket b

so merging rows, windows, partitions and workers is one addition of mappings, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from aggregators.distribution import bucket_of

Parts = dict[int, int]
"""The sums of a row or of a window: measure key → integer. A missing key is 0."""

Series = tuple[str, str]
"""(channel, queue): whose row it is."""

SPAN: Final = 12
"""Bits of a distribution's key that name the bucket: buckets end at 37·64 + 128 = 2,496 < 4,095."""


class Count(IntEnum):
    """A count of happenings. Names are those of METRICS.md; comments where one is no metric of its own."""

    REQUESTS = 0
    OFFERED = 1
    ANSWERED = 2
    ABANDONED = 3
    SHORT_ABANDONED = 4
    EXITED = 5
    TRANSFERRED = 6
    RING_NO_ANSWER = 7
    UNANSWERED = 8  # at the arrival: +1 while nobody has answered, so a window sums to what is unanswered now
    HANDLED = 9
    ASSIGNED = 10
    RESOLVED = 11
    RESOLVED_CASES = 12
    REOPENED = 13
    MERGED = 14
    DELETED = 15
    BLOCKED_NO_AGENTS = 16
    BLOCKED_QUEUE_FULL = 17
    BLOCKED_TRUNK = 18
    BLOCKED_NETWORK = 19
    BLOCKED_CLOSED = 20
    BLOCKED_OTHER = 21
    CALL_REQUESTS = 22  # requests of the calls topic, whatever their channel: the blocked ratio goes by topic
    TICKET_ANSWERED = 23  # first responses of tickets: their part "answered" of the service level
    ANSWERED_WITHIN = 24  # contacts within T
    ABANDONED_WITHIN = 25
    EXITED_WITHIN = 26
    SLA_MET_FIRST_RESPONSE = 27
    SLA_MET_NEXT_RESPONSE = 28
    SLA_MET_RESOLUTION = 29
    SLA_BREACHED_FIRST_RESPONSE = 30
    SLA_BREACHED_NEXT_RESPONSE = 31
    SLA_BREACHED_RESOLUTION = 32
    EXITED_TIMEOUT = 33  # exits by reason: only the totals show them
    EXITED_KEY = 34
    EXITED_EMPTY = 35
    EXITED_VOICEMAIL = 36
    EXITED_CALLBACK = 37
    EXITED_OVERFLOW = 38
    EXITED_OTHER = 39
    LEVEL_MET = 40  # contacts in the numerator of the service level, each by its own queue's formula
    LEVEL_ELIGIBLE = 41  # and in its denominator
    TICKET_ANSWERED_WITHIN = 42  # first responses of tickets within the first-response target


BLOCKED_REASONS: Final = ("no_agents", "queue_full", "trunk", "network", "closed", "other")


class Distribution(IntEnum):
    """A measured duration; each is exported with mean, quantiles, max and its number of samples."""

    ANSWER = 0
    WAIT = 1
    ABANDON = 2
    FIRST_RESPONSE = 3
    NEXT_RESPONSE = 4
    HANDLE = 5
    TALK = 6
    HOLD = 7
    WRAPUP = 8
    RESOLUTION = 9
    FIRST_RESPONSE_BUSINESS = 10
    RESOLUTION_BUSINESS = 11


def sum_key(distribution: int) -> int:
    """Return the key under which the milliseconds of a distribution are summed."""
    return (distribution + 1) << SPAN


def bucket_key(distribution: int, milliseconds: int) -> int:
    """Return the key of the bucket that a duration falls into."""
    return ((distribution + 1) << SPAN) + 1 + bucket_of(milliseconds)


def add_parts(into: Parts, other: Mapping[int, int]) -> None:
    """Add another row's sums into this one. Commutative and associative: the order never matters."""
    for key, amount in other.items():
        into[key] = into.get(key, 0) + amount


def buckets_in_use(parts: Parts, distribution: int) -> list[tuple[int, int]]:
    """Return (bucket, count) of one distribution sorted by bucket, without empty buckets."""
    low = sum_key(distribution)
    high = low + (1 << SPAN)
    return sorted((key - low - 1, count) for key, count in parts.items() if low < key < high and count)
