"""An outage is one line a minute."""

import logging

import pytest

from streams.client_logs import LIBRARY_LOGGERS, TroubleLog, folded_client_logs


class Clock:
    """A clock that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.now


def test_the_first_trouble_is_logged_at_once_and_then_one_line_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """1,000 messages within a minute are one more line, with their number."""
    clock = Clock()
    trouble = TroubleLog(clock)
    with caplog.at_level(logging.WARNING):
        trouble.note("no node")
        for _ in range(1_000):
            trouble.note("no node")
        clock.now += 60
        trouble.note("still no node\nTraceback")
    assert [record.getMessage() for record in caplog.records] == [
        "Kafka: no node (0 more messages)",
        "Kafka: still no node (1000 more messages)",
    ]


def test_another_server_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """Redis has a line a minute of its own."""
    with caplog.at_level(logging.WARNING):
        TroubleLog(Clock(), server="Redis").note("away")
    assert [record.getMessage() for record in caplog.records] == ["Redis: away (0 more messages)"]


def test_trouble_is_current_for_ten_seconds() -> None:
    """Readiness says why as long as messages come."""
    clock = Clock()
    trouble = TroubleLog(clock)
    assert trouble.current is None
    trouble.note("no node")
    clock.now += 9
    assert trouble.current == "no node"
    clock.now += 1
    assert trouble.current is None
    trouble.note("no node")
    trouble.clear()
    assert trouble.current is None


def test_what_libraries_log_goes_to_the_trouble_log_and_nowhere_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Below WARNING nothing; afterwards everything is as it was."""
    trouble = TroubleLog(Clock())
    before = [logging.getLogger(name).propagate for name in LIBRARY_LOGGERS]
    with caplog.at_level(logging.INFO), folded_client_logs(trouble):
        logging.getLogger("aiokafka.consumer.fetcher").info("joined")
        logging.getLogger("aiokafka.consumer.fetcher").error("no node %d", 1)
        logging.getLogger("faust.transport").warning("slow")
    assert trouble.current == "slow"
    assert [record.name for record in caplog.records] == ["streams.client_logs"]
    assert [logging.getLogger(name).propagate for name in LIBRARY_LOGGERS] == before
    assert all(not logging.getLogger(name).handlers for name in LIBRARY_LOGGERS)
