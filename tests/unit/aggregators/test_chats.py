"""Chats."""

from aggregators.cases import derive
from aggregators.measures import Count, Distribution
from tests.building import chat, configured, counted, facts_of, measured


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
