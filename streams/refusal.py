"""Why a record is not taken: one closed list, for headers of dead letters, counters and messages.

Guarantee: every refusal in the program carries a `Reason` of this list; its value stands in the header of the
dead letter and in the label `reason` of `support_dead_letters_total`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from aggregators.bounds import MOST_CASES, MOST_EVENTS, MOST_SERIES, Bound


class Reason(StrEnum):
    """Why a record is refused; the values are a contract with dashboards and with who reads dead letters."""

    EMPTY = "empty"
    """No value: a tombstone, or zero bytes."""
    TOO_LARGE = "too_large"
    """The value has more than 1 MiB."""
    INVALID_UTF8 = "invalid_utf8"
    """Not UTF-8, or an escape that no UTF-8 can hold (half a surrogate pair)."""
    INVALID_JSON = "invalid_json"
    """Not JSON, or nested deeper than 256 levels."""
    NOT_AN_OBJECT = "not_an_object"
    """JSON, but no object."""
    MISSING_ATTRIBUTE = "missing_attribute"
    """One of specversion, id, source, type, subject, time is not there."""
    MISSING_FIELD = "missing_field"
    """A field of `data` that the type requires is not there."""
    WRONG_TYPE = "wrong_type"
    """An attribute or a known field has another JSON type; an explicit null is one."""
    INVALID_VALUE = "invalid_value"
    """A value that is not listed, an empty id, source or subject, or another specversion than 1.0."""
    UNKNOWN_TYPE = "unknown_type"
    """`type` is none of the contract's."""
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    """NaN, Infinity, a number too large for a double, or an integer beyond 2^53, anywhere in the record."""
    INVALID_TIME = "invalid_time"
    """`time` is not RFC 3339 with an offset, or names a moment no calendar has."""
    TIME_OUT_OF_RANGE = "time_out_of_range"
    """`time` lies outside the years 1970 to 2100 (UTC)."""
    FUTURE_TIME = "future_time"
    """`time` is more than `max_future_skew` ahead of the record's Kafka timestamp."""
    KEY_MISSING = "key_missing"
    """The record has no key."""
    KEY_MISMATCH = "key_mismatch"
    """The record's key is not its subject."""
    WRONG_TOPIC = "wrong_topic"
    """The type belongs to another topic."""
    EXPIRED = "expired"
    """Older than its topic's retention and of an unknown case; decided by the ledger, not by the codec."""
    CASE_FULL = Bound.CASE_FULL.value
    """Its case has 10,000 events; this and the next two are bounds of a partition (`aggregators.bounds`)."""
    TOO_MANY_CASES = Bound.TOO_MANY_CASES.value
    """Of an unknown case, and the partition keeps two million."""
    TOO_MANY_QUEUES = Bound.TOO_MANY_QUEUES.value
    """In an unknown queue, and the partition knows 20,000 pairs of channel and queue."""


BEYOND: Final = {
    Bound.CASE_FULL: f"its case has {MOST_EVENTS} events",
    Bound.TOO_MANY_CASES: f"its partition keeps {MOST_CASES} cases",
    Bound.TOO_MANY_QUEUES: f"its partition knows {MOST_SERIES} pairs of channel and queue (or product)",
}
"""What the dead letter of an event beyond a bound says."""


class Refusal(Struct, frozen=True):
    """A record that is not taken: a reason for counters and headers, a short detail for people."""

    reason: Reason
    detail: str
