"""Which records of a log stand, and which cases are kept at its end."""

import json
from typing import Any

from aggregators.recount_limits import HOUR, read_limits
from aggregators.recount_log import LogRecord, PartitionLog
from aggregators.recount_settings import read_settings

BASE = 1_772_445_600_000
"""2026-03-02T10:00:00Z."""
STATED = {"windows": {"horizon": "2h", "retention": {"calls": "3h"}, "max_open": {"calls": "2h"}}}


def new_log() -> PartitionLog:
    """Return the log of a partition with a retention of three hours."""
    return PartitionLog("calls", 0, read_settings(STATED), read_limits(STATED))


def record(hours: float, subject: str = "c1", **changed: Any) -> LogRecord:
    """Return a record, so many hours after ten o'clock; its type is call.offered."""
    minutes = 600 + int(hours * 60)
    event = {
        "specversion": "1.0",
        "id": f"{subject}-{hours}",
        "source": "/pbx",
        "type": "call.offered",
        "subject": subject,
        "time": f"2026-03-{2 + minutes // 1440:02}T{minutes // 60 % 24:02}:{minutes % 60:02}:00Z",
        "data": {"queue": "sales"},
    }
    return LogRecord(subject.encode(), json.dumps(event | changed).encode(), BASE + 1000 * HOUR)


def fed(*records: LogRecord) -> PartitionLog:
    """Return a log that took some records."""
    log = new_log()
    for each in records:
        log.take(each)
    return log


def test_records_that_break_the_contract_are_refused_by_reason() -> None:
    """Empty, of another topic, with another key, ahead of its own timestamp."""
    good = record(0)
    log = fed(
        LogRecord(b"c1", None, 0),
        good._replace(key=b"other"),
        good._replace(key=None),
        good._replace(timestamp=BASE - HOUR),
        record(0, type="chat.ended"),
        good._replace(value=b"{"),
    )
    assert log.refused == {
        "empty": 1,
        "key": 2,
        "future_time": 1,
        "wrong_topic": 1,
        "invalid_json": 1,
    }
    assert list(log.stays()) == []
    assert log.newest is None


def test_an_old_event_of_an_unknown_case_is_expired() -> None:
    """Exactly at the retention it is not."""
    log = fed(record(5), record(2, "at the bound"), record(1.9, "older"))
    assert log.refused == {"expired": 1}
    assert sorted(stay.subject for stay, _ in log.stays()) == ["at the bound", "c1"]


def test_a_case_that_was_let_go_begins_anew() -> None:
    """It had ended at 10:30 and left at 13:30; what is told of it then is another stay."""
    log = fed(
        record(0),
        record(0.5, type="call.abandoned"),
        record(3.5, "other"),
        record(3.4, "c1", type="call.ended"),
    )
    assert [(stay.subject, len(stay.deliveries), kept) for stay, kept in log.stays()] == [
        ("c1", 2, False),
        ("other", 1, True),
        ("c1", 1, True),
    ]


def test_an_open_contact_stays_for_retention_and_max_open() -> None:
    """Nobody waits for a call without a word for three hours; a minute earlier it is kept."""
    assert [kept for _, kept in fed(record(0), record(2.98, "other")).stays()] == [True, True]
    assert [kept for _, kept in fed(record(0), record(3, "other")).stays()] == [False, True]


def test_a_case_that_shows_its_beginning_after_the_first_record_is_whole() -> None:
    """One without, or one dated before, may have begun earlier."""
    log = fed(
        record(1, "first"), record(2, "whole"), record(2, "cut", type="call.ended"), record(0.5, "late")
    )
    assert {stay.subject: log.began_before(stay) for stay, _ in log.stays()} == {
        "first": True,
        "whole": False,
        "cut": True,
        "late": True,
    }
