"""The events of the benchmark of customers."""

from collections import Counter
from itertools import pairwise

from aggregators.events import Event, Rank
from benchmarks.customers import customer_events
from streams.codec import decode


def test_events_are_good_in_order_and_each_is_there_once() -> None:
    """Everybody subscribes and nearly everybody comes by; one in ten cancels."""
    records = list(customer_events(200))
    events = [decode(each.value, topic="customers", key=each.key) for each in records]
    good = [event for event in events if isinstance(event, Event)]
    assert len(good) == len(records) == len({event.id for event in good})
    assert all(one.time <= other.time for one, other in pairwise(good))
    kinds = Counter(event.rank for event in good)
    assert kinds[Rank.CUSTOMER_SUBSCRIBED] == 200
    assert 250 < kinds[Rank.CUSTOMER_VISITED] < 400
    assert 5 < kinds[Rank.CUSTOMER_CANCELLED] < 40
