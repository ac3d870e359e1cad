"""A small log and the checkpoints that a program makes of it; run as a script it prints them.

Each version of the state leaves such a file here, so that the next one can prove that it reads it.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from msgspec.structs import replace

from aggregators.announcements import Occasion
from aggregators.configuration import AnnouncingTerms
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.ledger import PartitionLedger
from streams.codec import decode
from streams.settings import configuration_from_mapping

SITE: Final = replace(
    configuration_from_mapping({"sla": {"resolution": {"clock": "calendar"}}}).engine(),
    announcing=AnnouncingTerms(at_risk=900_000, patience=0),
)
CUTS: Final = (4, 9, 99)
OCCASIONS: Final = tuple(map(Occasion, (1_772_459_400_000, 1_772_460_200_000, 1_772_460_200_000)))
"""13:50:00, when t1 is at risk, and 14:03:20, when it is breached."""
SLICE: Final = 2
TOPICS: Final[tuple[Topic, ...]] = ("tickets", "calls", "chats", "agents", "surveys", "customers")
_NPS: Final = {"survey": "nps", "scale_min": 0, "scale_max": 10, "high_is_good": True}
_PLAN: Final = {"product": "plus", "mrr": 2_490, "currency": "EUR"}
_LOG: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    ("10:00:00", "call.offered", "c1", {"queue": "sales", "agent": "ä 😀"}),
    ("10:00:12", "call.answered", "c1", {"agent": "a1"}),
    ("10:00:20", "ticket.created", "t1", {"queue": "mail", "priority": "high", "channel": "web"}),
    ("10:00:25", "call.offered", "c2", {"queue": "tech", "via": "callback", "leg": "2"}),
    ("10:00:26", "chat.started", "h1", {"author": "customer"}),
    ("10:00:40", "call.answered", "c2", {"leg": "2"}),
    ("10:00:40", "call.answered", "c2", {"leg": "2"}),
    ("10:01:00", "call.ended", "c1", {"retracts": "e1"}),
    ("10:00:30", "ticket.message", "t1", {"author": "agent", "public": False}),
    ("10:02:00", "ticket.status", "t1", {"to": "pending"}),
    ("10:02:30", "chat.queued", "h1", {"queue": "chat"}),
    ("10:03:00", "ticket.status", "t1", {"to": "open"}),
    ("10:03:10", "agent.state", "a1", {"state": "break", "queues": ["sales", "tech"]}),
    ("10:04:00", "call.exited", "c3", {"reason": "timeout"}),
    ("10:04:00", "call.offered", "c3", {"queue": "sales"}),
    ("10:05:00", "ticket.merged", "t2", {"into": "t1"}),
    ("10:06:00", "survey.response", "s1", {**_NPS, "score": 9, "queue": "sales", "wave": "März"}),
    ("10:06:10", "survey.response", "s2", {**_NPS, "score": 3, "reason": "nobody keeps this"}),
    ("10:06:20", "survey.response", "s1", {**_NPS, "score": 6, "queue": "sales", "wave": "März"}),
    ("10:06:15", "survey.response", "s2", {"survey": "ces", "score": 2.5, "scale_min": 1, "scale_max": 7,
        "high_is_good": False}),
    ("10:07:00", "customer.subscribed", "k1", {**_PLAN, "term_months": 1, "referred": True}),
    ("10:07:10", "customer.cart_opened", "k2", {"cart": "ä"}),
    ("10:07:20", "customer.purchased", "k2", {"amount": 500, "currency": "EUR", "cart": "ä", "upsell": True}),
    ("10:07:15", "customer.visited", "k2", {}),
    ("10:07:30", "customer.changed", "k1", {"product": "plus", "mrr": 2_990}),
    ("10:07:40", "customer.cancelled", "k1", {"product": "plus"}),
    ("10:07:35", "customer.renewed", "k1", {"product": "plus"}),
    ("10:07:50", "customer.subscribed", "k1", {**_PLAN, "currency": "CHF", "retracts": "e0"}),
    ("10:08:00", "customer.engaged", "k3", {"kind": "event"}),
)  # fmt: skip


def log() -> list[Event]:
    """Return the events; those of an even number come from another source."""
    events = []
    for number, (clock, kind, case, data) in enumerate(_LOG):
        record = {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "/site" if number % 2 else "/pbx",
            "type": kind,
            "subject": case,
            "time": f"2026-03-02T{clock}.{number:03d}Z",
            "data": data,
        }
        event = decode(json.dumps(record).encode())
        assert isinstance(event, Event), event
        events.append(event)
    return events


def written() -> dict[str, list[list[str]]]:
    """Return the chunks of three checkpoints of every topic, as text."""
    found: dict[str, list[list[str]]] = {}
    for topic in TOPICS:
        ledger, start = PartitionLedger(topic, SITE), 0
        events = [event for event in log() if TOPIC_OF_RANK[event.rank] == topic]
        for cut, occasion in zip(CUTS, OCCASIONS, strict=True):
            batch = events[start:cut]
            start += len(batch)
            ledger.fold(batch, start)
            chunks = ledger.draft_checkpoint(SLICE, occasion).chunks
            found.setdefault(topic, []).append([base64.b64encode(chunk).decode() for chunk in chunks])
    return found


if __name__ == "__main__":
    print(json.dumps(written(), indent=1))  # noqa: T201  # to be redirected into the file of the version
