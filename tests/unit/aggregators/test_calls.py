"""Calls of several legs."""

from aggregators.cases import derive
from aggregators.measures import Count, Distribution
from tests.building import call, configured, counted, facts_of, measured


def test_the_resolution_of_a_call_is_at_the_wrap_up_of_the_leg_offered_last() -> None:
    """Leg 1 wraps up at 10:04:32, but leg 2 follows: 10:00:00 to 10:07:32 = 452 s, once."""
    facts = facts_of(
        [
            call("offered", "10:00:00", queue="sales"),
            call("answered", "10:00:12"),
            call("wrapup_ended", "10:02:00"),
            call("offered", "10:04:12", queue="tech", leg="2"),
            call("answered", "10:05:02", leg="2"),
            call("wrapup_ended", "10:07:32", leg="2"),
        ]
    )
    assert measured(facts, Distribution.RESOLUTION) == [452_000]
    assert counted(facts, Count.RESOLVED) == counted(facts, Count.RESOLVED_CASES) == 1


def test_without_an_offer_nothing_is_counted() -> None:
    """An answer without an offer waits for it."""
    assert (
        facts_of([call("answered", "10:00"), call("transferred", "10:01"), call("ring_no_answer", "10:02")])
        == []
    )


def test_each_blocked_call_counts_and_is_no_request() -> None:
    """Two blocks of one caller are two."""
    facts = facts_of(
        [call("blocked", "10:00", queue="q", reason="trunk"), call("blocked", "10:01", queue="q")]
    )
    assert counted(facts, Count.BLOCKED_TRUNK) == counted(facts, Count.BLOCKED_OTHER) == 1
    assert counted(facts, Count.REQUESTS) == 0


def test_of_two_talks_the_last_answered_gives_the_queue() -> None:
    """Answered 10:02 at a, 10:03 at b."""
    events = [
        call("offered", "10:00", queue="a"),
        call("offered", "10:01", queue="b", leg="2"),
        call("answered", "10:02"),
        call("answered", "10:03", leg="2"),
    ]
    status = derive("calls", configured(), events, []).status()
    assert (status.state, status.series) == ("in_progress", ("phone", "b"))
