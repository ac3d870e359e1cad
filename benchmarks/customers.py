"""What a million customers cost: memory, a tick of all their periods, being restored; without Kafka.

Guarantee: events come through decoder and fold as in service; memory is what the kernel counts as resident.
What is restored comes from checkpoints as they are written durably, read back in memory; a start of a worker
adds importing, joining its group and reading the changelog.

Worked: a customer subscribes, comes by twice and orders once over a year; one in ten cancels.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from random import Random
from statistics import median
from time import process_time
from typing import Final

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration
from benchmarks.call_log import START, CallEvent, iso
from benchmarks.ledgers import PARTITIONS, Ledgers, settle_collector
from benchmarks.limits import Figure
from benchmarks.usage import resident
from exporters.pipeline_status import PartitionStatus
from streams.live_view import LIVE, LiveView
from streams.settings import configuration_from_mapping

CUSTOMERS: Final = 1_000_000
PRODUCTS: Final = 10
DAYS: Final = 390
TICKS: Final = 9
EVENTS_A_TICK: Final = 500
_CANCELS: Final = 0.1

_Partitions = Mapping[tuple[Topic, int], PartitionLedger]


def customer_figures(number: int) -> Iterator[Figure]:
    """Yield what so many customers cost."""
    configuration = configuration_from_mapping({"clock": {"mode": "event"}}).engine()
    ledgers = Ledgers("customers", configuration)
    settle_collector()
    before, size, events = resident(), 0, 0

    def counted() -> Iterator[CallEvent]:
        nonlocal size, events
        for event in customer_events(number):
            size += len(event.value)
            events += 1
            yield event

    began = process_time()
    ledgers.take(counted())
    folded = process_time() - began
    gc.collect()
    known = sum(len(ledger.cases) for ledger in ledgers.all)
    yield Figure(
        "customer memory",
        (resident() - before) / known,
        f"{known:,} customers of {events / known:.1f} events; JSON: {size / known:,.0f} bytes; "
        f"folded in {folded:,.0f} s of CPU",
    )
    yield from _tick_figures(ledgers, configuration)
    yield from _start_figures(ledgers, configuration)


def customer_events(number: int, *, days: int = DAYS, seed: int = 1) -> Iterator[CallEvent]:
    """Yield the events of so many customers in time order: about 3.6 of each, over so many days."""
    random = Random(seed)
    moments = days * 86_400_000
    # Customers come evenly over the time, and what they do later is drawn beforehand, by its minute.
    later: dict[int, list[tuple[str, int]]] = {}
    width = max(1, moments // 20_000)
    done = 0
    for step in range(20_000):
        moment = step * width
        for kind, customer in later.pop(step, ()):
            yield _event(kind, customer, moment)
        while done < number * (step + 1) // 20_000:
            done += 1
            yield _event("subscribed", done, moment)
            for kind in ("visited", "visited", "purchased", "cancelled"):
                if kind != "cancelled" or random.random() < _CANCELS:
                    later.setdefault(step + 1 + int(random.expovariate(1 / 3_000)), []).append((kind, done))


def _event(kind: str, customer: int, moment: int) -> CallEvent:
    product = f"product-{customer % PRODUCTS}"
    data = {
        "subscribed": f'{{"product":"{product}","mrr":990,"currency":"EUR","term_months":12}}',
        "purchased": '{"amount":500,"currency":"EUR"}',
        "cancelled": f'{{"product":"{product}"}}',
        "visited": "{}",
    }[kind]
    name = f"customer-{customer:027d}"
    time = iso(START + timedelta(milliseconds=moment))
    value = (
        f'{{"specversion":"1.0","id":"{kind[0]}{moment:012d}-{customer:022d}","source":"/shop",'
        f'"type":"customer.{kind}","subject":"{name}","time":"{time}","data":{data}}}'
    )
    return CallEvent(moment, name.encode(), value.encode())


def _tick_figures(ledgers: Ledgers, configuration: Configuration) -> Iterator[Figure]:
    view = LiveView(configuration)
    status = [PartitionStatus("customers", n, state=LIVE, is_assigned=True) for n in range(PARTITIONS)]
    partitions: _Partitions = {("customers", n): ledger for n, ledger in enumerate(ledgers.all)}
    first = _seconds(lambda: view.at(partitions, status, 0))
    more = iter(list(customer_events(TICKS * EVENTS_A_TICK, days=1, seed=2)))
    quiet = median(_seconds(lambda: view.at(partitions, status, 0)) for _ in range(TICKS))
    busy = []
    for _ in range(TICKS):
        for _ in range(EVENTS_A_TICK):
            # Dated in the first days: late ones, which change every period and stock.
            ledgers.wait(next(more))
        ledgers.fold()
        busy.append(_seconds(lambda: view.at(partitions, status, 0)))
    yield Figure("customer tick", quiet * 1e3, f"the first one of a date: {first * 1e3:,.0f} ms")
    yield Figure("busy customer tick", median(busy) * 1e3)


def _start_figures(ledgers: Ledgers, configuration: Configuration) -> Iterator[Figure]:
    """Yield how long it takes to restore all of them from their checkpoints and to show the first view."""
    drafts = [ledger.draft_checkpoint(0) for ledger in ledgers.all]
    ledgers.all.clear()
    settle_collector()

    def start() -> None:
        restored: dict[tuple[Topic, int], PartitionLedger] = {}
        for number, draft in enumerate(drafts):
            restoration = Restoration("customers", configuration)
            restoration.add(draft.chunks, draft.to_position)
            for _ in restoration.steps():
                pass
            restored["customers", number] = restoration.ledger
        status = [PartitionStatus("customers", n, state=LIVE, is_assigned=True) for n in range(PARTITIONS)]
        LiveView(configuration).at(restored, status, 0)

    yield Figure("customer start", _seconds(start), f"{len(drafts)} partitions, one after the other")


def _seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began
