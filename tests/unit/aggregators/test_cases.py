"""Which derivation belongs to which topic."""

from aggregators.agents import Agent
from aggregators.calls import Call
from aggregators.cases import derive, is_derived
from aggregators.chats import Chat
from aggregators.events import TOPICS
from aggregators.tickets import Ticket
from tests.building import call, chat, configured, event, ticket


def test_each_topic_of_operations_has_its_derivation() -> None:
    """Tickets, calls, chats and agents become cases."""
    configuration = configured()
    assert isinstance(derive("tickets", configuration, [ticket("created", "10:00")], []), Ticket)
    assert isinstance(derive("calls", configuration, [call("ended", "10:00")], []), Call)
    assert isinstance(derive("chats", configuration, [chat("ended", "10:00")], []), Chat)
    assert isinstance(
        derive("agents", configuration, [event("agent.state", "10:00", state="break")], []), Agent
    )


def test_customers_are_read_but_not_derived_yet() -> None:
    """Their metrics come later."""
    assert [topic for topic in TOPICS if not is_derived(topic)] == ["customers"]
