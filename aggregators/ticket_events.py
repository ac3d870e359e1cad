"""What single events of a ticket are: its creation, a public message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from aggregators.events import Event, Rank

# Looking a member of an enum up costs 0.1 µs each time; these are compared for every event.
_CREATED: Final = int(Rank.TICKET_CREATED)
_MESSAGE: Final = int(Rank.TICKET_MESSAGE)
_MERGED: Final = int(Rank.TICKET_MERGED)


def creation_of(timeline: Sequence[Event]) -> Event | None:
    """Return the first creation; one dated after a merge is ignored like everything after it."""
    for event in timeline:
        if event.rank == _CREATED:
            return event
        if event.rank == _MERGED:
            return None
    return None


def time_of(event: Event) -> int:
    """Return the event's time in milliseconds."""
    return event.time


def is_public_message(event: Event, author: str) -> bool:
    """Say whether this is a message by such an author that the customer can see."""
    data = event.data
    return (
        event.rank == _MESSAGE
        and data.author == author  # type: ignore[attr-defined]  # TicketMessage by its rank
        and (data.public is UNSET or data.public)  # type: ignore[attr-defined]  # TicketMessage by its rank
    )
