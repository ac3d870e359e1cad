"""What single events of a ticket are."""

from aggregators.ticket_events import creation_of, is_public_message
from tests.building import ticket


def test_the_first_creation_stands_unless_a_merge_came_before() -> None:
    """What comes after a merge is ignored."""
    first, second = ticket("created", "10:00"), ticket("created", "10:01")
    merged = ticket("merged", "09:00", into="other")
    assert creation_of([first, second]) is first
    assert creation_of([merged, first]) is None
    assert creation_of([]) is None


def test_a_message_is_public_unless_stated() -> None:
    """By the author asked for; an assignment is none."""
    assert is_public_message(ticket("message", "10:00", author="agent"), "agent")
    assert not is_public_message(ticket("message", "10:00", author="agent", public=False), "agent")
    assert not is_public_message(ticket("message", "10:00", author="bot"), "agent")
    assert not is_public_message(ticket("assigned", "10:00"), "agent")
