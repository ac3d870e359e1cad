"""The independent recount of a log gives the live view of a ledger that folded it, evictions and all.

Short bounds (horizon two hours, retention three) let cases leave, come back and be refused as expired.
"""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from aggregators.recount_limits import read_limits
from aggregators.recount_live import LiveRecount
from aggregators.recount_log import LogRecord, PartitionLog
from aggregators.recount_settings import read_settings
from exporters.live_json import LiveJson
from exporters.pipeline_status import PartitionStatus
from streams.live_document import read_document
from streams.live_view import LiveView
from streams.verification import compare, line_of
from tests.laws.logs import HOUR, as_events, as_line, engine, examples, folded, topic_of
from tests.laws.strategies import BASE, CONFIGURATIONS, cuts, long_logs

BOUNDS: Final = {
    "lengths": ["5m", "1h", "2h"],
    "horizon": "2h",
    "retention": {"tickets": "3h", "calls": "3h", "chats": "3h"},
    "max_open": {"calls": "2h", "chats": "8h"},
}
FAR: Final = 4_000_000_000_000
"""A Kafka timestamp long after every event: nothing is refused for its skew."""


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
    status = PartitionStatus(topic, 0, "live", applied=len(log), lag=0)
    view = LiveView(resolved).at({(topic, 0): ledger}, [status], now)
    document = read_document(json.loads(LiveJson().render(view)), "here")
    settings, limits = read_settings(stated), read_limits(stated)
    recount, partition = LiveRecount(settings, limits, now), PartitionLog(topic, 0, settings, limits)
    for event in log:
        partition.take(LogRecord(event["subject"].encode(), as_line(event), FAR))
    recount.add(partition, is_whole=True)
    verdict = compare(document, recount)
    assert [line_of(difference) for difference in verdict.differences] == []
    assert verdict.not_covered == []
    assert verdict.compared > 100
