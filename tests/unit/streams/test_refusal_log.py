"""Lines about refused records."""

import logging

import pytest

from streams.dead_letters import DeadLetter
from streams.refusal_log import RefusalLog


def letters(reason: str, number: int) -> list[DeadLetter]:
    """Return dead letters of a reason."""
    return [DeadLetter(None, "calls", 3, reason, "why")] * number  # type: ignore[arg-type]  # the record is not read


def test_a_flood_is_one_line_a_minute_for_each_reason(caplog: pytest.LogCaptureFixture) -> None:
    """The first at once, the rest counted."""
    now = [0.0]
    log = RefusalLog("calls/3", clock=lambda: now[0])
    with caplog.at_level(logging.WARNING):
        log.note(letters("case_full", 1))
        for _ in range(3):
            log.note(letters("case_full", 100))
        log.note(letters("expired", 2))
        now[0] = 60.0
        log.note(letters("case_full", 5))
    assert [record.getMessage() for record in caplog.records] == [
        "calls/3: 1 record refused as case_full: why",
        "calls/3: 2 records refused as expired: why",
        "calls/3: 305 records refused as case_full in 60 s: why",
    ]
