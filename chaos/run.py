"""One run from the first record to the last number.

    log made → workers started → fault, fault, …  → the rest sent → one worker left → `supportpulse verify`
                                  └ the records of its share are sent meanwhile

Guarantee: a fault is injected only while its worker has folded since the last fault and has at least 5 % of
its records ahead; who cannot be hit in time is replaced by somebody who can, else the fault does not count.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from chaos.event_log import beyond_the_horizon, event_log
from chaos.faults import Surroundings, available, inject
from chaos.feed import Feed
from chaos.fleet import Fleet, Life, wait
from chaos.report import Report
from chaos.schedule import FIRST_WORKERS, LEAST, Fault, Kind, schedule
from chaos.site import HORIZON, RETENTION, Servers, new_site
from chaos.spool import Spool
from streams.settings import load_settings
from testbed.processes import wait_until
from testbed.support_site import SupportSite

POLL_SECONDS = 0.3
ELIGIBLE_SECONDS = 60.0
CAUGHT_UP_SECONDS = 300.0
VERIFY_SECONDS = 900
SHARE_WITH_FAULTS = 0.9
"""The last records come after the last fault, so that every worker has 5 % ahead of it."""
SHARE_BEFORE_THE_END = 0.94
"""Nothing beyond is sent before the last fault has hit, however long workers take to recover."""
PACED_SECONDS = 4.0
BURST_SHARE = 3
BURST_LEAD_SECONDS = 0.25
"""So long, at most twice, after a burst began its fault hits."""
LATE_RECORDS = 3_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is: everything follows from the seed and these sizes."""

    seed: int
    events: int
    faults: int
    partitions: int = 4
    kinds: tuple[Kind, ...] = available(with_redis=False)

    @property
    def is_full(self) -> bool:
        """Whether there are faults enough for eight of each kind and for every guard."""
        return self.faults >= LEAST * len(self.kinds)


def run(plan: Plan, servers: Servers, directory: Path, tell: Callable[[str], None] = print) -> Report:
    """Run a plan on servers of its own and return what happened."""
    began = time.monotonic()
    report = Report(plan.seed, plan.faults, plan.kinds, plan.is_full)
    spool = Spool(directory / "log.tsv", plan.partitions)
    spool.write(event_log(plan.seed, plan.events))
    site = new_site(servers, f"chaos-{plan.seed}", directory, partitions=plan.partitions)
    broker = servers.broker
    tell(f"seed {plan.seed}: {spool.size:,} records made, broker {broker.bootstrap}, files in {directory}")
    fleet = Fleet(site, spool.totals)
    try:
        for _ in range(FIRST_WORKERS):
            fleet.add()
        surroundings = Surroundings(broker, fleet, servers.redis)
        with _feed(site, spool) as feed:
            _hit(plan, surroundings, feed, report, tell)
            feed.finish()
        life = _last_one(fleet)
        report.verdicts.append(("after the faults", _verdict(life, tell)))
        _send_late(plan, site, spool)
        report.verdicts.append(("after events beyond the horizon", _verdict(life, tell)))
        fleet.observe()
    finally:
        fleet.close()
    report.records, report.seconds = report.verdicts[-1][1]["records"], time.monotonic() - began
    report.processes, report.guards = fleet.processes, fleet.guards
    return report


def _feed(site: SupportSite, spool: Spool) -> Feed:
    kafka = load_settings(site.configuration_file).kafka
    names = {str(topic): name for topic, name in site.topics.items()}
    return Feed(kafka, names, spool.records(), most=int(spool.size * SHARE_BEFORE_THE_END))


def _hit(
    plan: Plan, surroundings: Surroundings, feed: Feed, report: Report, tell: Callable[[str], None]
) -> None:
    faults = schedule(plan.seed, plan.faults, plan.kinds)
    waiting = deque(zip(faults, goals(faults, plan.events), strict=True))
    end = int(plan.events * SHARE_BEFORE_THE_END)
    number = 0
    while waiting and number < 2 * plan.faults:
        number += 1
        fault, goal = waiting.popleft()
        if not fault.is_burst:
            feed.aim(goal, seconds=PACED_SECONDS)
        upper, seconds = _trickle(fault, goal, [each for _, each in waiting], feed.sent, end)
        feed.trickle(upper, seconds=seconds)
        life = _eligible(surroundings.fleet, fault, feed)
        if life is None:
            report.misses[fault.kind] += 1
            if feed.is_dry:
                tell(f"{number:4} {fault.kind}: the log has run dry, {len(waiting) + 1} faults are left out")
                return
            tell(f"{number:4} {fault.kind}: nobody at work, does not count; once more at the end")
            waiting.append((fault, goal))
            continue
        if fault.is_burst:
            # At once, so that the hit meets a worker with its hands full.
            feed.aim(goal, seconds=0)
            wait(BURST_LEAD_SECONDS * fault.delay)
            surroundings.fleet.observe()
        behind, began = life.lag, time.monotonic()
        inject(surroundings, life.worker, fault)
        surroundings.fleet.forget_work()
        report.hits[fault.kind] += 1
        report.behind.append(behind)
        tell(
            f"{number:4} {fault.kind} on {life.worker.name}, {feed.sent:,} sent, {behind:,} behind, "
            f"{time.monotonic() - began:.1f} s"
        )


def _trickle(fault: Fault, goal: int, further: Sequence[int], sent: int, end: int) -> tuple[int, float]:
    """Return up to which record to send while this fault is waited for, and in how many seconds.

    A burst keeps at least half of its records, another fault leaves the next one its share; faults that come
    once more at the end divide what is left.
    """
    if fault.is_burst and goal > sent:
        return goal, 2 * ELIGIBLE_SECONDS
    if further and further[0] > goal:
        return further[0], ELIGIBLE_SECONDS
    return end, ELIGIBLE_SECONDS * (len(further) + 1)


def goals(faults: Sequence[Fault], events: int) -> list[int]:
    """Return up to which record each fault's share goes; those that come at once get three times as much."""
    shares = list(accumulate(_share(fault) for fault in faults))
    return [int(events * SHARE_WITH_FAULTS * share / shares[-1]) for share in shares]


def _share(fault: Fault) -> int:
    if fault.kind is Kind.CHECKPOINT:
        return 2 * BURST_SHARE
    return BURST_SHARE if fault.is_burst else 1


def _eligible(fleet: Fleet, fault: Fault, feed: Feed) -> Life | None:
    """Return the worker that a fault hits, once a hit counts: the chosen one, after half the time any."""
    began = time.monotonic()
    while (now := time.monotonic()) < began + ELIGIBLE_SECONDS:
        feed.check()
        fleet.check()
        fleet.observe()
        running = fleet.running
        if feed.is_dry and all(life.applied and not life.lag and not life.folded for life in running):
            return None
        possible = [life for life in running if fleet.is_far_from_its_end(life)]
        if possible and now >= began + fault.delay:
            chosen = possible[int(fault.target * len(possible))]
            candidates = [chosen, *possible] if now > began + ELIGIBLE_SECONDS / 2 else [chosen]
            for life in candidates:
                if life.folded:
                    return life
        wait(POLL_SECONDS)
    return None


def _last_one(fleet: Fleet) -> Life:
    """End all workers but one, which then owns everything."""
    first, *others = fleet.running
    # It may just have been started.
    wait_until(first.worker.answers, seconds=60, what="an answer of the last worker")
    for life in others:
        life.worker.terminate()
    for life in others:
        wait_until(lambda: not life.worker.is_running, seconds=60, what="the end of a worker")  # noqa: B023
        fleet.forget(life.worker)
    return first


def _verdict(life: Life, tell: Callable[[str], None]) -> dict[str, object]:
    """Wait until everything is folded and return what `supportpulse verify` finds."""
    worker = life.worker
    document = worker.wait_until_caught_up(seconds=CAUGHT_UP_SECONDS)
    tell(f"caught up with {sum(each['applied'] for each in document['partitions']):,} records; recounting")
    done = subprocess.run(
        worker.site.command_line("verify", "--address", worker.url, "--format", "json"),
        capture_output=True,
        text=True,
        timeout=VERIFY_SECONDS,
        check=False,
    )
    if not done.stdout:
        raise RuntimeError(f"verify ended with {done.returncode}: {done.stderr}")
    return dict(json.loads(done.stdout))


def _send_late(plan: Plan, site: SupportSite, spool: Spool) -> None:
    """Send the other input: events that come later than the horizon allows."""
    late = beyond_the_horizon(
        plan.seed, min(LATE_RECORDS, plan.events), end=spool.newest, horizon=HORIZON, retention=RETENTION
    )
    records = ((line.topic, line.key.encode(), line.value.encode()) for line in late)
    kafka = load_settings(site.configuration_file).kafka
    with Feed(kafka, {str(topic): name for topic, name in site.topics.items()}, records) as feed:
        feed.finish()
