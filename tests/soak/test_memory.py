"""Seven simulated days: what a ledger keeps does not grow."""

from __future__ import annotations

import gc
from itertools import islice
from pathlib import Path
from statistics import linear_regression, mean
from typing import Any, Final

import msgspec
import pytest

from aggregators.bounds import WARM_CASES
from aggregators.configuration import Configuration
from aggregators.events import Event, Topic
from aggregators.ledger import PartitionLedger
from aggregators.site_time import window_end
from aggregators.steps import finished
from aggregators.stored_case import Case
from streams.processor import GARBAGE_THRESHOLDS
from tests.building import configured
from tests.soak.amounts import IS_SOAK, amount
from tests.soak.load import steady_load

DAYS: Final = 7
HOUR: Final = 3_600_000
BATCH: Final = 2_000
SAMPLES_A_DAY: Final = 8
GROWTH: Final = 0.02
"""Of the mean, over the last three days."""
TOPICS: Final[tuple[Topic, ...]] = ("calls", "chats", "tickets")


def configuration() -> Configuration:
    """Return one whose cases leave within two of its days; in the short sample a day has two hours."""
    day = amount(sample=2, soak=24) * HOUR
    found = configured({"clock": {"mode": "event"}, "sla": {"first_response": {}, "resolution": {}}})
    return msgspec.structs.replace(
        found,
        window_lengths={"5m": 300_000, "1h": HOUR},
        horizon=msgspec.structs.replace(found.horizon, default=day),
        retention=dict.fromkeys(found.retention, day + HOUR),
        max_open={"calls": day // 2, "chats": day},
    )


def sizes(ledgers: dict[Topic, PartitionLedger]) -> dict[str, int]:
    """Return how many of everything the ledgers keep."""
    found: dict[str, int] = {}

    def add(name: str, number: int) -> None:
        found[name] = found.get(name, 0) + number

    for ledger in ledgers.values():
        rows, index = ledger.rows, ledger.index
        cases: list[Any] = list(ledger.cases.values())
        add("cases", len(cases))
        add("bytes of packed cases", sum(len(case) for case in cases if isinstance(case, bytes)))
        add("deliveries of warm cases", sum(len(case.deliveries) for case in cases if isinstance(case, Case)))
        add("fine facts", sum(map(len, rows.facts.values())))
        add("fine sums", sum(len(parts) for row in rows.summed.values() for parts in row.values()))
        add("coarse sums", sum(len(parts) for _, row in rows.quarters() for parts in row.values()))
        add("statuses", len(index._statuses))
        add("states", sum(len(each.waits) + len(each.leg_waits) for each in index._series.values()))
        add("series", len(index._series) + ledger.known.most() + len(ledger.totals._series))
        add("notes of expiry", sum(map(len, ledger._expiry._names.values())))
        add("breaches ahead", len(ledger.totals._ahead))
        add("news", len(ledger.news.begun) + len(ledger.news.events) + len(ledger.news.left))
    return found


def resident_bytes() -> int:
    """Return the memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def growth(values: list[int]) -> float:
    """Return by how much a straight line through the samples of the last three days grows, per mean."""
    last = values[-3 * SAMPLES_A_DAY :]
    if not mean(last):
        return 0.0
    return linear_regression(range(len(last)), last).slope * (len(last) - 1) / mean(last)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_a_week_leaves_no_more_than_two_days_do() -> None:
    """Everything counted, and in the soak the memory of the process, is flat over the last three days."""
    rate, day = amount(sample=2, soak=20), amount(sample=2, soak=24) * HOUR
    ledgers = {topic: PartitionLedger(topic, configuration()) for topic in TOPICS}
    events = steady_load(DAYS * day // 1000 * rate, a_second=rate)
    a_sample = day // 1000 * rate // SAMPLES_A_DAY
    counted: dict[str, list[int]] = {}
    memory: list[int] = []
    kept = gc.get_threshold()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    for _ in range(DAYS * SAMPLES_A_DAY):
        fold(ledgers, list(islice(events, a_sample)))
        assert max(len(ledger.recent) for ledger in ledgers.values()) < 5 * WARM_CASES  # rises and falls
        for name, number in sizes(ledgers).items():
            counted.setdefault(name, []).append(number)
        memory.append(resident_bytes())
    gc.set_threshold(*kept)
    grown = {name: round(growth(values), 4) for name, values in counted.items()}
    print({name: (values[-1], grown[name]) for name, values in counted.items()})  # noqa: T201
    print(f"memory {memory[-1] >> 20} MiB, {growth(memory):+.4f}")  # noqa: T201
    large = [name for name, values in counted.items() if mean(values[-3 * SAMPLES_A_DAY :]) > 1_000]
    tolerance = GROWTH if IS_SOAK else 5 * GROWTH  # a small sample scatters more
    assert {name: grown[name] for name in large if grown[name] > tolerance} == {}
    assert sum(values[-1] for values in counted.values()) > 0
    if IS_SOAK:
        assert growth(memory) <= GROWTH


def fold(ledgers: dict[Topic, PartitionLedger], events: list[tuple[Topic, Event]]) -> None:
    """Fold in batches, read after each, write a checkpoint now and then, as a worker does."""
    for start in range(0, len(events), BATCH):
        batch: dict[Topic, list[Event]] = {topic: [] for topic in TOPICS}
        for topic, event in events[start : start + BATCH]:
            batch[topic].append(event)
        for topic, ledger in ledgers.items():
            ledger.fold(batch[topic], ledger.position + len(batch[topic]))
            now = ledger.watermark or 0
            finished(ledger.reading(now, window_end(now, ledger.configuration.resolution)))
            ledger.draft_checkpoint(200)
