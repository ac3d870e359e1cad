"""A past window that is given is what one pass over the whole log gives; what is not exact is left out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregators.evaluation import Evaluation
from aggregators.measures import Count
from aggregators.past import past_of, past_windows, reach_of
from aggregators.steps import finished
from tests.laws.logs import as_events, engine, examples, folded, parts_of, same
from tests.laws.strategies import BASE, CONFIGURATIONS, cuts, logs


def without_unanswered(rows: dict[Any, dict[int, int]]) -> dict[Any, dict[int, int]]:
    """Return sums without who was not answered by the end, which rows do not know."""
    found = {
        series: {key: amount for key, amount in parts.items() if key != Count.UNANSWERED}
        for series, parts in parts_of(rows).items()
    }
    return {series: parts for series, parts in found.items() if parts}


@examples(100)
@given(
    log=logs(kinds=("call", "chat", "ticket")),
    configuration=st.sampled_from(CONFIGURATIONS),
    batches=cuts(),
    stretched=st.sampled_from([1, 4, 7]),
    moment=st.tuples(st.integers(0, 31), st.integers(-60_000, 900_000)),
)
def test_past_windows_are_those_of_the_whole_log(
    log: list[dict[str, Any]],
    configuration: dict[str, Any],
    batches: list[int],
    stretched: int,
    moment: tuple[int, int],
) -> None:
    """However the log was cut into batches, and however far back; reading changes no live window.

    stretched: lets the log last for hours, so that fine rows go; moment: beside which event, and how far.
    """
    resolved = engine(configuration)
    events = as_events({**each, "time": BASE + stretched * (each["time"] - BASE)} for each in log)
    ledger, evaluation = folded(events, resolved, batches), Evaluation(events, resolved)
    newest = max(event.time for event in events)
    before = ledger.moment(newest, newest + resolved.resolution)
    asked = min(newest, events[moment[0] % len(events)].time + moment[1])
    labels = sorted(resolved.window_lengths, reverse=moment[1] % 2 == 0)
    windows = past_windows(asked, labels, resolved, reach_of([ledger]))
    found = finished(past_of(ledger, windows))
    assert found.windows.keys() == windows.starts.keys()
    for label, start in windows.starts.items():
        expected = evaluation.window(start, windows.end)
        same(without_unanswered(found.windows[label]), without_unanswered(expected.rows))
    assert ledger.moment(newest, newest + resolved.resolution).windows == before.windows
