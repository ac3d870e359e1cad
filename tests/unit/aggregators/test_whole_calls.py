"""Which calls are told in one go, and what they say."""

import pytest

from aggregators.events import Event
from aggregators.facts import HOLD, TALK, WRAPUP, Facts
from aggregators.measures import Count, Distribution
from aggregators.whole_calls import WholeCalls
from tests.building import call, configured, counted, measured

WHOLE = [
    call("offered", "10:00:00", queue="a"),
    call("answered", "10:00:08", agent="x"),
    call("hold", "10:01:00"),
    call("unhold", "10:01:20"),
    call("ended", "10:01:40"),
    call("wrapup_ended", "10:02:10"),
]
"""8 s of waiting, 72 s of talk, 20 s of hold, 30 s of wrap-up."""


def test_a_handled_call_is_told_in_one_go() -> None:
    """Answer 8, handle 122, talk 72, hold 20, wrap-up 30, resolution 130 s."""
    facts: Facts = []
    assert WholeCalls(configured()).add(WHOLE, facts)
    found = {measure: value for _, _, measure, value, _ in facts}
    assert (found[TALK], found[HOLD], found[WRAPUP]) == (72_000, 20_000, 30_000)
    assert measured(facts, Distribution.HANDLE) == [122_000]
    assert measured(facts, Distribution.ANSWER) == [8_000]
    assert measured(facts, Distribution.RESOLUTION) == [130_000]
    assert counted(facts, Count.REQUESTS) == counted(facts, Count.RESOLVED) == 1
    assert counted(facts, Count.UNANSWERED) == 0


def test_an_abandoned_call_is_told_in_one_go() -> None:
    """Offered, given up after 25 s; nobody answered."""
    facts: Facts = []
    assert WholeCalls(configured()).add([WHOLE[0], call("abandoned", "10:00:25")], facts)
    assert measured(facts, Distribution.ABANDON) == [25_000]
    assert counted(facts, Count.UNANSWERED) == 1


def test_a_queue_stated_again_changes_nothing() -> None:
    """Many exchanges state it with every event."""
    events = [WHOLE[0], call("answered", "10:00:08", queue="b"), *WHOLE[2:]]
    facts: Facts = []
    assert WholeCalls(configured()).add(events, facts)
    assert {series for _, series, _, _, _ in facts} == {("phone", "a")}


@pytest.mark.parametrize(
    "events",
    [
        WHOLE[:5],
        WHOLE[1:],
        [WHOLE[0], WHOLE[2], WHOLE[1], *WHOLE[3:]],
        [*WHOLE[:5], WHOLE[4], WHOLE[5]],
        [*WHOLE[:4], call("transferred", "10:01:30"), WHOLE[5]],
        [*WHOLE[:5], call("wrapup_ended", "10:02:10", leg="2")],
        [*WHOLE[:4], call("ended", "10:01:40", retracts="other"), WHOLE[5]],
        [WHOLE[0], WHOLE[4], WHOLE[5]],
        [*WHOLE, call("wrapup_ended", "10:03")],
    ],
    ids=[
        "not over", "no offer", "out of order", "twice", "transferred", "other leg", "retracts", "unanswered",
        "goes on",
    ],
)  # fmt: skip
def test_a_call_out_of_the_ordinary_is_derived(events: list[Event]) -> None:
    """Nothing is added for it here."""
    facts: Facts = []
    assert not WholeCalls(configured()).add(events, facts)
    assert facts == []


def test_a_flood_of_queues_is_not_remembered() -> None:
    """Beyond KNOWN_LIMIT names the memory is begun anew; the facts stay right."""
    calls = WholeCalls(configured())
    for number in range(10_050):
        facts: Facts = []
        assert calls.add([call("offered", "10:00", queue=f"q{number}"), call("abandoned", "10:01")], facts)
        assert facts[0][1] == ("phone", f"q{number}")
    assert len(calls._queues) <= 10_000
