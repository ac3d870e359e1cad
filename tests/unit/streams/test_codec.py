"""The door: what the event contract allows comes in, everything else is refused with its reason."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators.events import DATA_OF_RANK, TOPIC_OF_RANK, TYPE_NAME, Data, Event, Rank, TicketMessage
from streams import codec
from streams.codec import MAX_RECORD_BYTES, NO_KEY_CHECK, Reason, Refusal, decode, decode_batch

MOMENT = 1_772_445_600_000  # 2026-03-02T10:00:00Z
ABSENT = object()

SAMPLES: dict[str, st.SearchStrategy[Any]] = {
    "str": st.text(max_size=8),
    "bool": st.booleans(),
    "int": st.integers(-(2**53), 2**53),
    "number": st.integers(-100, 100) | st.floats(allow_nan=False, allow_infinity=False),
    "strings": st.lists(st.text(max_size=4), max_size=3),
}


def sample_of(field_type: Any) -> st.SearchStrategy[Any]:
    """Draw a JSON value that a field of this type takes."""
    described = msgspec.inspect.type_info(field_type)
    parts = described.types if isinstance(described, msgspec.inspect.UnionType) else (described,)
    kinds = {type(part).__name__: part for part in parts}
    kinds.pop("UnsetType", None)
    if "LiteralType" in kinds:
        return st.sampled_from(kinds["LiteralType"].values)  # type: ignore[attr-defined]  # known by name
    if "FloatType" in kinds:
        return SAMPLES["number"]
    names = {"StrType": "str", "BoolType": "bool", "IntType": "int", "VarTupleType": "strings"}
    (kind,) = (names[name] for name in kinds if name in names)
    return SAMPLES[kind]


@st.composite
def records(draw: Any) -> dict[str, Any]:
    """Draw a record of the contract, of any type, with any of its fields."""
    rank = draw(st.sampled_from(list(Rank)))
    data = {}
    for field in msgspec.structs.fields(DATA_OF_RANK[rank]):
        if field.required or draw(st.booleans()):
            data[field.name] = draw(sample_of(field.type))
    if data.get("survey") == "ces":
        data["high_is_good"] = draw(st.booleans())
    record: dict[str, Any] = {
        "specversion": "1.0",
        "id": draw(st.text(min_size=1, max_size=8)),
        "source": draw(st.text(min_size=1, max_size=8)),
        "type": TYPE_NAME[rank],
        "subject": draw(st.text(min_size=1, max_size=8)),
        "time": draw(st.sampled_from(["2026-03-02T10:00:00Z", "2026-03-02t11:30:00.5+01:30"])),
    }
    if data or draw(st.booleans()):
        record["data"] = data
    return record


def record(kind: Any = "call.ended", data: Any = ABSENT, **changes: Any) -> dict[str, Any]:
    """Return a good record with these attributes changed; ABSENT leaves one out."""
    good = {
        "specversion": "1.0",
        "id": "1",
        "source": "/pbx",
        "type": kind,
        "subject": "c1",
        "time": "2026-03-02T10:00:00Z",
        "data": data,
    }
    return {name: value for name, value in (good | changes).items() if value is not ABSENT}


def altered(name: str, value: Any) -> dict[str, Any]:
    """Return the change of one attribute."""
    return {"kind" if name == "type" else name: value}


def encode(value: Any) -> bytes:
    """Return `value` as JSON, with the constants that JSON does not have."""
    return json.dumps(value, ensure_ascii=False).encode()


def reason_of(value: bytes | None, **arguments: Any) -> Reason | None:
    """Return the reason of the refusal, None for an event."""
    decoded = decode(value, **arguments)
    return decoded.reason if isinstance(decoded, Refusal) else None


def test_a_record_becomes_an_event() -> None:
    """Attributes and data arrive typed, what was not stated stays unset."""
    event = decode(encode(record("ticket.message", {"author": "agent", "public": False})))
    assert event == Event(
        MOMENT, Rank.TICKET_MESSAGE, "1", "/pbx", "c1", TicketMessage(author="agent", public=False)
    )


def test_data_may_be_absent_where_nothing_is_required() -> None:
    """An ending needs no data, an offer does."""
    assert decode(encode(record())) == Event(MOMENT, Rank.CALL_ENDED, "1", "/pbx", "c1", Data())
    assert reason_of(encode(record("call.offered"))) == Reason.MISSING_FIELD


@given(records())
def test_every_record_of_the_contract_is_taken(good: dict[str, Any]) -> None:
    """Any type with any of its fields, on its own topic and under its own key."""
    rank = next(rank for rank, name in TYPE_NAME.items() if name == good["type"])
    event = decode(encode(good), topic=TOPIC_OF_RANK[rank], key=good["subject"].encode(), timestamp=MOMENT)
    assert isinstance(event, Event)
    assert (event.rank, event.id, event.source, event.case) == (
        rank,
        good["id"],
        good["source"],
        good["subject"],
    )
    assert json.loads(msgspec.json.encode(event.data)) == good.get("data", {})


@given(records())
def test_both_paths_agree(good: dict[str, Any]) -> None:
    """An unknown field sends a record down the thorough path and changes nothing else."""
    noted = good | {"data": good.get("data", {}) | {"x": {"y": [None]}}, "traceparent": "00-1", "z": None}
    assert decode(encode(noted)) == decode(encode(good))


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time"])
def test_an_attribute_must_be_there_and_be_a_string(name: str) -> None:
    """Absent, null and a number are three faults with two reasons."""
    assert reason_of(encode(record(**altered(name, ABSENT)))) == Reason.MISSING_ATTRIBUTE
    assert reason_of(encode(record(**altered(name, None)))) == Reason.WRONG_TYPE
    assert reason_of(encode(record(**altered(name, 1)))) == Reason.WRONG_TYPE


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"specversion": "0.3"}, Reason.INVALID_VALUE),
        ({"specversion": "1"}, Reason.INVALID_VALUE),
        ({"id": ""}, Reason.INVALID_VALUE),
        ({"source": ""}, Reason.INVALID_VALUE),
        ({"subject": ""}, Reason.INVALID_VALUE),
        ({"kind": "call.started"}, Reason.UNKNOWN_TYPE),
        ({"kind": "Call.Ended"}, Reason.UNKNOWN_TYPE),
        ({"kind": ""}, Reason.UNKNOWN_TYPE),
        ({"time": "2026-03-02T10:00:00"}, Reason.INVALID_TIME),
        ({"time": "yesterday"}, Reason.INVALID_TIME),
        ({"time": "9999-01-01T00:00:00Z"}, Reason.TIME_OUT_OF_RANGE),
        ({"time": "1969-12-31T23:59:59Z"}, Reason.TIME_OUT_OF_RANGE),
        ({"data": None}, Reason.WRONG_TYPE),
        ({"data": []}, Reason.WRONG_TYPE),
        ({"data": "{}"}, Reason.WRONG_TYPE),
        ({"extension": 2**53 + 1}, Reason.NUMBER_OUT_OF_RANGE),
        ({"extension": float("nan")}, Reason.NUMBER_OUT_OF_RANGE),
        ({"extension": float("inf")}, Reason.NUMBER_OUT_OF_RANGE),
    ],
)
def test_an_attribute_outside_the_contract_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    """Versions, empty strings, types, times, shapes and numbers of the envelope."""
    assert reason_of(encode(record(**changes))) == reason


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("call.offered", {}, Reason.MISSING_FIELD),
        ("call.offered", {"queue": None}, Reason.WRONG_TYPE),
        ("call.offered", {"queue": 7}, Reason.WRONG_TYPE),
        ("call.offered", {"queue": "a", "via": "pigeon"}, Reason.INVALID_VALUE),
        ("call.offered", {"queue": "a", "via": None}, Reason.WRONG_TYPE),
        ("call.offered", {"queue": "a", "channel": "fax"}, Reason.INVALID_VALUE),
        ("call.ended", {"priority": "huge"}, Reason.INVALID_VALUE),
        ("call.ended", {"priority": 1}, Reason.WRONG_TYPE),
        ("call.ended", {"leg": 1}, Reason.WRONG_TYPE),
        ("call.ended", {"retracts": ["1"]}, Reason.WRONG_TYPE),
        ("call.ended", {"anything": 2**53 + 1}, Reason.NUMBER_OUT_OF_RANGE),
        ("call.ended", {"anything": [{"deep": float("nan")}]}, Reason.NUMBER_OUT_OF_RANGE),
        ("call.blocked", {"reason": "whim"}, Reason.INVALID_VALUE),
        ("ticket.message", {}, Reason.MISSING_FIELD),
        ("ticket.message", {"author": "agent", "public": "yes"}, Reason.WRONG_TYPE),
        ("ticket.message", {"author": "agent", "public": 1}, Reason.WRONG_TYPE),
        ("ticket.message", {"author": "Agent"}, Reason.INVALID_VALUE),
        ("ticket.created", {"author": "bot"}, Reason.INVALID_VALUE),
        ("ticket.status", {"to": "reopened"}, Reason.INVALID_VALUE),
        ("ticket.priority", {}, Reason.MISSING_FIELD),
        ("ticket.merged", {}, Reason.MISSING_FIELD),
        ("chat.queued", {}, Reason.MISSING_FIELD),
        ("chat.message", {}, Reason.MISSING_FIELD),
        ("agent.state", {}, Reason.MISSING_FIELD),
        ("agent.state", {"state": "asleep"}, Reason.INVALID_VALUE),
        ("agent.state", {"state": "break", "queues": "a"}, Reason.WRONG_TYPE),
        ("agent.state", {"state": "break", "queues": ["a", 1]}, Reason.WRONG_TYPE),
        ("customer.changed", {"product": "p", "mrr": 1.5}, Reason.WRONG_TYPE),
        ("customer.changed", {"product": "p", "mrr": True}, Reason.WRONG_TYPE),
        ("customer.changed", {"product": "p", "mrr": 2**53 + 1}, Reason.NUMBER_OUT_OF_RANGE),
        ("survey.response", {"survey": "nps", "score": 9, "scale_min": 0}, Reason.MISSING_FIELD),
        (
            "survey.response",
            {"survey": "ces", "score": 5, "scale_min": 1, "scale_max": 7},
            Reason.MISSING_FIELD,
        ),
        (
            "survey.response",
            {"survey": "nps", "score": "9", "scale_min": 0, "scale_max": 9},
            Reason.WRONG_TYPE,
        ),
    ],
)
def test_data_outside_the_contract_is_refused(kind: str, data: dict[str, Any], reason: Reason) -> None:
    """Required fields, types, listed values and numbers of the data."""
    assert reason_of(encode(record(kind, data))) == reason


def test_a_field_of_another_type_is_unknown_and_ignored() -> None:
    """`author` means nothing on a status, whatever it holds."""
    stated = decode(encode(record("ticket.status", {"to": "open", "author": 5, "public": None})))
    assert stated == decode(encode(record("ticket.status", {"to": "open"})))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.EMPTY),
        (b"", Reason.EMPTY),
        (b" ", Reason.INVALID_JSON),
        (b"{", Reason.INVALID_JSON),
        (b"\xff", Reason.INVALID_UTF8),
        (encode(record(id="é")).replace("é".encode(), b"\xe9"), Reason.INVALID_UTF8),
        (encode(record(id="X")).replace(b"X", b"\\ud800"), Reason.INVALID_UTF8),
        (b"[]", Reason.NOT_AN_OBJECT),
        (b"{}", Reason.MISSING_ATTRIBUTE),
        (encode(record()) + b"x", Reason.INVALID_JSON),
        (encode(record()) * 2, Reason.INVALID_JSON),
        (encode(record("call.ended", {"x": 1}))[:-1], Reason.INVALID_JSON),
    ],
)
def test_a_value_that_is_no_json_object_is_refused(value: bytes | None, reason: Reason) -> None:
    """Tombstones, empty, truncated and foreign values."""
    assert reason_of(value) == reason


def test_a_record_of_one_mebibyte_is_the_largest() -> None:
    """One byte more is refused before it is looked at."""
    padding = MAX_RECORD_BYTES - len(encode(record(extension="")))
    assert reason_of(encode(record(extension="x" * padding))) is None
    assert reason_of(encode(record(extension="x" * (padding + 1)))) == Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (NO_KEY_CHECK, None),
        (b"c1", None),
        (None, Reason.KEY_MISSING),
        (b"", Reason.KEY_MISMATCH),
        (b"c2", Reason.KEY_MISMATCH),
        (b"\xff\xfe", Reason.KEY_MISMATCH),
        (bytes(bytearray(NO_KEY_CHECK)), Reason.KEY_MISMATCH),
    ],
)
def test_the_key_must_be_the_subject(key: bytes | None, reason: Reason | None) -> None:
    """A missing key differs, and no key can pass for the sign that there is no check."""
    assert reason_of(encode(record()), key=key) == reason


def test_a_key_is_compared_as_utf8() -> None:
    """Subjects beyond ASCII have keys, too."""
    assert reason_of(encode(record(subject="Grüße")), key="Grüße".encode()) is None


def test_a_type_on_another_topic_is_refused() -> None:
    """A call's ending belongs to the calls."""
    assert reason_of(encode(record()), topic="calls") is None
    assert reason_of(encode(record()), topic="tickets") == Reason.WRONG_TOPIC


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        (MOMENT - 300_000, None),
        (MOMENT - 300_001, Reason.FUTURE_TIME),
        (MOMENT + 86_400_000, None),
        (None, None),
        (-1, None),
        (0, Reason.FUTURE_TIME),
    ],
)
def test_a_time_too_far_ahead_of_the_record_is_refused(timestamp: int | None, reason: Reason | None) -> None:
    """Five minutes are the default; without a timestamp there is nothing to compare with."""
    assert reason_of(encode(record()), timestamp=timestamp) == reason


def test_the_skew_can_be_chosen() -> None:
    """One millisecond of skew allows one millisecond."""
    assert reason_of(encode(record()), timestamp=MOMENT - 1, max_future_skew=1) is None
    assert reason_of(encode(record()), timestamp=MOMENT - 2, max_future_skew=1) == Reason.FUTURE_TIME


@given(st.binary(), st.none() | st.binary())
def test_no_bytes_raise(value: bytes, key: bytes | None) -> None:
    """Arbitrary bytes are an outcome, with a detail that fits a header."""
    decoded = decode(value, topic="calls", key=key, timestamp=0)
    assert isinstance(decoded, Refusal)
    assert len(decoded.detail.encode()) <= 800


@given(records(), st.data())
def test_a_damaged_record_is_an_outcome_and_the_paths_agree(
    good: dict[str, Any], data: st.DataObject
) -> None:
    """What the fast path takes, the thorough path takes with the same result, byte for byte of damage."""
    value = bytearray(encode(good))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(value)))
        value[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    damaged = bytes(value)
    whole = decode(damaged)
    thorough = codec._decode_thoroughly(damaged) if damaged else whole
    if isinstance(thorough, Refusal):
        assert whole == thorough
    else:
        assert reason_of(damaged) in (None, Reason.INVALID_TIME, Reason.TIME_OUT_OF_RANGE)
        assert not isinstance(whole, Event) or whole.data == thorough.data


@dataclass
class FetchedRecord:
    """A record as a batch has it."""

    value: bytes | None
    key: bytes | None
    timestamp: int
    offset: int = 0
    headers: tuple[()] = ()


@given(st.lists(st.tuples(records(), st.integers(0, 9), st.binary(max_size=2)), max_size=6))
def test_a_batch_is_decoded_like_its_records(drawn: list[tuple[dict[str, Any], int, bytes]]) -> None:
    """Good ones, damaged ones, tombstones, wrong and missing keys, times ahead: one by one the same."""
    batch: list[FetchedRecord] = []
    for good, fault, damage in drawn:
        value: bytes | None = encode(good)
        key: bytes | None = str(good["subject"]).encode()
        timestamp = MOMENT - 10_000_000 if fault == 1 else MOMENT + 10_000_000
        if fault == 2:
            key = None
        elif fault == 3:
            key = b"other"
        elif fault == 4:
            value = None
        elif fault == 5:
            value = encode(good)[:-1] + damage
        batch.append(FetchedRecord(value, key, timestamp))
    assert decode_batch(batch, topic="calls") == [
        decode(record.value, topic="calls", key=record.key, timestamp=record.timestamp) for record in batch
    ]


@pytest.mark.parametrize("name", ["bank-calls-1999-jan", "servicenow-incidents"])
def test_real_records_are_taken_by_the_fast_path(name: str, shared_folder: Path) -> None:
    """Every line of the real files, and none of them slowly."""
    with gzip.open(shared_folder / "data" / f"{name}.ndjson.gz") as lines:
        for line in lines:
            fast = codec._decode_known(line.rstrip())
            event = decode(line.rstrip())
            assert isinstance(event, Event)
            assert event.data == fast.data
