"""Pacing: events leave when they are due, some times faster than they happened."""

import pytest

from streams.pacing import Pacer


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds > 0
        self.now += seconds


def pacer(speed: float | None, clock: Clock) -> Pacer:
    """Return a pacer on this clock."""
    return Pacer(speed, clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 600.0), (60.0, 10.0), (0.5, 1200.0)])
def test_an_event_leaves_at_its_distance_from_the_first(speed: float, seconds: float) -> None:
    """Ten minutes of event time at three speeds."""
    clock = Clock()
    paced = pacer(speed, clock)
    for time in (5_000, 5_000, 605_000):
        paced.wait_until(time, before_waiting=lambda: None)
    assert clock.now == pytest.approx(100 + seconds)


def test_what_is_late_or_has_no_time_leaves_at_once() -> None:
    """An older event, and a broken line, do not stop the flow; sending takes time, too."""
    clock = Clock()
    paced = pacer(1.0, clock)
    paced.wait_until(10_000, before_waiting=lambda: None)
    for time in (9_000, None):
        paced.wait_until(time, before_waiting=lambda: None)
    clock.now += 3
    paced.wait_until(12_000, before_waiting=lambda: None)
    assert clock.now == 103.0


def test_what_was_taken_is_sent_before_waiting() -> None:
    """Only a real wait calls for it."""
    clock, calls = Clock(), []
    paced = pacer(1.0, clock)
    for time in (0, 0, 1_000):
        paced.wait_until(time, before_waiting=lambda: calls.append(clock.now))
    assert calls == [100.0]


def test_full_speed_never_waits() -> None:
    """`max` is no speed."""
    clock = Clock()
    paced = pacer(None, clock)
    for time in (0, 10**12):
        paced.wait_until(time, before_waiting=lambda: None)
    assert clock.now == 100.0
