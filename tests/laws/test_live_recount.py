"""The independent recount of a log gives the live view of a ledger that folded it, evictions and all.

Short bounds (horizon two hours, retention three) let cases leave, come back and be refused as expired.
"""

from __future__ import annotations

from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from streams.verification import line_of
from tests.laws.logs import HOUR, as_events, engine, examples, folded, topic_of
from tests.laws.recounted import verdict_on
from tests.laws.strategies import BASE, CONFIGURATIONS, cuts, long_logs

BOUNDS: Final = {
    "lengths": ["5m", "1h", "2h"],
    "horizon": "2h",
    "retention": {"tickets": "3h", "calls": "3h", "chats": "3h"},
    "max_open": {"calls": "2h", "chats": "8h"},
}


@examples(150)
@given(
    log=long_logs(),
    configuration=st.sampled_from(CONFIGURATIONS),
    batches=cuts(),
    later=st.sampled_from([0, 1, 9_999, 60_000, HOUR, 9 * HOUR]),
)
def test_the_view_of_a_ledger_is_what_the_recount_counts(
    log: list[dict[str, Any]], configuration: dict[str, Any], batches: list[int], later: int
) -> None:
    """Whatever left, came back or expired: no number of windows and states differs."""
    stated = {**configuration, "windows": BOUNDS}
    resolved, events = engine(stated), as_events(log)
    ledger, topic = folded(events, resolved, batches), topic_of(events)
    now = max([BASE, *(event.time for event in events)]) + later
    verdict = verdict_on(topic, ledger, log, stated, now)
    assert [line_of(difference) for difference in verdict.differences] == []
    assert verdict.not_covered == []
    assert verdict.compared > 100
