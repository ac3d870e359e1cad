"""Times of events: what RFC 3339 allows is taken, cut to the millisecond, and nothing else."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.event_time import END_OF_TIME, TimeFault, milliseconds_of

MOMENT = 1_772_445_600_000  # 2026-03-02T10:00:00Z


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T10:00:00Z", MOMENT),
        ("2026-03-02t10:00:00z", MOMENT),
        ("2026-03-02T11:00:00+01:00", MOMENT),
        ("2026-03-02T04:30:00.25-05:30", MOMENT + 250),
        ("2026-03-02T10:00:00-00:00", MOMENT),
        ("2026-03-02T10:00:00.1Z", MOMENT + 100),
        ("2026-03-02T10:00:00.0019Z", MOMENT + 1),
        ("2026-03-02T10:00:00.999999999999Z", MOMENT + 999),
        ("2026-03-02T10:00:00." + "9" * 1000 + "Z", MOMENT + 999),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:00:00-01:00", 0),
        ("2100-12-31T23:59:59.999Z", END_OF_TIME - 1),
        ("2101-01-01T00:59:59.999+01:00", END_OF_TIME - 1),
    ],
)
def test_a_time_of_rfc_3339_is_cut_to_its_millisecond(text: str, expected: int) -> None:
    """The offset is applied and digits beyond the third are dropped, never rounded."""
    assert milliseconds_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-03-02",
        "2026-03-02T10:00:00",
        "2026-03-02T10:00Z",
        "2026-03-02 10:00:00Z",
        "2026-03-02T10:00:00+0100",
        "2026-03-02T10:00:00+24:00",
        "2026-03-02T10:00:00+01:60",
        "2026-03-02T10:00:00.Z",
        "2026-03-02T10:00:00,5Z",
        "2026-02-30T10:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "2026-03-02T10:00:00Z ",
        "2026-03-02T10:00:00Z\n",
        "٢٠٢٦-03-02T10:00:00Z",
        "1772445600",
    ],
)
def test_another_text_is_no_time(text: str) -> None:
    """Neither ISO 8601's other forms nor impossible dates are taken."""
    assert milliseconds_of(text) is TimeFault.INVALID


@pytest.mark.parametrize(
    "text",
    [
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00+00:01",
        "2101-01-01T00:00:00Z",
        "2100-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "0000-01-01T00:00:00Z",
    ],
)
def test_a_moment_outside_1970_to_2100_is_out_of_range(text: str) -> None:
    """The range is decided in UTC, after the offset."""
    assert milliseconds_of(text) is TimeFault.OUT_OF_RANGE


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2100, 12, 30)),  # noqa: DTZ001 (the zone is drawn beside it)
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
)
def test_times_met_again_give_the_same_moment(naive: datetime, minutes: int, precision: str) -> None:
    """The caches agree with datetime, the first time and the second."""
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = moment.isoformat(timespec=precision)
    shown = datetime.fromisoformat(text)
    expected = (shown - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert milliseconds_of(text) == expected
    assert milliseconds_of(text) == expected


def test_a_full_cache_is_emptied_and_stays_right() -> None:
    """More minutes and endings than are kept change nothing but the time it takes."""
    for step in range(70_000):
        moment = MOMENT + step * 60_000 + step
        text = datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        assert milliseconds_of(f"{text}.{moment % 1000:03}Z") == moment
