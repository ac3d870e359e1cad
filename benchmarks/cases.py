"""What known cases cost: memory of each, and what many of them do to the fold; without Kafka.

Guarantee: calls come through decoder and fold as in service; memory is what the kernel counts as resident.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from benchmarks.call_log import START, CallEvent, call_events, iso
from benchmarks.ledgers import BATCH, PARTITIONS, Ledgers, settle_collector
from benchmarks.limits import Figure
from benchmarks.usage import resident
from streams.settings import configuration_from_mapping

KNOWN: Final = (100_000, 2_000_000)
CALLS: Final = 1_000_000


def memory_figures() -> Iterator[Figure]:
    """Yield what a tracked call takes, beside the bytes of its events as JSON."""
    configuration = configuration_from_mapping({"clock": {"mode": "event"}}).engine()
    ledgers = Ledgers("calls", configuration)
    settle_collector()
    before, size, number = resident(), 0, 0

    def counted() -> Iterator[CallEvent]:
        nonlocal size, number
        # Twelve calls a second, so that a million of them lie within the retention of three days.
        for event in call_events(6 * CALLS, calls_a_second=12.0):
            size += len(event.value)
            number += 1
            yield event

    ledgers.take(counted())
    gc.collect()
    calls = sum(len(ledger.cases) for ledger in ledgers.all)
    yield Figure(
        "memory",
        (resident() - before) / calls,
        f"{calls:,} calls of {number / calls:.1f} events; their JSON: {size / calls:,.0f} bytes",
    )


def known_figures() -> Iterator[Figure]:
    """Yield how much slower decoding and folding is with many more known cases; all are in retention."""
    rates = []
    for known in KNOWN:
        configuration = configuration_from_mapping({"clock": {"mode": "event"}}).engine()
        ledgers = Ledgers("calls", configuration)
        settle_collector()
        ledgers.take(_abandoned(known))
        settle_collector()
        rates.append(_rate(ledgers))
    yield Figure(
        "known", rates[1] / rates[0], f"{rates[0]:,.0f} events / CPU s with {KNOWN[0]:,} known calls"
    )


def _rate(ledgers: Ledgers, events: int = 200_000) -> float:
    log, taken = list(call_events(events)), 0.0
    gc.collect()
    gc.freeze()
    for start in range(0, events, BATCH * PARTITIONS):
        for event in log[start : start + BATCH * PARTITIONS]:
            ledgers.wait(event)
        taken += ledgers.fold()
    return events / taken


def _abandoned(number: int) -> Iterator[CallEvent]:
    """Yield calls of two events before those of the log begin."""
    first = START - timedelta(days=1)
    for call in range(number):
        name = f"known-{call:030d}"
        for offset, kind, data in ((0, "call.offered", '{"queue":"sales"}'), (9, "call.abandoned", "{}")):
            time = iso(first + timedelta(seconds=80_000 * call / number + offset))
            value = (
                f'{{"specversion":"1.0","id":"{kind[5]}{call:035d}","source":"/pbx","type":"{kind}",'
                f'"subject":"{name}","time":"{time}","data":{data}}}'
            )
            yield CallEvent(0, name.encode(), value.encode())
