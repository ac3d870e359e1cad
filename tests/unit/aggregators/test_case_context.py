"""Channel and queues of a case."""

from aggregators.case_context import CaseContext
from tests.building import call, ticket


def test_the_channel_is_the_first_one_stated_and_holds_for_the_whole_case() -> None:
    """Stated by the second event, it holds for the first one too."""
    timeline = [ticket("created", "10:00"), ticket("message", "10:01", author="agent", channel="web")]
    assert CaseContext("tickets", timeline).series("q") == ("web", "q")


def test_without_a_statement_the_topic_decides_the_channel() -> None:
    """Tickets are email, calls phone."""
    assert CaseContext("tickets", [ticket("created", "10:00")]).channel == "email"
    assert CaseContext("calls", [call("ended", "10:00")]).channel == "phone"


def test_a_queue_stated_later_reaches_back_to_the_first_events() -> None:
    """Nothing is known at 10:00, so the first one stated later holds."""
    timeline = [ticket("created", "10:00"), ticket("assigned", "10:01", queue="mail")]
    context = CaseContext("tickets", timeline)
    assert context.queue_of(timeline[0]) == "mail"


def test_the_last_known_queue_holds_for_events_without_one() -> None:
    """mail, then tech: a message after tech is of tech."""
    timeline = [
        ticket("created", "10:00", queue="mail"),
        ticket("assigned", "10:01", queue="tech"),
        ticket("message", "10:02", author="agent"),
    ]
    context = CaseContext("tickets", timeline)
    for event in timeline:
        context.note(event)
    assert context.queue_of(timeline[2]) == "tech"


def test_the_queue_of_the_leg_comes_before_the_last_known_one() -> None:
    """Leg 1 was offered at sales, leg 2 at tech: an event of leg 1 is of sales."""
    timeline = [
        call("offered", "10:00", queue="sales"),
        call("offered", "10:01", queue="tech", leg="2"),
        call("ended", "10:02"),
    ]
    context = CaseContext("calls", timeline)
    for event in timeline:
        context.note(event)
    assert context.queue_of(timeline[2]) == "sales"


def test_without_any_statement_the_queue_is_none() -> None:
    """The contract's word for it is "none"."""
    context = CaseContext("tickets", [ticket("created", "10:00")])
    assert context.queue_of(ticket("created", "10:00")) == "none"


def test_a_guess_that_a_later_event_may_correct_asks_for_a_new_derivation() -> None:
    """Once "none" was taken, a stated queue no longer leaves the rest as it is."""
    context = CaseContext("tickets", [ticket("created", "10:00")])
    context.queue_of(ticket("created", "10:00"))
    assert context.holds_for(ticket("message", "10:01", author="agent"))
    assert not context.holds_for(ticket("assigned", "10:02", queue="mail"))


def test_a_channel_stated_late_asks_for_a_new_derivation() -> None:
    """The whole case moves to it."""
    context = CaseContext("tickets", [ticket("created", "10:00", queue="q")])
    assert not context.holds_for(ticket("message", "10:01", author="agent", channel="web"))
