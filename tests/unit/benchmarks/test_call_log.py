"""The input of the benchmarks is what the product takes, and the same every time."""

from itertools import islice

from aggregators.events import Event
from benchmarks.call_log import call_events
from streams.codec import decode


def test_every_event_is_accepted_under_its_key() -> None:
    """None is refused, so that what is measured is the whole work."""
    decoded = [decode(event.value, topic="calls", key=event.key) for event in call_events(2_000)]
    assert all(isinstance(event, Event) for event in decoded)


def test_events_come_in_time_order_over_all_calls() -> None:
    """As a telephone system writes them, calls interleaved."""
    events = list(call_events(2_000))
    assert [event.moment for event in events] == sorted(event.moment for event in events)
    assert len({event.key for event in events[:100]}) > 10


def test_a_seed_gives_the_same_events_every_time() -> None:
    """Two runs can be compared; a longer log begins with the shorter one."""
    assert list(call_events(500)) == list(islice(call_events(1_000), 500))
    assert list(call_events(500, seed=2)) != list(call_events(500))
