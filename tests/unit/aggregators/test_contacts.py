"""Calls and chats of several legs."""

from aggregators.cases import derive
from aggregators.measures import Count, Distribution
from tests.building import at, call, chat, configured, counted, facts_of, measured


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


def test_an_outcome_dated_before_its_offer_is_a_wait_of_nothing_at_the_offer() -> None:
    """Answered 9:59:50, offered 10:00:00: answered at 10:00:00 after 0 s."""
    facts = facts_of([call("answered", "09:59:50"), call("offered", "10:00:00", queue="q")])
    assert [(fact[0], fact[3]) for fact in facts if fact[2] == 64] == [(at("10:00:00"), 0)]


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


def test_of_two_waiting_legs_the_longest_wait_gives_queue_and_age() -> None:
    """Leg 2 waits since 10:01, leg 1 since 10:00."""
    events = [call("offered", "10:00", queue="a"), call("offered", "10:01", queue="b", leg="2")]
    status = derive("calls", configured(), events, []).status()
    assert (status.state, status.series, status.since) == ("awaiting_reply", ("phone", "a"), at("10:00"))
    assert len(status.waits) == 2


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


def test_a_chat_without_bot_and_queue_waits_from_its_start() -> None:
    """Started 10:00:00, accepted 10:00:30: 30 s."""
    facts = facts_of(
        [chat("started", "10:00:00", author="customer", queue="q"), chat("accepted", "10:00:30")]
    )
    assert measured(facts, Distribution.ANSWER) == [30_000]


def test_a_chat_with_a_bot_waits_from_the_handoff() -> None:
    """Bot first, queued 10:02:00, accepted 10:02:10: 10 s."""
    facts = facts_of(
        [
            chat("started", "10:00:00", author="customer"),
            chat("message", "10:00:01", author="bot"),
            chat("queued", "10:02:00", queue="help"),
            chat("accepted", "10:02:10"),
        ]
    )
    assert measured(facts, Distribution.ANSWER) == [10_000]


def test_a_chat_in_which_only_a_bot_has_spoken_has_no_state_and_no_visit() -> None:
    """It is a request all the same."""
    events = [chat("started", "10:00", author="customer"), chat("message", "10:01", author="bot")]
    assert counted(facts_of(events), Count.OFFERED) == 0
    assert counted(facts_of(events), Count.REQUESTS) == 1
    assert derive("chats", configured(), events, []).status().state is None


def test_the_first_response_of_a_chat_runs_from_the_queue() -> None:
    """Queued 10:02:00, first agent message 10:02:45: 45 s, and only once."""
    facts = facts_of(
        [
            chat("started", "10:00:00", author="customer"),
            chat("queued", "10:02:00", queue="help"),
            chat("accepted", "10:02:10"),
            chat("message", "10:02:45", author="agent"),
            chat("message", "10:03:45", author="agent"),
        ]
    )
    assert measured(facts, Distribution.FIRST_RESPONSE) == [45_000]


def test_a_chat_started_by_an_agent_has_no_first_response() -> None:
    """Nobody waited for one."""
    facts = facts_of([chat("started", "10:00", author="agent"), chat("message", "10:01", author="agent")])
    assert measured(facts, Distribution.FIRST_RESPONSE) == []


def test_a_chat_is_resolved_at_its_first_end_if_somebody_accepted() -> None:
    """Start 10:00 to end 10:05 = 300 s; without acceptance there is none."""
    start, end = chat("started", "10:00", author="customer"), chat("ended", "10:05")
    assert measured(facts_of([start, chat("accepted", "10:01"), end]), Distribution.RESOLUTION) == [300_000]
    assert measured(facts_of([start, end]), Distribution.RESOLUTION) == []
