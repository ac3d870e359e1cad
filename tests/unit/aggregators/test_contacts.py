"""What calls and chats share."""

from aggregators.cases import derive
from aggregators.facts import DURATION
from aggregators.measures import Count, Distribution
from tests.building import at, call, configured, counted, facts_of, measured


def test_a_transfer_is_one_request_and_two_queue_visits() -> None:
    """Volume is counted once a case, waits once a leg."""
    facts = facts_of(
        [
            call("offered", "10:00:00", queue="sales"),
            call("answered", "10:00:12"),
            call("transferred", "10:04:12", to_queue="tech"),
            call("offered", "10:04:12", queue="tech", leg="2", via="transfer"),
            call("answered", "10:05:02", leg="2"),
        ]
    )
    assert counted(facts, Count.REQUESTS) == 1
    assert counted(facts, Count.OFFERED) == 2
    assert counted(facts, Count.ASSIGNED) == 1
    assert measured(facts, Distribution.ANSWER) == [12_000, 50_000]


def test_an_outcome_dated_before_its_offer_is_a_wait_of_nothing_at_the_offer() -> None:
    """Answered 9:59:50, offered 10:00:00: answered at 10:00:00 after 0 s."""
    facts = facts_of([call("answered", "09:59:50"), call("offered", "10:00:00", queue="q")])
    assert [(fact[0], fact[3]) for fact in facts if fact[2] == DURATION + Distribution.ANSWER] == [
        (at("10:00:00"), 0)
    ]


def test_of_two_waiting_legs_the_longest_wait_gives_queue_and_age() -> None:
    """Leg 2 waits since 10:01, leg 1 since 10:00."""
    events = [call("offered", "10:00", queue="a"), call("offered", "10:01", queue="b", leg="2")]
    status = derive("calls", configured(), events, []).status()
    assert (status.state, status.series, status.since) == ("awaiting_reply", ("phone", "a"), at("10:00"))
    assert len(status.waits) == 2
