"""From statuses to the additive state."""

import pytest

from aggregators.parts import MomentParts
from aggregators.state_parts import add_status, add_waits, backlog_class, is_stale
from aggregators.status import BREACHED, Status
from tests.building import configured

HOUR = 3_600_000
SERIES = ("email", "mail")


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, 0), (HOUR - 1, 0), (HOUR, 1), (4 * HOUR, 2), (24 * HOUR, 3), (72 * HOUR, 4), (168 * HOUR, 5)],
)
def test_backlog_classes_include_their_lower_bound(age: int, expected: int) -> None:
    """Exactly an hour is in 1h_4h."""
    assert backlog_class(age) == expected


def test_an_open_case_counts_in_its_state_class_and_wait() -> None:
    """Waiting since 0, seen at 2 h."""
    parts = MomentParts()
    add_status(parts, Status("awaiting_reply", SERIES, 0, 0), "tickets", 2 * HOUR, configured())
    state = parts.states[SERIES]
    assert (state.open_cases, state.backlog, state.longest_since) == ([1, 0, 0, 0], [0, 1, 0, 0, 0, 0], 0)


def test_a_deadline_exactly_15_or_60_minutes_ahead_is_at_risk() -> None:
    """At the deadline itself it is breached."""
    parts = MomentParts()
    for deadline in (900_000, HOUR, HOUR + 1, 0, BREACHED):
        status = Status("in_progress", SERIES, None, 0, deadlines=(("resolution", SERIES, deadline),))
        add_status(parts, status, "tickets", 0, configured())
    found = parts.states[SERIES].sla["resolution"]
    assert (found.within_15m, found.within_60m, found.breached_open, found.next_breach) == (1, 2, 2, 900_000)


def test_a_call_without_an_event_for_longer_than_max_open_is_stale() -> None:
    """12 h are not stale yet, a millisecond more is; tickets never are."""
    status = Status("in_progress", ("phone", "q"), None, 0)
    assert not is_stale(status, "calls", 12 * HOUR, configured())
    assert is_stale(status, "calls", 12 * HOUR + 1, configured())
    assert not is_stale(status, "tickets", 9_999 * HOUR, configured())


def test_stale_cases_are_out_of_the_states() -> None:
    """They are counted by channel only."""
    parts = MomentParts()
    add_status(parts, Status("in_progress", ("phone", "q"), None, 0), "calls", 13 * HOUR, configured())
    assert (parts.stale, parts.states) == ({"phone": 1}, {})


def test_waits_longer_than_the_threshold_are_overdue() -> None:
    """T = 20 s: 20.000 s is not overdue, 20.001 s is."""
    overdue: dict[tuple[str, str], int] = {}
    status = Status("awaiting_reply", ("phone", "q"), 0, 0, waits=((0, ("phone", "q")),))
    add_waits(overdue, status, "calls", 20_000, configured())
    assert overdue == {}
    add_waits(overdue, status, "calls", 20_001, configured())
    assert overdue == {("phone", "q"): 1}
