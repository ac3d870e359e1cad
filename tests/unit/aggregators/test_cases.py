"""Which derivation belongs to which topic."""

from aggregators.agents import Agent
from aggregators.calls import Call
from aggregators.cases import derive
from aggregators.chats import Chat
from aggregators.customers import Customer
from aggregators.surveys import Respondent
from aggregators.tickets import Ticket
from tests.building import call, chat, configured, event, ticket


def test_each_topic_has_its_derivation() -> None:
    """Respondents and customers are cases, too."""
    configuration = configured()
    assert isinstance(derive("tickets", configuration, [ticket("created", "10:00")], []), Ticket)
    assert isinstance(derive("calls", configuration, [call("ended", "10:00")], []), Call)
    assert isinstance(derive("chats", configuration, [chat("ended", "10:00")], []), Chat)
    assert isinstance(
        derive("agents", configuration, [event("agent.state", "10:00", state="break")], []), Agent
    )
    scale = {"survey": "nps", "score": 9, "scale_min": 0, "scale_max": 10}
    assert isinstance(
        derive("surveys", configuration, [event("survey.response", "10:00", **scale)], []), Respondent
    )
    assert isinstance(derive("customers", configuration, [event("customer.visited", "10:00")], []), Customer)
