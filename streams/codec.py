"""Bytes of one record become an `Event` or a `Refusal`; nothing that arrives raises.

Guarantee: every rule of the event contract (docs/events.md) that needs only the record itself is decided
here, for any bytes, by two paths that agree. The fast path is one strict msgspec decode into a union tagged
by `type`; it knows only attributes and fields of the contract. Whatever it does not take (an unknown field, a
survey's numbers, a fault) goes to the thorough path, which looks at every number and names the reason. The
same bytes always give the same answer; the only limit the contract does not state is a nesting of 256 levels
(`streams.json_text`).

Worked: {"specversion": "1.0", "id": "1", "source": "/pbx", "type": "call.ended", "subject": "c1",
"time": "2026-03-02T10:00:00Z"} is Event(time=1772445600000, rank=19, id="1", source="/pbx", case="c1",
data=Data()); without its subject it is Refusal("missing_attribute", "subject is missing").

Cost: 2 µs for a typical call event in a batch, half of it msgspec's; 20 µs on the thorough path.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Union, cast

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from aggregators.events import (
    DATA_OF_RANK,
    RANK_OF_TYPE,
    TOPIC_OF_RANK,
    TOPICS,
    TYPE_NAME,
    Data,
    Event,
    Rank,
    Topic,
)
from streams.event_time import SECONDS, TimeFault, known_endings, known_minutes, milliseconds_of
from streams.json_text import json_type, parse_object, quoted
from streams.refusal import Reason, Refusal
from streams.transport import Record

MAX_RECORD_BYTES: Final = 1024 * 1024
DEFAULT_FUTURE_SKEW: Final = 5 * 60_000
NO_KEY_CHECK: Final = b"\x00no key check"
"""Passed as `key` where records have none (files); compared by identity, so that no real key can be it."""

__all__ = [
    "DEFAULT_FUTURE_SKEW",
    "MAX_RECORD_BYTES",
    "NO_KEY_CHECK",
    "Reason",
    "Refusal",
    "decode",
    "decode_batch",
]

_DETAIL_CHARACTERS: Final = 200
_ATTRIBUTES: Final = ("specversion", "id", "source", "type", "subject", "time")


_NonEmpty = Annotated[str, msgspec.Meta(min_length=1)]


class _Envelope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What both paths decode into; there is one subclass per type, with its kind of data."""

    specversion: Literal["1.0"]
    id: _NonEmpty
    source: _NonEmpty
    subject: _NonEmpty
    time: str
    data: Data
    datacontenttype: str = ""
    dataschema: str = ""


def _envelope_of(rank: Rank) -> type[_Envelope]:
    data = DATA_OF_RANK[rank]
    needs_data = any(field.required for field in msgspec.structs.fields(data))
    stated = ("data", data) if needs_data else ("data", data, msgspec.field(default_factory=data))
    return cast(
        "type[_Envelope]",
        msgspec.defstruct(
            f"Envelope{rank.name}",
            [stated],
            bases=(_Envelope,),
            tag_field="type",
            tag=TYPE_NAME[rank],
            frozen=True,
            kw_only=True,
            forbid_unknown_fields=True,
            gc=False,
        ),
    )


_ENVELOPE_OF_RANK: Final[dict[int, type[_Envelope]]] = {int(rank): _envelope_of(rank) for rank in Rank}
_RANK_OF_ENVELOPE: Final[dict[type, int]] = {envelope: rank for rank, envelope in _ENVELOPE_OF_RANK.items()}
_RANKS_OF_TOPIC: Final[dict[Topic, dict[type, int]]] = {
    topic: {kind: rank for kind, rank in _RANK_OF_ENVELOPE.items() if TOPIC_OF_RANK[rank] == topic}
    for topic in TOPICS
}
_NOT_AT_ONCE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError)
"""What the short way meets in records that it leaves to `decode`."""
# Types with numbers stay out: msgspec takes integers of any size, and the thorough path looks at each.
_KNOWN_ENVELOPES: Final = tuple(
    envelope for rank, envelope in _ENVELOPE_OF_RANK.items() if rank < Rank.SURVEY_RESPONSE
)
_decode_known: Final = msgspec.json.Decoder[_Envelope](Union[_KNOWN_ENVELOPES]).decode  # noqa: UP007
_SOURCES: Final[dict[str, str]] = {}
"""Sources met; events share the string, which saves memory and its hash. Clearing it changes nothing."""
_SOURCES_SHARED: Final = 10_000
_FIELDS_OF_RANK: Final = {rank: msgspec.structs.fields(data) for rank, data in DATA_OF_RANK.items()}


def decode_batch(
    records: Sequence[Record], *, topic: Topic, max_future_skew: int = DEFAULT_FUTURE_SKEW
) -> list[Event | Refusal]:
    """Decode the records of one topic, each as `decode` would, in one loop without a call for most of them.

    Whatever the short way does not take at once (a fault, a time not met before, an unknown field) goes to
    `decode`, which decides.
    """
    ranks, shared = _RANKS_OF_TOPIC[topic], _SOURCES.setdefault
    if len(_SOURCES) > _SOURCES_SHARED:
        _SOURCES.clear()
    found: list[Event | Refusal] = []
    for record in records:
        value = record.value
        try:
            envelope = _decode_known(value)  # type: ignore[arg-type]  # a tombstone is a TypeError
            # One C call for all fields: attribute look-ups on thirty classes are not cached by the
            # interpreter (0.3 µs).
            _, identity, source, case, text, data, _, _ = astuple(envelope)
            time = known_minutes[text[:16]] + SECONDS[text[16:19]] + known_endings[text[19:]]
            if (
                record.key == case.encode()
                and time - max_future_skew <= record.timestamp
                and len(value) <= MAX_RECORD_BYTES  # type: ignore[arg-type]  # it was decoded
            ):
                found.append(Event(time, ranks[type(envelope)], identity, shared(source, source), case, data))
                continue
        except _NOT_AT_ONCE:
            pass
        found.append(
            decode(
                value,
                topic=topic,
                key=record.key,
                timestamp=record.timestamp,
                max_future_skew=max_future_skew,
            )
        )
    return found


def decode(  # noqa: PLR0911  # one return per rule
    value: bytes | None,
    *,
    topic: Topic | None = None,
    key: bytes | None = NO_KEY_CHECK,
    timestamp: int | None = None,
    max_future_skew: int = DEFAULT_FUTURE_SKEW,
) -> Event | Refusal:
    """Decode one record.

    Args:
        value: the record's value; None is a tombstone.
        topic: the topic it came from, when types of other topics are to be refused.
        key: the record's key, None when it has none; NO_KEY_CHECK where there are no keys.
        timestamp: the record's Kafka timestamp (ms); None or a negative number: the skew is not checked.
        max_future_skew: how far the event time may lie ahead of `timestamp` (ms).

    Returns:
        The event, or the reason why it is none. Never raises, whatever the bytes.
    """
    if not value or len(value) > MAX_RECORD_BYTES:
        return _refuse_size(value)
    try:
        envelope = _decode_known(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        decoded = _decode_thoroughly(value)
        if isinstance(decoded, Refusal):
            return decoded
        envelope = decoded
    rank, case = _RANK_OF_ENVELOPE[type(envelope)], envelope.subject
    if topic is not None and TOPIC_OF_RANK[rank] != topic:
        return Refusal(Reason.WRONG_TOPIC, f"{TYPE_NAME[rank]} belongs to {TOPIC_OF_RANK[rank]}")
    time = milliseconds_of(envelope.time)
    if isinstance(time, TimeFault):
        return _refuse_time(time, envelope.time)
    if key is not NO_KEY_CHECK and (key is None or key != case.encode()):
        return _refuse_key(key, case)
    if timestamp is not None and time - max_future_skew > timestamp >= 0:
        return Refusal(Reason.FUTURE_TIME, f"{time - timestamp} ms ahead of the record's timestamp")
    return Event(time, rank, envelope.id, envelope.source, case, envelope.data)


def _refuse_size(value: bytes | None) -> Refusal:
    if value is None:
        return Refusal(Reason.EMPTY, "tombstone")
    if not value:
        return Refusal(Reason.EMPTY, "the value has no bytes")
    return Refusal(Reason.TOO_LARGE, f"{len(value)} bytes, at most {MAX_RECORD_BYTES} are taken")


def _refuse_time(fault: TimeFault, text: str) -> Refusal:
    reason = Reason.INVALID_TIME if fault is TimeFault.INVALID else Reason.TIME_OUT_OF_RANGE
    return Refusal(reason, f"time {quoted(text)} is {fault.value}")


def _refuse_key(key: bytes | None, case: str) -> Refusal:
    if key is None:
        return Refusal(Reason.KEY_MISSING, f"the record has no key, its subject is {quoted(case)}")
    text = key.decode(errors="replace")
    return Refusal(Reason.KEY_MISMATCH, f"the key {quoted(text)} is not the subject {quoted(case)}")


def _decode_thoroughly(value: bytes) -> _Envelope | Refusal:
    """Take what the fast path does not, or name the first fault: of the text, the attributes, the data."""
    record = parse_object(value)
    if isinstance(record, Refusal):
        return record
    attributes = _attributes_of(record)
    if isinstance(attributes, Refusal):
        return attributes
    rank = RANK_OF_TYPE[attributes.pop("type")]
    data = _data_of(record.get("data", {}), rank)
    return data if isinstance(data, Refusal) else _ENVELOPE_OF_RANK[rank](data=data, **attributes)  # type: ignore[arg-type]  # specversion is checked


def _attributes_of(record: dict[str, object]) -> dict[str, str] | Refusal:
    """Return the required attributes, all of them strings and none empty, of a type that exists."""
    attributes: dict[str, str] = {}
    for name in _ATTRIBUTES:
        if name not in record:
            return Refusal(Reason.MISSING_ATTRIBUTE, f"{name} is missing")
    for name in _ATTRIBUTES:
        value = record[name]
        if not isinstance(value, str):
            return Refusal(Reason.WRONG_TYPE, f"{name} must be a string, it is {json_type(value)}")
        attributes[name] = value
    if attributes["specversion"] != "1.0":
        return Refusal(Reason.INVALID_VALUE, f"specversion {quoted(attributes['specversion'])} is not '1.0'")
    for name in ("id", "source", "subject"):
        if not attributes[name]:
            return Refusal(Reason.INVALID_VALUE, f"{name} is an empty string")
    if attributes["type"] not in RANK_OF_TYPE:
        return Refusal(Reason.UNKNOWN_TYPE, f"{quoted(attributes['type'])} is no type of the contract")
    return attributes


def _data_of(stated: object, rank: int) -> Data | Refusal:
    """Convert the known fields of `data`; unknown ones are ignored whatever they hold."""
    if not isinstance(stated, dict):
        return Refusal(Reason.WRONG_TYPE, f"data must be an object, it is {json_type(stated)}")
    fields = _FIELDS_OF_RANK[rank]
    for field in fields:
        if field.required and field.encode_name not in stated:
            return Refusal(Reason.MISSING_FIELD, f"{TYPE_NAME[rank]} needs data.{field.encode_name}")
    known = {field.encode_name: stated[field.encode_name] for field in fields if field.encode_name in stated}
    if rank == Rank.SURVEY_RESPONSE and known["survey"] == "ces" and "high_is_good" not in known:
        return Refusal(Reason.MISSING_FIELD, "a ces survey needs data.high_is_good")
    try:
        return msgspec.convert(known, DATA_OF_RANK[rank])
    except msgspec.ValidationError as error:
        # msgspec says "Invalid enum value 'x' - at `$.channel`", else "Expected `str`, got `int` - at
        # `$.queue`".
        is_unlisted = str(error).startswith("Invalid enum value")
        detail = str(error).replace("`", "").replace("$.", "data.")
        return Refusal(
            Reason.INVALID_VALUE if is_unlisted else Reason.WRONG_TYPE, detail[:_DETAIL_CHARACTERS]
        )
