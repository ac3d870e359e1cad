"""The board as known now about then: /api/v1/past, windows that ended at a past moment.

Guarantee: the numbers are those of the report for the windows stated, of every event folded so far; what
cannot be known of then is not there, and which windows are not is said. One question is answered at a time,
an answer stands for `FRESH_SECONDS` for everybody who asks the same, and the event loop goes on meanwhile.

Worked: /api/v1/past?at=2026-03-02T10:15:00Z&windows=30m gives the document of /api/v1/live with `now`
10:15:00, `window_end` 10:15:10, the window 30m, and `known_at`, the moment of the view that knows all this.
Cost: what summing takes (aggregators.past), while nothing is folded, and 0.2 ms for each channel and queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Final, Protocol

from msgspec import Struct, json

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from aggregators.merging import Merging
from aggregators.parts import MomentParts
from aggregators.past import (
    PastWindows,
    configured_then,
    known_then,
    past_of,
    past_windows,
    reach_of,
)
from aggregators.samples import Sample
from aggregators.state_metrics import bounded, state_samples
from aggregators.steps import Steps
from aggregators.window_metrics import WindowDerivation
from exporters.http_server import QuestionRefused
from exporters.live_json import LiveJson, View
from streams.errors import UsageError
from streams.event_time import iso
from streams.live_view import Ledgers
from streams.report import moment_from
from streams.turns import Turns

FRESH_SECONDS: Final = 3.0
ANSWERS_KEPT: Final = 64
INCOMPLETE: Final = "partitions are missing here, so nothing is shown of the past either: see /readyz"


class Owner(Protocol):
    """What is read of a processor."""

    @property
    def ledgers(self) -> Ledgers:
        """The state of every live partition."""

    @property
    def partition_counts(self) -> Mapping[Topic, int]:
        """Partitions of every topic, of all workers."""

    @property
    def state_lock(self) -> asyncio.Lock:
        """To be held while ledgers are read in steps."""


class _Question(Struct, frozen=True):
    """at: milliseconds; labels: of the windows, the one that decides first."""

    at: int
    labels: tuple[str, ...]


class PastView:
    """Answers questions about past moments from the partitions of this process."""

    def __init__(
        self,
        configuration: Configuration,
        owner: Owner,
        shown: Callable[[], View | None],
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        """Prepare; shown: the view of now; elapsed: monotonic seconds."""
        self._configuration = configuration
        self._owner = owner
        self._shown = shown
        self._elapsed = elapsed
        self._asking = asyncio.Lock()
        self._answers: dict[_Question, tuple[float, bytes]] = {}

    async def answer(self, query: Mapping[str, str]) -> bytes:
        """Return the JSON of an answer. Raises QuestionRefused, with what to ask instead."""
        shown = self._shown()
        if shown is None or not shown.is_complete:
            raise QuestionRefused(INCOMPLETE)
        question = self._question(query, shown.now)
        async with self._asking:
            kept = self._answers.get(question)
            if kept is not None and self._elapsed() - kept[0] < FRESH_SECONDS:
                return kept[1]
            told = await self._told(question, shown)
            while len(self._answers) >= ANSWERS_KEPT:
                del self._answers[next(iter(self._answers))]
            self._answers.pop(question, None)
            self._answers[question] = (self._elapsed(), told)
            return told

    def _question(self, query: Mapping[str, str], now: int) -> _Question:
        known = self._configuration.window_lengths
        labels = tuple(dict.fromkeys(filter(None, query.get("windows", "").split(",")))) or tuple(known)
        if unknown := [label for label in labels if label not in known]:
            raise QuestionRefused(f"no window {unknown[0]}: ask for some of {', '.join(known)}")
        try:
            at = moment_from(query.get("at", ""), self._configuration.time_zone)
        except UsageError as error:
            raise QuestionRefused(str(error)) from error
        if at > now:
            raise QuestionRefused(f"{iso(at)} lies ahead: the view of now is of {iso(now)}")
        return _Question(at, labels)

    async def _told(self, question: _Question, shown: View) -> bytes:
        turns = Turns()
        async with self._owner.state_lock:
            ledgers = self._whole()
            windows = past_windows(question.at, question.labels, self._configuration, reach_of(ledgers))
            if question.labels[0] not in windows.starts:
                raise QuestionRefused(self._too_far(question.labels[0], windows))
            moments = [await turns.take(past_of(ledger, windows)) for ledger in ledgers]
        view = await turns.take(self._deriving(moments, windows, question, shown))
        body = LiveJson().render(view)
        more = {
            "known_at": shown.now,
            "window_starts": windows.starts,
            "left_out": [label for label in question.labels if label not in windows.starts],
        }
        return body[:-1] + b"," + json.encode(more)[1:]

    def _whole(self) -> list[PartitionLedger]:
        """Return every partition there is. Raises QuestionRefused where one has gone meanwhile."""
        counts, ledgers = self._owner.partition_counts, self._owner.ledgers
        if len(ledgers) != sum(counts.values()):
            raise QuestionRefused(INCOMPLETE)
        return list(ledgers.values())

    def _deriving(
        self, moments: Sequence[MomentParts], windows: PastWindows, question: _Question, shown: View
    ) -> Steps[View]:
        configuration = self._configuration
        # Where whole quarters had to do, the moment is the last one of the last quarter.
        now = min(question.at, windows.end - 1)
        merged = yield from Merging().merging(moments)
        merged = bounded(merged, configuration)
        yield
        samples: dict[str, list[Sample]] = {}
        for label in windows.starts:
            derived = yield from WindowDerivation(configuration).deriving(
                merged.windows.get(label, {}), {}, merged.known
            )
            samples[label] = known_then(derived)
        return View(
            now=now,
            window_end=windows.end,
            watermark=shown.watermark,
            is_complete=True,
            partitions=shown.partitions,
            windows=samples,
            states=configured_then(state_samples(merged, configuration, now)),
        )

    def _too_far(self, label: str, windows: PastWindows) -> str:
        return (
            f"the window {label} that ended at {iso(windows.end)} is not kept any more: beyond the last "
            "hours there are windows of whole quarters of an hour, as far as windows.horizon reaches"
        )
