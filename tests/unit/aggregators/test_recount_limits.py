"""The bounds of a live view as the independent recount reads them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aggregators.recount_limits import HOUR, first_instant, read_limits


def moment(text: str) -> int:
    """Return milliseconds of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def test_defaults_are_those_of_the_interface() -> None:
    """48 h, 30 d, 72 h, 72 h, five windows, 10 s."""
    limits = read_limits({})
    assert limits.horizon == 48 * HOUR
    assert {topic: limits.retention[topic] for topic in ("tickets", "calls", "chats")} == {
        "tickets": 720 * HOUR,
        "calls": 72 * HOUR,
        "chats": 72 * HOUR,
    }
    assert list(limits.lengths) == ["5m", "15m", "30m", "1h", "today"]
    assert (limits.resolution, limits.skew, limits.is_event_clock) == (10_000, 300_000, False)


def test_retention_is_at_least_the_horizon_and_an_hour() -> None:
    """One duration is the horizon of everything."""
    limits = read_limits({"windows": {"horizon": "100h", "retention": {"calls": "100h"}}})
    assert limits.horizon == 100 * HOUR
    assert limits.retention["calls"] == limits.retention["chats"] == 101 * HOUR
    assert limits.retention["surveys"] == 101 * HOUR


def test_windows_end_at_the_next_multiple_of_the_resolution() -> None:
    """Strictly later than now."""
    limits = read_limits({})
    noon = moment("2026-03-02T12:00:00")
    assert limits.window_end(noon) == noon + 10_000
    assert limits.window_end(noon - 1) == noon
    assert limits.window_start("5m", noon) == noon - 300_000


def test_today_begins_with_the_local_date() -> None:
    """Also where the clock skips midnight, and at the very end of a day."""
    assert first_instant(moment("2026-03-02T12:00:00"), ZoneInfo("UTC")) == moment("2026-03-02T00:00:00")
    assert first_instant(moment("2026-03-03T00:00:00"), ZoneInfo("UTC")) == moment("2026-03-02T00:00:00")
    berlin = ZoneInfo("Europe/Berlin")
    assert first_instant(moment("2026-03-02T12:00:00"), berlin) == moment("2026-03-01T23:00:00")
    # 2018-11-04 began at 01:00 in São Paulo, which is 03:00 UTC.
    paulo = ZoneInfo("America/Sao_Paulo")
    assert first_instant(moment("2018-11-04T12:00:00"), paulo) == moment("2018-11-04T03:00:00")
