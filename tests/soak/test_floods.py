"""Floods: each stays within its bound and costs no more than linear time, in whatever order it comes."""

from __future__ import annotations

from collections import Counter
from random import Random
from time import process_time
from typing import Final

import pytest

from aggregators import bounds
from aggregators.bounds import AGENT_EVENTS, MOST_EVENTS, Bound
from aggregators.events import DATA_OF_RANK, Event, Rank, Topic
from aggregators.ledger import PartitionLedger
from tests.building import configured
from tests.soak.amounts import amount

START: Final = 1_772_445_600_000
SLA = {"normal": "8h", "low": "8h", "high": "8h", "urgent": "8h"}
SITE: Final = configured(
    {"clock": {"mode": "event"}, "sla": {"first_response": SLA, "next_response": SLA, "resolution": SLA}}
)
EVENTS: Final = amount(sample=20_000, soak=100_000)
SECONDS_AN_EVENT: Final = 0.001
"""Of process time, on a slow machine too: usually it is a tenth or a hundredth of it."""
SLICE: Final = 500


def ticket(number: int) -> Event:
    """Return one event of a ticket that goes to and fro between customer and agent."""
    if number == 0:
        return event(Rank.TICKET_CREATED, number)
    if number % 2:
        return event(Rank.TICKET_STATUS, number, to="pending" if number % 4 == 1 else "open")
    return event(Rank.TICKET_MESSAGE, number, author="customer" if number % 4 == 2 else "agent")


def ring(number: int) -> Event:
    """Return one of many rings that nobody answers."""
    if number == 0:
        return event(Rank.CALL_OFFERED, number, queue="q")
    return event(Rank.CALL_RING_NO_ANSWER, number, agent="a")


def leg(number: int) -> Event:
    """Return the offer of one of many legs."""
    return event(Rank.CALL_OFFERED, number, queue="q", leg=str(number))


def message(number: int) -> Event:
    """Return one of many messages of a chat."""
    if number == 0:
        return event(Rank.CHAT_STARTED, number)
    return event(Rank.CHAT_MESSAGE, number, author=("customer", "bot", "agent")[number % 3])


def twin(number: int) -> Event:
    """Return the same event again under another id."""
    return event(Rank.CALL_RING_NO_ANSWER, number, apart=0)


def event(rank: Rank, number: int, *, case: str = "c1", apart: int = 1_000, **stated: object) -> Event:
    """Return an event of one case; one a second unless said otherwise."""
    data = DATA_OF_RANK[rank](**stated)
    return Event(START + number * apart, int(rank), f"e{number * 7919 % 1_000_003}", "/s", case, data)


def poured(topic: Topic, events: list[Event]) -> tuple[PartitionLedger, Counter[Bound], float]:
    """Fold a flood in slices; return the ledger, what was refused, and the seconds it took for an event."""
    ledger, refused, began = PartitionLedger(topic, SITE), Counter[Bound](), process_time()
    for start in range(0, len(events), SLICE):
        part = events[start : start + SLICE]
        refused.update(ledger.fold(part, start + len(part)).beyond.values())
        ledger.refresh()
    return ledger, refused, (process_time() - began) / len(events)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("order", ["in order", "backwards", "at random"])
@pytest.mark.parametrize(
    ("topic", "kind"),
    [("tickets", ticket), ("calls", ring), ("calls", leg), ("chats", message), ("calls", twin)],
)
def test_a_flood_of_one_case_is_cut_off_and_costs_the_same_in_any_order(
    topic: Topic, kind: object, order: str
) -> None:
    """10,000 events are kept; legs are events, so there are no more of them."""
    events = [kind(number) for number in range(EVENTS)]  # type: ignore[operator]  # one of the functions above
    if order == "backwards":
        events.reverse()
    elif order == "at random":
        Random(1).shuffle(events)
    ledger, refused, seconds = poured(topic, events)
    case = ledger.case("c1")
    assert case is not None
    assert len(case.deliveries) == MOST_EVENTS
    assert refused == {Bound.CASE_FULL: EVENTS - MOST_EVENTS}
    assert seconds < SECONDS_AN_EVENT


def test_a_flood_of_queue_names_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every event names a queue of its own."""
    monkeypatch.setattr(bounds, "MOST_SERIES", 5_000)
    events = [
        event(Rank.CALL_OFFERED, number, case=f"c{number}", apart=10, queue=f"q{number}")
        for number in range(EVENTS)
    ]
    ledger, refused, seconds = poured("calls", events)
    assert len(ledger.known.pairs()) == len(ledger.totals.sums()) == 5_000
    assert refused == {Bound.TOO_MANY_QUEUES: EVENTS - 5_000}
    assert seconds < SECONDS_AN_EVENT


def test_queue_names_of_last_week_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred new names a day for weeks: none is refused, for those without rows are forgotten."""
    monkeypatch.setattr(bounds, "MOST_SERIES", 1_000)
    monkeypatch.setattr("aggregators.ledger.KNOWN_LIMIT", 500)
    events = []
    for number in range(3_000):
        case = f"c{number}"
        for rank, after in ((Rank.CALL_OFFERED, 0), (Rank.CALL_ABANDONED, 1)):
            stated = {"queue": f"q{number}"} if rank is Rank.CALL_OFFERED else {}
            events.append(event(rank, 2 * number + after, case=case, apart=432_000, **stated))
    ledger, refused, _ = poured("calls", events)
    assert refused == {}
    assert len(ledger.known.pairs()) < 1_000
    assert len(ledger.index._series) < 1_000


def test_a_flood_of_case_ids_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every event begins a case of its own."""
    monkeypatch.setattr(bounds, "MOST_CASES", 5_000)
    events = [
        event(Rank.CALL_OFFERED, number, case=f"c{number}", apart=1, queue="q") for number in range(EVENTS)
    ]
    ledger, refused, seconds = poured("calls", events)
    assert len(ledger.cases) == 5_000
    assert refused == {Bound.TOO_MANY_CASES: EVENTS - 5_000}
    assert seconds < SECONDS_AN_EVENT


@pytest.mark.parametrize("agents", [1, 3_000])
def test_agents_are_bounded_in_number_and_in_events(agents: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent keeps the newest events, however many come and in whatever order."""
    monkeypatch.setattr(bounds, "MOST_CASES", 1_000)
    states = ("available", "on_contact", "wrapup")
    events = [
        event(Rank.AGENT_STATE, number, case=f"a{number % agents}", state=states[number % 3])
        for number in range(EVENTS)
    ]
    newest = events[-1]
    Random(1).shuffle(events)
    ledger, refused, seconds = poured("agents", events)
    assert len(ledger.cases) <= 1_000
    assert (
        max(len(case.deliveries) for case in map(ledger.case, ledger.cases) if case is not None)
        < AGENT_EVENTS
    )
    assert seconds < SECONDS_AN_EVENT
    if agents == 1:
        status = ledger.index.get("a0")
        assert status is not None
        assert status.agent_state == newest.data.state  # type: ignore[attr-defined]  # AgentStateChanged by its rank
        assert refused == {}


def test_ancient_times_are_refused_or_late_and_open_no_rows() -> None:
    """Unknown cases are expired, a known one is updated; rows beyond the horizon are not kept."""
    last = event(Rank.CALL_OFFERED, 10_000_000, queue="q")
    ledger = PartitionLedger("calls", SITE)
    ledger.fold([last], 1)
    ancient = [
        event(Rank.CALL_RING_NO_ANSWER, number - 4_000_000, apart=100_000, case=f"c{number % 2 + 1}")
        for number in range(EVENTS)
    ]
    expired = late = 0
    for start in range(0, EVENTS, SLICE):
        outcome = ledger.fold(ancient[start : start + SLICE], start + SLICE)
        expired += len(outcome.expired)
        late += outcome.results.get((int(Rank.CALL_RING_NO_ANSWER), "late"), 0)
    assert expired == EVENTS // 2
    assert late == MOST_EVENTS - 1
    assert sum(len(row) for _, row in ledger.rows.quarters()) == 1
