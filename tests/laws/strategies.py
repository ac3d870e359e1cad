"""Random logs: few cases, few moments, every type of event: ties, repeats and disorder are frequent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from hypothesis import strategies as st

BASE: Final = 1_772_445_600_000
"""2026-03-02T10:00:00Z, a Monday."""

CONFIGURATIONS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {
        "site": {"time_zone": "Europe/Berlin"},
        "service_level": {
            "phone": {"threshold": "30s", "formula": "abandons_within_ignored"},
            "chat": {"threshold": "40s"},
        },
        "sla": {
            "first_response": {
                "clock": "business",
                "normal": "20m",
                "urgent": "2m",
                "high": "10m",
                "low": "1h",
            },
            "next_response": {
                "clock": "calendar",
                "normal": "15m",
                "urgent": "1m",
                "high": "5m",
                "low": "30m",
            },
            "resolution": {"clock": "business", "normal": "1h", "urgent": "10m", "high": "30m", "low": "2h"},
        },
        "queues": [
            {
                "name": "a",
                "channels": ["phone", "email"],
                "hours": "office",
                "service_level": {"phone": {"threshold": "10s", "formula": "removed_within"}},
                "sla": {"first_response": {"normal": "5m"}},
            }
        ],
        "calendars": {
            "office": {
                "time_zone": "Europe/Berlin",
                "weekly": {"mon": ["11:00-11:20", "11:25-12:30"], "tue": ["09:00-17:00"]},
                "holidays": ["2026-03-03"],
            }
        },
    },
)

_QUEUES: Final = st.sampled_from(["a", "b"])
_MOMENTS: Final = st.one_of(
    st.integers(0, 40).map(lambda tens: tens * 60_000),
    st.integers(0, 60).map(lambda seconds: seconds * 5_000),
    st.integers(0, 5_400_000),
)


def _stated(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_COMMON: Final = {
    "queue": _QUEUES,
    "leg": st.sampled_from(["1", "2"]),
    "agent": st.sampled_from(["x", "y"]),
    "priority": st.sampled_from(["low", "normal", "high", "urgent"]),
}
_RARE: Final = {"channel": st.sampled_from(["web", "messaging", "phone", "chat"])}

_TYPES: Final[dict[str, dict[str, Any]]] = {
    "ticket.created": {"author": st.sampled_from(["customer", "customer", "agent"])},
    "ticket.assigned": {},
    "ticket.message": {
        "author!": st.sampled_from(["customer", "agent", "agent", "bot", "system"]),
        "public": st.sampled_from([True, True, False]),
    },
    "ticket.status": {"to!": st.sampled_from(["new", "open", "pending", "on_hold", "solved", "closed"])},
    "ticket.priority": {"priority!": st.sampled_from(["low", "normal", "high", "urgent"])},
    "ticket.merged": {"into!": st.just("other")},
    "ticket.deleted": {"reason": st.just("spam")},
    "call.blocked": {"reason": st.sampled_from(["trunk", "queue_full", "other"])},
    "call.offered": {"queue!": _QUEUES, "via": st.sampled_from(["inbound", "transfer"])},
    "call.ring_no_answer": {},
    "call.answered": {},
    "call.hold": {},
    "call.unhold": {},
    "call.transferred": {"to_queue": _QUEUES},
    "call.abandoned": {},
    "call.exited": {"reason": st.sampled_from(["timeout", "key", "other"])},
    "call.ended": {},
    "call.wrapup_ended": {},
    "chat.started": {"author": st.sampled_from(["customer", "customer", "agent"])},
    "chat.queued": {"queue!": _QUEUES},
    "chat.accepted": {},
    "chat.message": {"author!": st.sampled_from(["customer", "agent", "bot"])},
    "chat.transferred": {"to_queue": _QUEUES},
    "chat.abandoned": {},
    "chat.ended": {},
    "chat.wrapup_ended": {},
    "agent.state": {"state!": st.sampled_from(["available", "on_contact", "break", "offline"])},
    "survey.response": {
        "survey!": st.sampled_from(
            ["nps", "nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion"]
        ),
        "score!": st.one_of(st.integers(0, 11), st.integers(0, 40).map(lambda quarters: quarters / 4)),
        "scale_min!": st.sampled_from([0, 1, 1, -1]),
        "scale_max!": st.sampled_from([5, 7, 10, 10, 1]),
        "high_is_good!": st.booleans(),
        "wave": st.sampled_from(["spring", "summer"]),
    },
    "customer.subscribed": {
        "product!": st.sampled_from(["basic", "basic", "plus", "none"]),
        "mrr!": st.sampled_from([0, 1_000, 2_000, 2_500, -500]),
        "currency!": st.sampled_from(["EUR", "EUR", "USD"]),
        "term_months": st.sampled_from([1, 1, 2, 12, 0, 1_200]),
        "referred": st.booleans(),
        "upsell": st.booleans(),
    },
    "customer.changed": {
        "product!": st.sampled_from(["basic", "plus"]),
        "mrr!": st.sampled_from([0, 1_000, 3_000]),
    },
    "customer.renewed": {"product!": st.sampled_from(["basic", "basic", "plus"])},
    "customer.cancelled": {"product!": st.sampled_from(["basic", "basic", "plus"])},
    "customer.purchased": {
        "amount!": st.just(990),
        "currency!": st.just("EUR"),
        "cart": st.sampled_from(["k1", "k2"]),
        "upsell": st.booleans(),
    },
    "customer.cart_opened": {"cart!": st.sampled_from(["k1", "k2"])},
    "customer.cart_abandoned": {"cart!": st.sampled_from(["k1", "k2"])},
    "customer.visited": {},
    "customer.engaged": {"kind": st.sampled_from(["call", "post"])},
}
_FREQUENT: Final = {
    "ticket.created": 3,
    "ticket.message": 4,
    "ticket.status": 4,
    "call.offered": 3,
    "call.answered": 2,
    "chat.started": 2,
    "chat.accepted": 2,
    "customer.subscribed": 4,
    "customer.cancelled": 3,
    "customer.renewed": 2,
    "customer.purchased": 3,
    "ticket.merged": 0,
    "ticket.deleted": 0,
}
"""How often a type is drawn beyond once; merges and deletions silence a case, so they are rare."""


def _weighted(kind: str) -> list[str]:
    names = [name for name in _TYPES if name.startswith(kind)]
    weighted = [name for name in names for _ in range(1 + _FREQUENT.get(name, 1))]
    return weighted if kind != "ticket" else [*weighted, *weighted]


_KIND_TYPES: Final = {
    kind: _weighted(kind) for kind in ("ticket", "call", "chat", "agent", "survey", "customer")
}


KINDS: Final = ("ticket", "call", "chat", "agent")
MOST_KINDS: Final = ("ticket", *KINDS)
"""Tickets have most rules."""


@st.composite
def _data(draw: st.DrawFn, name: str) -> dict[str, Any]:
    required = {key[:-1]: value for key, value in _TYPES[name].items() if key.endswith("!")}
    optional = {key: value for key, value in _TYPES[name].items() if not key.endswith("!")}
    data: dict[str, Any] = draw(st.fixed_dictionaries(required))
    common = {**optional, **_COMMON}
    if name in ("ticket.created", "ticket.message", "call.offered", "chat.started"):
        common |= _RARE
    data |= draw(_stated({key: value for key, value in common.items() if key not in data}))
    return data


@st.composite
def _event(draw: st.DrawFn, kind: str, number: int, cases: int) -> dict[str, Any]:
    name = draw(st.sampled_from(_KIND_TYPES[kind]))
    data = draw(_data(name))
    if draw(st.integers(0, 11)) == 0:
        data["retracts"] = f"e{draw(st.integers(0, 12))}"
    return {
        "specversion": "1.0",
        # A number drawn now and then meets an id that is taken: two deliveries with different content.
        "id": f"e{number if draw(st.integers(0, 9)) else draw(st.integers(0, 12))}",
        "source": draw(st.sampled_from(["/one", "/one", "/one", "/two"])),
        "type": name,
        "subject": f"{kind}-{draw(st.integers(1, cases))}",
        "time": BASE + draw(_MOMENTS),
        "data": data,
    }


@st.composite
def logs(
    draw: st.DrawFn, *, most: int = 24, cases: int = 2, kinds: Sequence[str] = MOST_KINDS
) -> list[dict[str, Any]]:
    """Draw a log in order of delivery; `time` is in milliseconds (see `as_line`)."""
    kind = draw(st.sampled_from(kinds))
    size = draw(st.integers(1, most))
    log = [draw(_event(kind, number, cases)) for number in range(size)]
    repeats = draw(st.lists(st.integers(0, size - 1), max_size=4))
    twins = draw(st.lists(st.integers(0, size - 1), max_size=2))
    log += [log[index] for index in repeats]
    log += [{**log[index], "id": f"t{number}"} for number, index in enumerate(twins)]
    return draw(st.permutations(log)) if draw(st.booleans()) else sorted(log, key=lambda event: event["time"])


_GAPS: Final = st.sampled_from(
    [0, 0, 1_000, 1_000, 20_000, 60_000, 300_000, 1_800_000, 3_600_000, 10_800_000, 43_200_000]
)
_LATENESS: Final = st.sampled_from([0, 0, 0, 0, 0, 1_000, 60_000, 600_000, 3_600_000, 12_600_000, 43_200_000])


@st.composite
def long_logs(
    draw: st.DrawFn, *, most: int = 30, cases: int = 4, kinds: Sequence[str] = KINDS
) -> list[dict[str, Any]]:
    """Draw a log over hours or days in order of delivery, so that rows and cases go and events come late.

    Made for `short_memory`: a horizon of two hours and a retention of three.
    """
    kind = draw(st.sampled_from(kinds))
    newest, log = BASE, []
    for number in range(draw(st.integers(1, most))):
        newest += draw(_GAPS)
        event = draw(_event(kind, number, cases))
        log.append({**event, "time": max(BASE - 86_400_000, newest - draw(_LATENESS))})
    repeats = draw(st.lists(st.tuples(st.integers(0, len(log) - 1), st.integers(0, len(log))), max_size=3))
    for index, place in repeats:
        log.insert(place, log[index])
    return log


def cuts(most: int = 8) -> st.SearchStrategy[list[int]]:
    """Draw positions at which a log is cut into batches."""
    return st.lists(st.integers(1, 32), max_size=most)


class Act(NamedTuple):
    """One thing a writer does: fold some events, write a checkpoint with a slice, or end and be restored.

    size: events to fold, or cases in the slice; a torn checkpoint loses its last chunk. writer: who does it.
    """

    kind: Literal["fold", "checkpoint", "restart", "torn"]
    size: int
    writer: int = 0


def acts(writers: int = 1, most: int = 25) -> st.SearchStrategy[list[Act]]:
    """Draw what writers do, in turn."""
    kinds = st.sampled_from(["fold", "fold", "fold", "checkpoint", "checkpoint", "restart", "torn"])
    return st.lists(st.builds(Act, kinds, st.integers(1, 6), st.integers(0, writers - 1)), max_size=most)


def written(*events: tuple[int, str, str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a log written by hand: (seconds after `BASE`, type, case, fields) in order of delivery."""
    return [
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "/one",
            "type": name,
            "subject": case,
            "time": BASE + seconds * 1000,
            "data": data,
        }
        for number, (seconds, name, case, data) in enumerate(events)
    ]
