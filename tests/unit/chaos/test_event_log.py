"""The log of a run: reproducible, disturbed, and never later than it says."""

from collections import Counter
from datetime import datetime

from aggregators.recount_events import Event, decode
from chaos.event_log import LATEST, SPAN, START, LogLine, beyond_the_horizon, event_log
from chaos.stories import HOUR

RECORDS = 20_000


def test_the_seed_reproduces_the_log() -> None:
    """Byte for byte, and exactly as long as asked."""
    first = list(event_log(7, 3_000))
    assert first == list(event_log(7, 3_000))
    assert len(first) == 3_000
    assert first != list(event_log(8, 3_000))


def test_the_log_is_doubled_reordered_late_and_corrected() -> None:
    """Some of everything, within the horizon; it ends on the second day."""
    lines = list(event_log(1, RECORDS))
    repeated = sum(count - 1 for count in Counter(lines).values())
    assert 500 < repeated < 1_500
    assert sum('"retracts"' in line.value for line in lines) > 100
    newest, latenesses = 0, []
    for line in lines:
        newest = max(newest, line.time)
        latenesses.append(newest - line.time)
    assert 2 * HOUR < max(latenesses) <= LATEST
    assert sum(lateness > 0 for lateness in latenesses) > RECORDS / 10
    assert START + 40 * HOUR < newest < START + SPAN + 2 * HOUR


def test_every_line_is_an_event_with_its_case_as_key() -> None:
    """The time beside it is the event's."""
    for line in event_log(2, 2_000):
        event = decode(line.value)
        assert isinstance(event, Event), event
        assert (event.topic, event.subject, event.time) == (line.topic, line.key, line.time)


def test_events_beyond_the_horizon_are_all_beyond_it() -> None:
    """Of known and of unknown cases, within retention and beyond it."""
    end, horizon, retention = START + SPAN, 30 * HOUR, 31 * HOUR
    lines: list[LogLine] = list(beyond_the_horizon(5, 400, end=end, horizon=horizon, retention=retention))
    assert len(lines) == 400
    assert all(line.time < end - horizon for line in lines)
    assert any(line.time >= end - retention for line in lines)
    assert any(line.time < end - retention for line in lines)
    known = {line.key for line in event_log(5, 3_000)}
    assert len({line.key for line in lines} & known) > 50
    assert datetime.fromisoformat("2024-03-04T00:30:00+00:00").timestamp() * 1000 == START
