"""What a ledger shows live is what one pass over the whole log gives: every window, and the state now."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregators.evaluation import Evaluation
from aggregators.parts import MomentParts
from aggregators.site_time import window_end, window_start
from tests.laws.logs import as_events, engine, examples, folded, numbers_of, parts_of, same
from tests.laws.strategies import BASE, CONFIGURATIONS, cuts, logs

SKEW = 300_000
"""Events are at most this far ahead of the clock of whoever reads; the edge refuses others."""


def states_without_waits(moment: MomentParts) -> dict[str, Any]:
    """Return the state of a moment; contacts that wait too long belong to windows and are compared there."""
    found = numbers_of(moment)
    states = {series: {**state, "overdue_waits": 0} for series, state in found["states"].items()}
    kept = {series: state for series, state in states.items() if any(state["open_cases"]) or state["sla"]}
    return {"states": kept, "stale": found["stale"], "agents": found["agents"]}


@examples(150)
@given(
    log=logs(),
    configuration=st.sampled_from(CONFIGURATIONS),
    batches=cuts(),
    at=st.one_of(st.integers(0, 5_600_000), st.integers(5_600_000, 200_000_000)),
)
def test_live_numbers_are_those_of_the_whole_log(
    log: list[dict[str, Any]], configuration: dict[str, Any], batches: list[int], at: int
) -> None:
    """Windows count every event in them, dated after now or not; states only those up to now."""
    resolved, events = engine(configuration), as_events(log)
    ledger, evaluation = folded(events, resolved, batches), Evaluation(events, resolved)
    now = max(BASE + at, max(event.time for event in events) - SKEW)
    end = window_end(now, resolved.resolution)
    moment = ledger.moment(now, end)
    for label, length in resolved.window_lengths.items():
        expected = evaluation.window(window_start(length, end, resolved.time_zone), end)
        same(parts_of(moment.windows[label]), parts_of(expected.rows))
        waits = {
            series: state.overdue_waits for series, state in moment.states.items() if state.overdue_waits
        }
        assert waits == expected.overdue_waits, (waits, expected.overdue_waits)
    same(states_without_waits(moment), states_without_waits(evaluation.state(now)))
    if now >= max(event.time for event in events):
        assert moment.known >= evaluation.state(now).known
