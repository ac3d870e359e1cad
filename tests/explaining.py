"""Workers and a fleet that answer questions about numbers, in one process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from aggregators.events import Event, Topic
from aggregators.ledger import PartitionLedger
from exporters.explain_parts import ASKED, AskedPart, ToldPart, read_told
from exporters.fleet import Assessment, Conflict, Reporter
from exporters.pipeline_status import PartitionStatus as ShownStatus
from exporters.worker_client import WorkerSilent
from streams.live_explaining import LiveExplainer
from tests.building import at, call, configured

NOW = at("10:00:12")
METRIC = {"metric": "support_window_answer_seconds", "queue": "sales", "window": "5m"}


def answered(case: str, seconds: int) -> list[Event]:
    """Return the events of a call that waited so long."""
    return [
        call("offered", "10:00:00", queue="sales", case=case),
        call("answered", f"10:00:{seconds:02}", case=case),
    ]


class Worker:
    """Has partitions of calls; also the owner that an explainer reads."""

    def __init__(self, calls: Mapping[int, list[Event]], recovering: int | None = None) -> None:
        self.ledgers: dict[tuple[Topic, int], PartitionLedger] = {}
        for number, events in calls.items():
            ledger = self.ledgers["calls", number] = PartitionLedger("calls", configured())
            ledger.fold(events, len(events))
        numbers = [*calls] if recovering is None else [*calls, recovering]
        self.partitions = [ShownStatus("calls", number, "live") for number in numbers]

    def explainer(self, now: int | None = NOW) -> LiveExplainer:
        """Return what answers for it."""
        return LiveExplainer(configured(), self, lambda: now)


class Workers:
    """Workers by name, and the client that asks them; None is one that does not answer.

    silent_from: from which question on nobody answers.
    """

    def __init__(self, **workers: Worker | None) -> None:
        self._explainers = {
            f"http://{name}": None if worker is None else worker.explainer()
            for name, worker in workers.items()
        }
        self.asked: list[AskedPart] = []
        self.silent_from = 1_000

    async def ask(self, address: str, asked: AskedPart) -> ToldPart:
        """Answer as the worker at an address does."""
        self.asked.append(asked)
        explainer = self._explainers[address]
        if explainer is None or len(self.asked) >= self.silent_from:
            raise WorkerSilent("cannot connect")
        return read_told(await explainer.answer_part({ASKED: msgspec.json.encode(asked).decode()}))


class Fleet:
    """Knows who reports what."""

    now: int | None = NOW

    def __init__(self, owners: Mapping[int, str | None], conflicts: tuple[Conflict, ...] = ()) -> None:
        reporters: dict[tuple[str, int], Reporter] = {
            ("calls", number): Reporter(name, f"http://{name}" if name != "w9" else "")
            for number, name in owners.items()
            if name is not None
        }
        partitions = [
            ShownStatus("calls", number, "unowned" if name is None else "live")
            for number, name in owners.items()
        ]
        partitions.append(ShownStatus("surveys", 0, "unowned"))
        self.assessment = Assessment(partitions, conflicts, frozenset(), reporters)


def told(answer: bytes) -> dict[str, Any]:
    """Return an answer."""
    return dict(json.loads(answer))
