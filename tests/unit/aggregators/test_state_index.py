"""The state now in sorted structures."""

from aggregators.parts import MomentParts
from aggregators.state_index import StateIndex
from aggregators.state_parts import add_status
from aggregators.status import Status
from tests.building import configured

HOUR = 3_600_000
SERIES = ("phone", "q")
STATUSES = {
    "a": Status("awaiting_reply", SERIES, 0, 0, waits=((0, SERIES),)),
    "b": Status("awaiting_reply", SERIES, HOUR, HOUR, waits=((HOUR, SERIES),)),
    "c": Status("in_progress", ("phone", "r"), None, 2 * HOUR),
}


def index_of(statuses: dict[str, Status]) -> StateIndex:
    """Return an index of calls."""
    index = StateIndex("calls", configured())
    for case, status in statuses.items():
        index.put(case, status)
    return index


def test_reading_equals_adding_every_status() -> None:
    """At several moments, one of them with stale calls."""
    index = index_of(STATUSES)
    for now in (HOUR, 3 * HOUR, 12 * HOUR + 1, 15 * HOUR):
        expected = MomentParts()
        for status in STATUSES.values():
            add_status(expected, status, "calls", now, configured())
        found = index.states(now)
        assert found.stale == expected.stale
        for series, state in expected.states.items():
            assert found.states[series] == state


def test_a_case_put_again_is_moved_and_none_takes_it_out() -> None:
    """Nothing of its former state is left."""
    index = index_of(STATUSES)
    index.put("a", Status("in_progress", SERIES, None, 2 * HOUR))
    assert index.states(3 * HOUR).states[SERIES].open_cases == [1, 1, 0, 0]
    index.put("a", None)
    index.put("b", None)
    assert SERIES not in index.states(3 * HOUR).states
    assert index.get("a") is None


def test_waits_beyond_the_threshold_without_the_stale_ones() -> None:
    """At 12 h 0 min 0.001 s call a is stale, b is overdue."""
    index = index_of(STATUSES)
    assert index.overdue_waits(2 * HOUR) == {SERIES: 2}
    assert index.overdue_waits(12 * HOUR + 1) == {SERIES: 1}


def test_agents_are_counted_by_state() -> None:
    """Two on a break, one of them comes back."""
    index = StateIndex("agents", configured())
    for agent in ("x", "y"):
        index.put(agent, Status(None, ("", ""), None, 0, agent_state="break"))
    index.put("x", Status(None, ("", ""), None, 1, agent_state="available"))
    assert index.states(5).agents == {"break": 1, "available": 1}
