"""Near the bounds of a partition."""

import itertools

import pytest

from aggregators import bounds
from aggregators.bounds import Bound
from aggregators.events import Event
from aggregators.ledger import PartitionLedger
from tests.building import call, configured, event


def beyond(events: list[Event], cuts: tuple[int, ...] = ()) -> dict[int, Bound]:
    """Fold events in batches; return which were refused, by their place in the whole."""
    ledger, found = PartitionLedger("calls", configured({"queues": [{"name": "vip"}]})), {}
    for start, end in itertools.pairwise((0, *cuts, len(events))):
        outcome = ledger.fold(events[start:end], end)
        found |= {start + place: bound for place, bound in outcome.beyond.items()}
    return found


def everywhere(events: list[Event]) -> dict[int, Bound]:
    """Return the same and assert that it is the same in any batches."""
    at_once = beyond(events)
    assert beyond(events, tuple(range(1, len(events)))) == at_once
    assert beyond(events, (len(events) // 2,)) == at_once
    return at_once


def test_a_case_too_many_is_refused_and_known_ones_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are kept."""
    monkeypatch.setattr(bounds, "MOST_CASES", 2)
    events = [call("offered", f"10:0{number}", case=f"c{number}", queue="q") for number in range(4)]
    events.append(call("answered", "10:05", case="c1"))
    assert everywhere(events) == {2: Bound.TOO_MANY_CASES, 3: Bound.TOO_MANY_CASES}


def test_an_unknown_queue_is_refused_and_a_configured_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pairs are known; "vip" is in the configuration."""
    monkeypatch.setattr(bounds, "MOST_SERIES", 2)
    queues = ["a", "b", "c", "a", "vip", "d"]
    events = [
        call("offered", f"10:0{number}", case=f"c{number}", queue=queue)
        for number, queue in enumerate(queues)
    ]
    assert everywhere(events) == {2: Bound.TOO_MANY_QUEUES, 5: Bound.TOO_MANY_QUEUES}


def test_a_queue_that_was_withdrawn_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The only offer of queue b is retracted."""
    monkeypatch.setattr(bounds, "MOST_SERIES", 2)
    events = [
        call("offered", "10:00", case="c1", queue="a"),
        call("offered", "10:01", case="c2", id="x", queue="b"),
        call("ended", "10:02", case="c2", queue="a", retracts="x"),
        call("offered", "10:03", case="c3", queue="c"),
        call("offered", "10:04", case="c4", queue="b"),
    ]
    assert everywhere(events) == {4: Bound.TOO_MANY_QUEUES}


def test_an_unknown_product_is_refused_and_what_is_there_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Product, its currency, and both of the site are four pairs; a visit would need a fifth."""
    monkeypatch.setattr(bounds, "MOST_SERIES", 4)
    basic = {"product": "basic", "mrr": 1, "currency": "EUR"}
    events = [
        event("customer.subscribed", "10:00", case="k1", **basic),
        event("customer.subscribed", "10:01", case="k2", **basic | {"product": "plus"}),
        event("customer.subscribed", "10:02", case="k3", **basic | {"currency": "USD"}),
        event("customer.visited", "10:03", case="k1"),
        event("customer.subscribed", "10:04", case="k4", **basic),
        event("customer.cancelled", "10:05", case="k1", product="basic"),
    ]
    for cut in range(1, len(events)):
        ledger, found = PartitionLedger("customers", configured()), {}
        for start, end in ((0, cut), (cut, len(events))):
            outcome = ledger.fold(events[start:end], end)
            found |= {start + place: bound for place, bound in outcome.beyond.items()}
        assert found == dict.fromkeys((1, 2, 3), Bound.TOO_MANY_QUEUES)
