"""How the recount walks through the legs of a call or chat."""

import json
from typing import Any

from aggregators.recount_events import Event, decode
from aggregators.recount_timeline import timeline_of
from aggregators.recount_visits import Visit, visits_of

START = 1_772_445_600_000  # 2026-03-02T10:00:00Z


def visits(topic: str, *parts: str) -> list[Visit]:
    """Return the visits of a contact told in parts like `5 offered queue=q`: second, type, fields."""
    events = []
    for number, part in enumerate(parts):
        second, kind, *words = part.split()
        data: dict[str, Any] = dict(word.split("=") for word in words)
        attributes = {
            "specversion": "1.0",
            "source": "/s",
            "subject": "c",
            "type": f"{topic}.{kind}",
            "data": data,
        }
        time = f"2026-03-02T10:00:{int(second):02d}Z"
        event = decode(json.dumps({**attributes, "id": f"e{number}", "time": time}))
        assert isinstance(event, Event)
        events.append(event)
    return visits_of(timeline_of(f"{topic}s", events))[0]


def test_parts_of_a_handled_leg() -> None:
    """Offered 0, answered 5, held 10–20, transferred 30, wrap-up 40; nothing counts twice."""
    parts = "0 offered queue=q;5 answered;10 hold;20 unhold;21 unhold;30 transferred;35 transferred"
    (visit,) = visits("call", *parts.split(";"), "38 ended", "40 wrapup_ended", "50 wrapup_ended")
    assert (visit.outcome, visit.end, visit.hold) == ("answered", START + 5000, 10_000)
    assert (visit.transferred, visit.talk_end, visit.wrapup_end) == (
        START + 30_000,
        START + 30_000,
        START + 40_000,
    )


def test_a_legs_queue_is_its_offers_whatever_other_events_state() -> None:
    """The answer states z, the leg stays in q."""
    assert [visit.queue for visit in visits("call", "0 offered queue=q", "5 answered queue=z")] == ["q"]


def test_visits_come_in_the_order_of_their_offers() -> None:
    """Leg 2 was offered first."""
    found = visits("call", "5 offered queue=q", "1 offered queue=z leg=2")
    assert [(visit.leg, visit.start - START) for visit in found] == [("2", 1000), ("1", 5000)]


def test_what_a_leg_does_before_its_offer() -> None:
    """The first outcome stands and counts at the offer; rings, transfers and holds before it are ignored."""
    (visit,) = visits(
        "call", "1 ring_no_answer", "2 exited", "3 transferred", "5 offered queue=q", "9 answered"
    )
    assert (visit.outcome, visit.end, visit.rings, visit.transferred) == ("exited", START + 5000, [], None)


def test_a_chat_leg_waits_from_the_start_unless_it_is_queued() -> None:
    """Queued: from there. Transferred to another leg later: the first leg had waited from the start."""
    assert [visit.start - START for visit in visits("chat", "0 started", "5 queued queue=q")] == [5000]
    found = visits("chat", "0 started queue=q", "3 accepted", "8 transferred", "8 queued queue=z leg=2")
    assert [(visit.leg, visit.queue, visit.start - START) for visit in found] == [
        ("1", "q", 0),
        ("2", "z", 8000),
    ]


def test_a_chat_that_is_queued_on_another_leg_does_not_wait_twice() -> None:
    """Leg 1 never had a way out of a wait, so there was none."""
    assert [visit.leg for visit in visits("chat", "0 started", "5 queued queue=q leg=2")] == ["2"]


def test_a_bot_before_the_acceptance_leaves_no_visit_one_after_it_does() -> None:
    """A message of a bot during the talk does not undo the wait."""
    assert visits("chat", "0 started", "1 message author=bot", "5 accepted") == []
    assert len(visits("chat", "0 started", "5 accepted", "9 message author=bot")) == 1
