"""What a question about a number takes with many cases in memory, as a worker answers it; without Kafka.

Guarantee: calls come through decoder and fold as in service and lie in the last day; each question is asked
on an event loop on which something else wants a turn every 5 ms. CPU seconds, and how late that turn came.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Mapping
from time import process_time
from typing import Final

from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from aggregators.site_time import window_end
from benchmarks.call_log import call_events
from benchmarks.ledgers import Ledgers, settle_collector
from benchmarks.limits import Figure
from benchmarks.usage import LoopWatch
from exporters.pipeline_status import PartitionStatus
from streams.event_time import iso
from streams.live_explaining import LiveExplainer
from streams.settings import configuration_from_mapping

CALLS: Final = 1_000_000
HOURS: Final = 22
"""How far apart the first and the last call lie: within one date, so that they are all of `today`."""

EVENTS_A_CALL: Final = 5.6
HOUR_MS: Final = 3_600_000
TURN_SECONDS: Final = 0.005

QUESTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "answered": ("answered", "mean"),
    "service level": ("service_level_ratio", "mean"),
    "abandonment": ("abandonment_ratio", "mean"),
    "p90 of answers": ("answer_seconds", "p90"),
    "longest wait": ("wait_seconds", "max"),
    "longest handling": ("handle_seconds", "max"),
}


class _Owner:
    """The partitions of one worker."""

    def __init__(self, ledgers: Ledgers) -> None:
        self.ledgers: dict[tuple[Topic, int], PartitionLedger] = {
            ("calls", number): ledger for number, ledger in enumerate(ledgers.all)
        }
        self.partitions: list[PartitionStatus] = []


def explain_figures(calls: int) -> Iterator[Figure]:
    """Yield what the slowest question of each kind takes, and how long the event loop was held."""
    configuration = configuration_from_mapping({"clock": {"mode": "event"}}).engine()
    ledgers = Ledgers("calls", configuration)
    settle_collector()
    ledgers.take(call_events(int(calls * EVENTS_A_CALL), calls_a_second=calls / (HOURS * 3_600)))
    gc.collect()
    gc.freeze()
    now = max(ledger.watermark or 0 for ledger in ledgers.all)
    explainer = LiveExplainer(configuration, _Owner(ledgers), lambda: now)
    end = window_end(now, configuration.resolution)
    ago = end - (HOURS - 2) * HOUR_MS
    windows = {
        "explain half an hour": "30m",
        "explain a day": "today",
        "explain long ago": f"{iso(ago)}..{iso(ago + HOUR_MS // 2)}",
    }
    known, longest = sum(len(ledger.cases) for ledger in ledgers.all), 0.0
    for name, window in windows.items():
        taken: dict[str, float] = {}
        for question, (metric, stat) in QUESTIONS.items():
            asked = {"metric": metric, "stat": stat, "window": window}
            taken[question], held = asyncio.run(_asked(explainer, asked))
            longest = max(longest, held)
        slowest = max(taken, key=lambda question: taken[question])
        yield Figure(name, taken[slowest], f"{slowest}; {known:,} calls known")
    asked = {"metric": "service_level_live_ratio", "window": "30m"}
    seconds, held = asyncio.run(_asked(explainer, asked))
    yield Figure("explain who waits", seconds, "live service level of half an hour")
    yield Figure("hold in explain", max(longest, held) * 1e3)


async def _asked(explainer: LiveExplainer, query: Mapping[str, str]) -> tuple[float, float]:
    """Return CPU seconds of an answer, and the longest hold of the event loop meanwhile (s)."""
    holds = LoopWatch()
    holds.start()
    began = process_time()
    await explainer.answer(query)
    taken = process_time() - began
    await asyncio.sleep(2 * TURN_SECONDS)
    holds.stop()
    return taken, holds.longest
