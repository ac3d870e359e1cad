"""Decode lines into events for the independent recount, or name the reason of their refusal.

Guarantee: a line is either one valid event of EVENTS.md or refused with exactly one reason; nothing raises.
Source: the event contract alone (EVENTS.md, attributes and tables of types); nothing here is shared with
the engine.
Worked number: `{"type": "call.offered", ...}` without `data.queue` is refused as `missing_field`.
Cost: about 10 µs a line with the standard library's JSON parser.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

Value = str | bool | int | float | tuple[str, ...] | None

CHANNELS = ("email", "web", "social", "messaging", "sms", "phone", "chat")
PRIORITIES = ("low", "normal", "high", "urgent")
BLOCKED_REASONS = ("no_agents", "queue_full", "trunk", "network", "closed", "other")
EXIT_REASONS = ("timeout", "key", "empty", "voicemail", "callback", "overflow", "other")
AUTHORS = ("customer", "agent", "bot", "system")
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
AGENT_STATES = ("available", "ringing", "on_contact", "wrapup", "break", "offline")
SURVEYS = ("nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion")

LARGEST_RECORD = 1024 * 1024
LARGEST_INTEGER = 2**53
FIRST_MOMENT = 0  # 1970-01-01T00:00:00.000Z
LAST_MOMENT = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp()) * 1000 - 1  # the last millisecond of 2100


@dataclass(frozen=True, slots=True)
class Field:
    """What one field of `data` may hold; a `label` is a text or a flag, `texts` a list of texts."""

    kind: str = "text"
    required: bool = False
    default: Value = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One accepted event; `time` is in milliseconds since the epoch, `content` the record as delivered."""

    topic: str
    type: str
    source: str
    identifier: str
    subject: str
    time: int
    fields: Mapping[str, Value]
    content: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """Return a text field, or None where it is not stated and has no default."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else None


class RefusedError(Exception):
    """The line breaks the event contract; the reader reports its reason and goes on with the next line."""


TEXT = Field()
FLAG = Field("flag")
NEEDED = Field(required=True)
AMOUNT = Field("integer", required=True)
NUMBER = Field("number", required=True)

# Rule — "Fields of `data` common to all types (all optional unless a table says otherwise)". The defaults of
# queue and channel belong to the case, not to the event, so they are not filled in here.
COMMON: dict[str, Field] = {
    "queue": TEXT,
    "channel": Field(choices=CHANNELS),
    "priority": Field(default="normal", choices=PRIORITIES),
    "agent": TEXT,
    "leg": Field(default="1"),
    "retracts": TEXT,
}

_STARTED_BY = Field(default="customer", choices=("customer", "agent"))
_AUTHOR = Field(required=True, choices=AUTHORS)

# Every type in the row order of the tables: this order breaks ties between events of a case with equal time.
TABLES: dict[str, dict[str, dict[str, Field]]] = {
    "tickets": {
        "ticket.created": {"author": _STARTED_BY},
        "ticket.assigned": {},
        "ticket.message": {"author": _AUTHOR, "public": Field("flag", default=True)},
        "ticket.status": {"to": Field(required=True, choices=STATUSES)},
        "ticket.priority": {"priority": Field(required=True, choices=PRIORITIES)},
        "ticket.merged": {"into": NEEDED},
        "ticket.deleted": {"reason": Field(choices=("spam", "test", "other"))},
    },
    "calls": {
        "call.blocked": {"reason": Field(default="other", choices=BLOCKED_REASONS)},
        "call.offered": {
            "queue": NEEDED,
            "via": Field(default="inbound", choices=("inbound", "transfer", "callback")),
        },
        "call.ring_no_answer": {},
        "call.answered": {},
        "call.hold": {},
        "call.unhold": {},
        "call.transferred": {"to_queue": TEXT, "to_agent": TEXT, "external": Field("label")},
        "call.abandoned": {},
        "call.exited": {"reason": Field(default="other", choices=EXIT_REASONS)},
        "call.ended": {},
        "call.wrapup_ended": {},
    },
    "chats": {
        "chat.started": {"author": _STARTED_BY},
        "chat.queued": {"queue": NEEDED},
        "chat.accepted": {},
        "chat.message": {"author": _AUTHOR},
        "chat.transferred": {"to_queue": TEXT, "to_agent": TEXT},
        "chat.abandoned": {},
        "chat.ended": {},
        "chat.wrapup_ended": {},
    },
    "agents": {
        "agent.state": {"state": Field(required=True, choices=AGENT_STATES), "queues": Field("texts")}
    },
    "surveys": {
        "survey.response": {
            "survey": Field(required=True, choices=SURVEYS),
            "score": NUMBER,
            "scale_min": NUMBER,
            "scale_max": NUMBER,
            "high_is_good": FLAG,
            "reason": TEXT,
            "wave": TEXT,
        }
    },
    "customers": {
        "customer.subscribed": {
            "product": NEEDED,
            "mrr": AMOUNT,
            "currency": NEEDED,
            "term_months": Field("integer"),
            "referred": FLAG,
            "upsell": FLAG,
        },
        "customer.changed": {"product": NEEDED, "mrr": AMOUNT},
        "customer.renewed": {"product": NEEDED},
        "customer.cancelled": {"product": NEEDED},
        "customer.purchased": {"amount": AMOUNT, "currency": NEEDED, "cart": TEXT, "upsell": FLAG},
        "customer.cart_opened": {"cart": NEEDED},
        "customer.cart_abandoned": {"cart": NEEDED},
        "customer.visited": {},
        "customer.engaged": {"kind": TEXT},
    },
}

TOPIC_OF = {name: topic for topic, types in TABLES.items() for name in types}
FIELDS_OF = {name: COMMON | own for types in TABLES.values() for name, own in types.items()}
RANK_OF = {name: rank for types in TABLES.values() for rank, name in enumerate(types)}

_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)


def decode(line: bytes | str) -> Event | str:
    """Return the event of one line, or the reason of its refusal."""
    try:
        return _event(_record(line))
    except RefusedError as refusal:
        return str(refusal)


def parse_time(text: str) -> int:
    """Return the milliseconds since the epoch of an RFC 3339 time with offset, truncated, not rounded.

    Raises RefusedError for anything else and for times outside 1970–2100.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise RefusedError("invalid_value")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if year == 0:
        raise RefusedError("time_out_of_range")
    try:
        wall = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise RefusedError("invalid_value") from None
    whole = (wall - datetime(1970, 1, 1, tzinfo=UTC)) // (wall.resolution * 1000)
    fraction = int(((match[7] or "") + "000")[:3])
    offset = 0 if match[8] is None else (int(match[9]) * 60 + int(match[10])) * 60_000
    moment = whole + fraction - (offset if match[8] != "-" else -offset)
    if not FIRST_MOMENT <= moment <= LAST_MOMENT:
        raise RefusedError("time_out_of_range")
    return moment


def _record(line: bytes | str) -> dict[str, Any]:
    raw = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
    raw = raw.rstrip(b"\r\n")
    # Rule — "records over 1 MiB are refused"
    if len(raw) > LARGEST_RECORD:
        raise RefusedError("too_large")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError("invalid_utf8") from None
    try:
        record = json.loads(text, parse_constant=_refuse_constant, parse_int=_parse_integer)
    except (ValueError, RecursionError):
        raise RefusedError("invalid_json") from None
    if not isinstance(record, dict):
        raise RefusedError("wrong_type")
    if "\\u" in text:
        _refuse_lone_surrogates(record)
    return record


def _refuse_constant(_constant: str) -> NoReturn:
    # Rule — "NaN, Infinity … are refused"; they are no JSON.
    raise RefusedError("invalid_json")


def _parse_integer(digits: str) -> int:
    # Python refuses integers of more than 4,300 digits; only being beyond 2^53 matters here.
    return int(digits[:400])


def _refuse_lone_surrogates(record: dict[str, Any]) -> None:
    try:
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise RefusedError("invalid_utf8") from None


def _attribute(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        raise RefusedError("missing_attribute")
    if not isinstance(value, str):
        raise RefusedError("wrong_type")
    if not value:
        # CloudEvents 1.0: every one of these attributes is a non-empty string.
        raise RefusedError("invalid_value")
    return value


def _event(record: Mapping[str, Any]) -> Event:
    names = ("specversion", "id", "source", "type", "subject", "time")
    version, identifier, source, name, subject, time = (_attribute(record, attribute) for attribute in names)
    if version != "1.0":
        raise RefusedError("invalid_value")
    if name not in TOPIC_OF:
        raise RefusedError("unknown_type")
    moment = parse_time(time)
    data = record.get("data", {})
    if not isinstance(data, dict):
        raise RefusedError("wrong_type")
    fields = {key: _field(data, key, field) for key, field in FIELDS_OF[name].items()}
    # `high_is_good`: "default: true, but false for `switch`; for `ces` it must be stated".
    if name == "survey.response" and fields["high_is_good"] is None:
        if fields["survey"] == "ces":
            raise RefusedError("missing_field")
        fields["high_is_good"] = fields["survey"] != "switch"
    return Event(TOPIC_OF[name], name, source, identifier, subject, moment, fields, record)


def _field(data: Mapping[str, Any], name: str, field: Field) -> Value:
    if name not in data:
        # Rule — "An event that lacks a field marked * is refused."
        if field.required:
            raise RefusedError("missing_field")
        return field.default
    value = data[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    accepted = {
        "text": isinstance(value, str),
        "flag": isinstance(value, bool),
        "label": isinstance(value, str | bool),
        "number": is_number,
        "integer": is_number and value % 1 == 0,
        "texts": isinstance(value, list) and all(isinstance(part, str) for part in value),
    }[field.kind]
    # Rule — "integers beyond 2^53"; a number like 1e999 cannot be held at all.
    if is_number and (math.isinf(value) if isinstance(value, float) else abs(value) > LARGEST_INTEGER):
        raise RefusedError("number_out_of_range" if field.kind in ("number", "integer") else "wrong_type")
    if not accepted:
        raise RefusedError("wrong_type")
    # Rule — "values not listed"
    if field.choices and value not in field.choices:
        raise RefusedError("invalid_value")
    if isinstance(value, list):
        return tuple(value)
    return value  # type: ignore[no-any-return]  # checked against its kind just above
