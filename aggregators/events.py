"""Events as the core sees them: decoded once, typed, time in milliseconds.

Guarantee: an `Event` obeys the event contract (docs/events.md); whatever does not was refused at the edge.
Fields that the sender did not state stay `UNSET` here, because two deliveries of one id are compared as they
were stated; `stated_or` fills a default where a timeline needs one.

The rank of a type is its row in the tables of the contract. Events of one case with equal time are ordered by
rank, then id, then source, so that every reader sees the same timeline:
10:00:00 call.hold < 10:00:00 call.unhold < 10:00:00 call.ended.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Literal, NewType, TypeVar

from msgspec import UNSET, Struct, UnsetType

Milliseconds = NewType("Milliseconds", int)
"""A duration, or a moment since 1970-01-01T00:00:00Z, in milliseconds."""

Channel = Literal["email", "web", "social", "messaging", "sms", "phone", "chat"]
Priority = Literal["low", "normal", "high", "urgent"]
Author = Literal["customer", "agent", "bot", "system"]
Topic = Literal["tickets", "calls", "chats", "agents", "surveys", "customers"]
TicketStatus = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
AgentState = Literal["available", "ringing", "on_contact", "wrapup", "break", "offline"]

CHANNELS: Final[tuple[Channel, ...]] = ("email", "web", "social", "messaging", "sms", "phone", "chat")
PRIORITIES: Final[tuple[Priority, ...]] = ("low", "normal", "high", "urgent")
AGENT_STATES: Final[tuple[AgentState, ...]] = (
    "available",
    "ringing",
    "on_contact",
    "wrapup",
    "break",
    "offline",
)
TOPICS: Final[tuple[Topic, ...]] = ("tickets", "calls", "chats", "agents", "surveys", "customers")
CASE_TOPICS: Final[tuple[Topic, ...]] = ("tickets", "calls", "chats")
DEFAULT_CHANNEL: Final[dict[Topic, Channel]] = {"tickets": "email", "calls": "phone", "chats": "chat"}
NO_QUEUE: Final = "none"
DEFAULT_LEG: Final = "1"


class Rank(IntEnum):
    """One event type; the number is its row in the contract's tables and breaks ties of time."""

    TICKET_CREATED = 0
    TICKET_ASSIGNED = 1
    TICKET_MESSAGE = 2
    TICKET_STATUS = 3
    TICKET_PRIORITY = 4
    TICKET_MERGED = 5
    TICKET_DELETED = 6
    CALL_BLOCKED = 10
    CALL_OFFERED = 11
    CALL_RING_NO_ANSWER = 12
    CALL_ANSWERED = 13
    CALL_HOLD = 14
    CALL_UNHOLD = 15
    CALL_TRANSFERRED = 16
    CALL_ABANDONED = 17
    CALL_EXITED = 18
    CALL_ENDED = 19
    CALL_WRAPUP_ENDED = 20
    CHAT_STARTED = 30
    CHAT_QUEUED = 31
    CHAT_ACCEPTED = 32
    CHAT_MESSAGE = 33
    CHAT_TRANSFERRED = 34
    CHAT_ABANDONED = 35
    CHAT_ENDED = 36
    CHAT_WRAPUP_ENDED = 37
    AGENT_STATE = 40
    SURVEY_RESPONSE = 50
    CUSTOMER_SUBSCRIBED = 60
    CUSTOMER_CHANGED = 61
    CUSTOMER_RENEWED = 62
    CUSTOMER_CANCELLED = 63
    CUSTOMER_PURCHASED = 64
    CUSTOMER_CART_OPENED = 65
    CUSTOMER_CART_ABANDONED = 66
    CUSTOMER_VISITED = 67
    CUSTOMER_ENGAGED = 68


_PREFIX_TOPIC: Final[dict[str, Topic]] = {
    "TICKET": "tickets",
    "CALL": "calls",
    "CHAT": "chats",
    "AGENT": "agents",
    "SURVEY": "surveys",
    "CUSTOMER": "customers",
}
TYPE_NAME: Final[dict[int, str]] = {int(rank): rank.name.lower().replace("_", ".", 1) for rank in Rank}
RANK_OF_TYPE: Final[dict[str, int]] = {name: rank for rank, name in TYPE_NAME.items()}
TOPIC_OF_RANK: Final[dict[int, Topic]] = {
    int(rank): _PREFIX_TOPIC[rank.name.partition("_")[0]] for rank in Rank
}


class Data(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The fields common to all types; each type adds its own."""

    queue: str | UnsetType = UNSET
    channel: Channel | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    agent: str | UnsetType = UNSET
    leg: str | UnsetType = UNSET
    retracts: str | UnsetType = UNSET


class TicketCreated(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A ticket was opened, by the customer unless stated."""

    author: Literal["customer", "agent"] | UnsetType = UNSET


class TicketMessage(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A message on a ticket; public unless stated."""

    author: Author
    public: bool | UnsetType = UNSET


class TicketStatusChanged(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The ticket's status became `to`."""

    to: TicketStatus


class TicketPriority(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The ticket's priority changed."""

    # Redeclared without UNSET: here the contract requires it.
    priority: Priority


class TicketMerged(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The ticket went into another one."""

    into: str


class TicketDeleted(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The ticket is retracted: it counts nowhere but among the deleted."""

    reason: Literal["spam", "test", "other"] | UnsetType = UNSET


class CallBlocked(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A call was not taken; it never entered a queue."""

    reason: Literal["no_agents", "queue_full", "trunk", "network", "closed", "other"] | UnsetType = UNSET


class CallOffered(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A call entered a queue."""

    queue: str
    via: Literal["inbound", "transfer", "callback"] | UnsetType = UNSET


class Transferred(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A contact went on to a queue or an agent."""

    to_queue: str | UnsetType = UNSET
    to_agent: str | UnsetType = UNSET


class CallTransferred(Transferred, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A call went on to a queue, an agent or outside."""

    external: str | UnsetType = UNSET


class CallExited(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A call left its queue without agent and without hanging up."""

    reason: Literal["timeout", "key", "empty", "voicemail", "callback", "overflow", "other"] | UnsetType = (
        UNSET
    )


class ChatStarted(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A chat began, by the customer unless stated."""

    author: Literal["customer", "agent"] | UnsetType = UNSET


class ChatQueued(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A chat entered a queue."""

    queue: str


class ChatMessage(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A message in a chat."""

    author: Author


class AgentStateChanged(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """An agent's state became `state`, for the queues stated."""

    state: AgentState
    queues: tuple[str, ...] | UnsetType = UNSET


class SurveyResponse(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A survey was answered."""

    survey: Literal["nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion"]
    score: int | float
    scale_min: int | float
    scale_max: int | float
    high_is_good: bool | UnsetType = UNSET
    wave: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class CustomerSubscribed(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A customer subscribed to a product; `mrr` in minor units of `currency`."""

    product: str
    mrr: int
    currency: str
    term_months: int | UnsetType = UNSET
    referred: bool | UnsetType = UNSET
    upsell: bool | UnsetType = UNSET


class CustomerChanged(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A subscription's monthly revenue became `mrr`, in minor units."""

    product: str
    mrr: int


class CustomerProduct(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Something happened to a customer's product: renewed or cancelled."""

    product: str


class CustomerPurchased(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A one-off order of `amount` minor units of `currency`."""

    amount: int
    currency: str
    cart: str | UnsetType = UNSET
    upsell: bool | UnsetType = UNSET


class CustomerCart(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A cart was opened or abandoned."""

    cart: str


class CustomerEngaged(Data, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A customer had to do with the brand."""

    kind: str | UnsetType = UNSET


DATA_OF_RANK: Final[dict[int, type[Data]]] = {
    Rank.TICKET_CREATED: TicketCreated,
    Rank.TICKET_ASSIGNED: Data,
    Rank.TICKET_MESSAGE: TicketMessage,
    Rank.TICKET_STATUS: TicketStatusChanged,
    Rank.TICKET_PRIORITY: TicketPriority,
    Rank.TICKET_MERGED: TicketMerged,
    Rank.TICKET_DELETED: TicketDeleted,
    Rank.CALL_BLOCKED: CallBlocked,
    Rank.CALL_OFFERED: CallOffered,
    Rank.CALL_RING_NO_ANSWER: Data,
    Rank.CALL_ANSWERED: Data,
    Rank.CALL_HOLD: Data,
    Rank.CALL_UNHOLD: Data,
    Rank.CALL_TRANSFERRED: CallTransferred,
    Rank.CALL_ABANDONED: Data,
    Rank.CALL_EXITED: CallExited,
    Rank.CALL_ENDED: Data,
    Rank.CALL_WRAPUP_ENDED: Data,
    Rank.CHAT_STARTED: ChatStarted,
    Rank.CHAT_QUEUED: ChatQueued,
    Rank.CHAT_ACCEPTED: Data,
    Rank.CHAT_MESSAGE: ChatMessage,
    Rank.CHAT_TRANSFERRED: Transferred,
    Rank.CHAT_ABANDONED: Data,
    Rank.CHAT_ENDED: Data,
    Rank.CHAT_WRAPUP_ENDED: Data,
    Rank.AGENT_STATE: AgentStateChanged,
    Rank.SURVEY_RESPONSE: SurveyResponse,
    Rank.CUSTOMER_SUBSCRIBED: CustomerSubscribed,
    Rank.CUSTOMER_CHANGED: CustomerChanged,
    Rank.CUSTOMER_RENEWED: CustomerProduct,
    Rank.CUSTOMER_CANCELLED: CustomerProduct,
    Rank.CUSTOMER_PURCHASED: CustomerPurchased,
    Rank.CUSTOMER_CART_OPENED: CustomerCart,
    Rank.CUSTOMER_CART_ABANDONED: CustomerCart,
    Rank.CUSTOMER_VISITED: Data,
    Rank.CUSTOMER_ENGAGED: CustomerEngaged,
}

DataFields = Data
"""Any of the data types above; which one follows from the event's rank."""


class Event(Struct, frozen=True, gc=False):
    """One accepted event.

    time: milliseconds since the epoch, truncated; rank: its type; case: the subject; data: of
    DATA_OF_RANK[rank].
    """

    time: int
    rank: int
    id: str
    source: str
    case: str
    data: Data


Stated = TypeVar("Stated")


def stated_or(value: Stated | UnsetType, default: Stated) -> Stated:
    """Return what the sender stated, else the default of the contract."""
    return default if value is UNSET else value
