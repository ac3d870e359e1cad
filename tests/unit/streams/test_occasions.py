"""As of when a partition announces, and whether what it reads is history."""

import pytest

from aggregators.announcements import Occasion
from streams.occasions import Progress, occasion_of

NOW = 1_772_445_600_000
FRESH = Progress((100, NOW / 1000 - 0.2), 100, NOW - 3_600_000, NOW - 3_600_000, has_folded=False)


def occasion(wall: int = NOW, event_now: int | None = None, **changes: object) -> Occasion | None:
    """Return the occasion of a partition that has read everything, but for some changes."""
    fields = {name: getattr(FRESH, name) for name in FRESH.__struct_fields__} | changes
    return occasion_of(Progress(**fields), wall, event_now)


def test_time_goes_as_far_as_the_broker_was_heard() -> None:
    """A broker that is away may hold the reply."""
    assert occasion() == Occasion(NOW - 200)
    assert occasion(heard=(100, NOW / 1000 + 5)) == Occasion(NOW)


@pytest.mark.parametrize("missing", [{"heard": None}, {"watermark": None}])
def test_who_knows_neither_end_nor_event_announces_nothing(missing: dict[str, None]) -> None:
    """Nothing was fetched yet, or nothing is there."""
    assert occasion(**missing) is None


def test_old_records_are_history_until_the_end() -> None:
    """Behind and reading what was written long ago: time is what the log says."""
    history = {"applied": 50, "newest_record": NOW - 10_201, "watermark": NOW - 500_000}
    assert occasion(**history) == Occasion(NOW - 500_000, is_catching_up=True)
    assert occasion(**history | {"newest_record": None}) == Occasion(NOW - 500_000, is_catching_up=True)
    assert occasion(**history | {"newest_record": NOW - 10_200}) == Occasion(NOW - 200)


def test_old_events_are_history_though_they_come_now() -> None:
    """A replay: nothing is behind, and yet the replies of these cases are still to come."""
    replayed = {"has_folded": True, "watermark": NOW - 60_201, "newest_record": NOW}
    assert occasion(**replayed) == Occasion(NOW - 60_201, is_catching_up=True)
    assert occasion(**replayed | {"watermark": NOW - 60_200}) == Occasion(NOW - 200)
    assert occasion(**replayed | {"has_folded": False}) == Occasion(NOW - 200)


def test_with_the_event_clock_time_is_the_newest_event_of_all_partitions() -> None:
    """Who is behind has its own."""
    assert occasion(event_now=NOW + 7) == Occasion(NOW + 7)
    behind = occasion(event_now=NOW + 7, applied=99, watermark=NOW - 1)
    assert behind == Occasion(NOW - 1, is_catching_up=True)
