"""Which derivation belongs to which topic: the one place to add a new kind of case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from aggregators.agents import Agent
from aggregators.calls import Call
from aggregators.chats import Chat
from aggregators.configuration import Configuration
from aggregators.customers import Customer
from aggregators.events import Event, Topic
from aggregators.facts import Facts
from aggregators.measures import Series
from aggregators.status import Status, Visit
from aggregators.surveys import Respondent
from aggregators.tickets import Ticket


class CaseKind(Protocol):
    """A case derived from a timeline that goes on growing at its end."""

    last: int

    def holds_for(self, event: Event) -> bool:
        """Asked with an event that sorts after the last one: may it be stepped, or is all derived anew?"""

    def step(self, event: Event, facts: Facts) -> None:
        """Called only when `holds_for` said yes; adds facts, never removes any from the list."""

    def is_open(self) -> bool:
        """Say whether the case has a state now."""

    def is_at_rest(self) -> bool:
        """Say whether hardly ever anything follows: a guess that decides about memory, never a number."""

    def status(self) -> Status:
        """Return the state at the end of the timeline."""

    def visits(self) -> Sequence[Visit]:
        """Return every queue visit there was; tickets and agents have none."""

    def place(self) -> Series | None:
        """Return the series of the status where no fact may name it; None where one does, or without one."""


_Derivation = Callable[[Configuration, Sequence[Event], Facts], CaseKind]

_KINDS: Final[dict[Topic, _Derivation]] = {
    "tickets": Ticket,
    "calls": Call,
    "chats": Chat,
    "agents": Agent,
    "surveys": Respondent,
    "customers": Customer,
}


def derive(topic: Topic, configuration: Configuration, timeline: Sequence[Event], facts: Facts) -> CaseKind:
    """Derive a case from its whole timeline (not empty) and add its facts."""
    return _KINDS[topic](configuration, timeline, facts)
