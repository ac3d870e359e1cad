"""The live view of one partition, compared with the independent recount of its log."""

from __future__ import annotations

import json
from typing import Any, Final

from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from aggregators.recount_limits import read_limits
from aggregators.recount_live import LiveRecount
from aggregators.recount_log import LogRecord, PartitionLog
from aggregators.recount_settings import read_settings
from exporters.live_json import LiveJson
from exporters.pipeline_status import PartitionStatus
from streams.live_document import read_document
from streams.live_view import LiveView
from streams.verification import Verdict, compare
from tests.laws.logs import as_line, engine

FAR: Final = 4_000_000_000_000
"""A Kafka timestamp long after every event: nothing is refused for its skew."""


def verdict_on(
    topic: Topic, ledger: PartitionLedger, log: list[dict[str, Any]], site: dict[str, Any], now: int
) -> Verdict:
    """Compare what a ledger that folded a log shows at a moment (ms) with what the recount counts of it."""
    status = PartitionStatus(topic, 0, "live", applied=len(log), lag=0)
    view = LiveView(engine(site)).at({(topic, 0): ledger}, [status], now)
    document = read_document(json.loads(LiveJson().render(view)), "here")
    settings, limits = read_settings(site), read_limits(site)
    counted, partition = LiveRecount(settings, limits, now), PartitionLog(topic, 0, settings, limits)
    for event in log:
        partition.take(LogRecord(event["subject"].encode(), as_line(event), FAR))
    counted.add(partition, is_whole=True)
    return compare(document, counted)
