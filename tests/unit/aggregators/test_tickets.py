"""Tickets from their timelines."""

from aggregators.cases import derive
from aggregators.events import Event
from aggregators.measures import Count, Distribution
from aggregators.status import BREACHED
from tests.building import at, configured, counted, facts_of, measured, ticket

SLA = {
    "sla": {
        "first_response": {"normal": "1h", "urgent": "10m"},
        "next_response": {"normal": "30m"},
        "resolution": {"normal": "4h"},
    }
}


def customer(clock: str, **fields: object) -> Event:
    """Return a public message of the customer."""
    return ticket("message", clock, author="customer", **fields)


def agent(clock: str, **fields: object) -> Event:
    """Return a public message of an agent."""
    return ticket("message", clock, author="agent", **fields)


def status(clock: str, to: str, **fields: object) -> Event:
    """Return a change of status."""
    return ticket("status", clock, to=to, **fields)


def test_the_worked_scenario_of_the_module() -> None:
    """First response 1,200 s, next 1,800 s, resolutions 3,600 and 14,400 s, one resolved case."""
    facts = facts_of(
        [
            ticket("created", "09:00", queue="mail"),
            agent("09:20"),
            status("10:00", "solved"),
            customer("12:00"),
            status("12:00", "open"),
            agent("12:30"),
            status("13:00", "solved"),
        ]
    )
    assert measured(facts, Distribution.FIRST_RESPONSE) == [1_200_000]
    assert measured(facts, Distribution.NEXT_RESPONSE) == [1_800_000]
    assert measured(facts, Distribution.RESOLUTION) == [3_600_000, 14_400_000]
    assert (counted(facts, Count.RESOLVED), counted(facts, Count.RESOLVED_CASES)) == (2, 1)
    assert counted(facts, Count.REOPENED) == 1


def test_bots_private_and_system_messages_are_no_answers() -> None:
    """The customer goes on waiting."""
    events = [
        ticket("created", "09:00"),
        agent("09:05", public=False),
        ticket("message", "09:06", author="bot"),
        ticket("message", "09:07", author="system"),
    ]
    assert measured(facts_of(events), Distribution.FIRST_RESPONSE) == []
    assert derive("tickets", configured(), events, []).status().state == "awaiting_reply"


def test_states_after_an_answer_pending_and_hold() -> None:
    """Awaiting reply, awaiting customer, on hold, in progress."""
    timeline = [ticket("created", "09:00")]
    states = []
    for event in (agent("09:10"), status("09:20", "on_hold"), status("09:30", "pending"), customer("09:40")):
        timeline.append(event)
        states.append(derive("tickets", configured(), timeline, []).status().state)
    assert states == ["awaiting_customer", "on_hold", "awaiting_customer", "awaiting_reply"]


def test_a_ticket_reopened_without_a_message_is_in_progress() -> None:
    """Nobody waits for anybody."""
    events = [ticket("created", "09:00"), status("10:00", "solved"), status("11:00", "open")]
    assert derive("tickets", configured(), events, []).status().state == "in_progress"


def test_before_the_creation_arrives_nothing_is_counted() -> None:
    """It is in the states only."""
    events = [customer("09:00", queue="mail"), status("10:00", "solved"), status("11:00", "open")]
    assert facts_of(events) == []
    assert derive("tickets", configured(), events, []).status().state is not None


def test_a_merge_takes_back_first_response_and_resolution_but_not_the_request() -> None:
    """Retroactively; what comes later is ignored."""
    facts = facts_of(
        [
            ticket("created", "09:00"),
            agent("09:10"),
            status("09:20", "solved"),
            status("09:25", "open"),
            ticket("merged", "09:30", into="t2"),
            status("09:40", "solved"),
        ]
    )
    assert measured(facts, Distribution.FIRST_RESPONSE) == measured(facts, Distribution.RESOLUTION) == []
    assert counted(facts, Count.RESOLVED) == counted(facts, Count.RESOLVED_CASES) == 0
    counts = [
        counted(facts, each) for each in (Count.REQUESTS, Count.MERGED, Count.REOPENED, Count.UNANSWERED)
    ]
    assert counts == [1, 1, 1, 0]


def test_a_deleted_ticket_counts_nowhere_but_in_the_deleted() -> None:
    """Deletion beats a merge and needs no creation."""
    events = [ticket("created", "09:00"), ticket("merged", "09:10", into="x"), ticket("deleted", "09:20")]
    assert [fact[2] for fact in facts_of(events)] == [Count.DELETED]
    assert [fact[2] for fact in facts_of(events[2:])] == [Count.DELETED]


def test_exactly_at_the_deadline_is_met_and_a_millisecond_later_breached() -> None:
    """Allowed 1 h from 09:00."""
    created = ticket("created", "09:00")
    met = facts_of([created, agent("10:00:00.000")], configured(SLA))
    late = facts_of([created, agent("10:00:00.001")], configured(SLA))
    assert (counted(met, Count.SLA_MET_FIRST_RESPONSE), counted(met, Count.SLA_BREACHED_FIRST_RESPONSE)) == (
        1,
        0,
    )
    assert (
        counted(late, Count.SLA_MET_FIRST_RESPONSE),
        counted(late, Count.SLA_BREACHED_FIRST_RESPONSE),
    ) == (0, 1)


def test_a_deadline_ahead_contributes_its_breach_there_until_it_is_met() -> None:
    """Nobody has answered yet: the breach stands at 10:00."""
    facts = facts_of([ticket("created", "09:00")], configured(SLA))
    assert [fact[0] for fact in facts if fact[2] == Count.SLA_BREACHED_FIRST_RESPONSE] == [at("10:00")]


def test_a_higher_priority_whose_deadline_is_past_breaches_at_the_change() -> None:
    """Urgent at 09:30 allows 10 min from 09:00: breached at 09:30."""
    facts = facts_of(
        [ticket("created", "09:00"), ticket("priority", "09:30", priority="urgent")], configured(SLA)
    )
    assert [fact[0] for fact in facts if fact[2] == Count.SLA_BREACHED_FIRST_RESPONSE] == [at("09:30")]


def test_the_resolution_clock_stops_in_pending() -> None:
    """4 h from 09:00 with 10:00-12:00 pending: the deadline is 15:00."""
    events = [ticket("created", "09:00"), status("10:00", "pending"), status("12:00", "open")]
    deadlines = derive("tickets", configured(SLA), events, []).status().deadlines
    assert [deadline for name, _, deadline in deadlines if name == "resolution"] == [at("15:00")]


def test_a_breached_case_stays_breached_when_the_priority_is_lowered() -> None:
    """Until the target is met or the case ends."""
    events = [
        ticket("created", "09:00", priority="urgent"),
        agent("09:20", public=False),
        ticket("priority", "09:30", priority="normal"),
    ]
    deadlines = derive("tickets", configured(SLA), events, []).status().deadlines
    assert [deadline for name, _, deadline in deadlines if name == "first_response"] == [BREACHED]
