"""What the recount accepts as an event and how it refuses the rest."""

import json
from typing import Any

import pytest

from aggregators.recount_events import LAST_MOMENT, Event, decode, parse_time

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "/s",
    "type": "call.offered",
    "subject": "c",
    "time": "2026-03-02T10:00:00Z",
    "data": {"queue": "q", "unknown": [1, {"a": None}]},
}


def decoded(**changes: Any) -> Event | str:
    """Return what becomes of the good event with some attributes replaced; None removes one."""
    record = {key: value for key, value in (GOOD | changes).items() if value is not None}
    return decode(json.dumps(record))


def test_defaults_are_filled_in_and_unknown_fields_ignored() -> None:
    """`leg` is "1", `priority` normal, `via` inbound; queue and channel stay unstated."""
    event = decode(json.dumps(GOOD | {"type": "ticket.message", "data": {"author": "bot", "x": 1}}))
    assert isinstance(event, Event)
    assert event.fields == {
        "queue": None,
        "channel": None,
        "priority": "normal",
        "agent": None,
        "leg": "1",
        "retracts": None,
        "author": "bot",
        "public": True,
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "invalid_json"),
        (b'{"id": ', "invalid_json"),
        (b'{"id": NaN}', "invalid_json"),
        (b"[1]", "wrong_type"),
        (b'{"id": "\xff"}', "invalid_utf8"),
        (b"[" * 100_000, "invalid_json"),
        (b'"' + b"x" * 1024 * 1024 + b'"', "too_large"),
    ],
)
def test_broken_records_are_refused(line: bytes, reason: str) -> None:
    """Nothing raises, whatever arrives."""
    assert decode(line) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subject": None}, "missing_attribute"),
        ({"subject": ""}, "invalid_value"),
        ({"id": 7}, "wrong_type"),
        ({"specversion": "0.3"}, "invalid_value"),
        ({"type": "call.lost"}, "unknown_type"),
        ({"time": "2026-03-02T10:00:00"}, "invalid_value"),
        ({"time": "9999-01-01T00:00:00Z"}, "time_out_of_range"),
        ({"time": "1969-12-31T23:59:59.9999Z"}, "time_out_of_range"),
        ({"data": []}, "wrong_type"),
        ({"data": None}, "missing_field"),
        ({"data": {"queue": 5}}, "wrong_type"),
        ({"data": {"queue": "q", "channel": "fax"}}, "invalid_value"),
        ({"data": {"queue": "q", "priority": "top"}}, "invalid_value"),
        ({"type": "ticket.message", "data": {"author": "agent", "public": 1}}, "wrong_type"),
        ({"type": "ticket.priority", "data": {}}, "missing_field"),
        ({"type": "agent.state", "data": {"state": "break", "queues": ["a", 1]}}, "wrong_type"),
        ({"type": "customer.changed", "data": {"product": "p", "mrr": 2**53 + 1}}, "number_out_of_range"),
        ({"type": "customer.changed", "data": {"product": "p", "mrr": 1.5}}, "wrong_type"),
        ({"type": "customer.changed", "data": {"product": "p", "mrr": True}}, "wrong_type"),
    ],
)
def test_events_that_break_the_contract_are_refused(changes: dict[str, Any], reason: str) -> None:
    """Each with its own reason."""
    assert decoded(**changes) == reason


def test_a_number_too_large_to_hold_is_refused() -> None:
    """1e999 is no infinity."""
    line = json.dumps(GOOD | {"type": "customer.changed", "data": {"product": "p", "mrr": 0}})
    assert decode(line.replace(": 0}", ": 1e999}")) == "number_out_of_range"
    assert isinstance(decode(line), Event)


def test_the_effort_score_must_state_its_polarity() -> None:
    """`high_is_good` has a default for every survey but `ces`."""
    data = {"survey": "ces", "score": 2, "scale_min": 1, "scale_max": 5}
    assert decoded(type="survey.response", data=data) == "missing_field"
    switch = decoded(type="survey.response", data=data | {"survey": "switch"})
    assert isinstance(switch, Event)
    assert switch.fields["high_is_good"] is False


def test_times_are_truncated_to_milliseconds() -> None:
    """Any number of digits, any offset, both ends of the range included."""
    assert parse_time("1970-01-01T01:00:00.0019999+01:00") == 1
    assert parse_time("1969-12-31t23:00:00-01:00") == 0
    assert parse_time("2100-12-31T23:59:59.999Z") == LAST_MOMENT
