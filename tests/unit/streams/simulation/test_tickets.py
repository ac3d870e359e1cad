"""Tickets: created first, answered, solved, sometimes reopened, merged or deleted."""

from collections import defaultdict

from aggregators.events import TYPE_NAME, Event, TicketStatusChanged


def test_a_ticket_runs_as_the_contract_says(week: list[Event]) -> None:
    """Nothing precedes the creation, nothing follows a deletion or a merge, and solved ones get closed."""
    tickets: dict[str, list[str]] = defaultdict(list)
    for event in week:
        kind, _, step = TYPE_NAME[event.rank].partition(".")
        if kind == "ticket":
            state = event.data.to if isinstance(event.data, TicketStatusChanged) else step
            tickets[event.case].append(state)
    seen = set()
    for steps in tickets.values():
        assert steps[0] == "created"
        assert steps.count("created") == 1
        seen.add(steps[-1])
        for last in ("deleted", "merged", "closed"):
            assert last not in steps[:-1]
        if steps[-1] == "closed":
            assert "solved" in steps
            assert "assigned" in steps
    assert seen >= {"deleted", "merged", "closed", "solved"}
    assert any(steps.count("solved") > 1 for steps in tickets.values())


def test_an_urgent_ticket_is_answered_sooner(week: list[Event]) -> None:
    """The haste follows the priority: half the time of a normal one at most, over a week."""
    created: dict[str, tuple[int, object]] = {}
    delays: dict[object, list[int]] = defaultdict(list)
    for event in week:
        kind = TYPE_NAME[event.rank]
        if kind == "ticket.created":
            created[event.case] = event.time, event.data.priority
        elif kind == "ticket.assigned":
            time, priority = created[event.case]
            delays[priority].append(event.time - time)
    urgent, normal = sorted(delays["urgent"]), sorted(delays["normal"])
    assert urgent[len(urgent) // 2] < normal[len(normal) // 2] / 2
