"""Why a number of a fleet is what it is: asked of the workers that own the partitions.

Guarantee: workers are asked all at once, each for its own partitions, and their answers merge as those of the
partitions of one process do (`streams.live_explaining`). A partition without an answer is named with the
reason; while workers do not belong together nothing is added.

Worked: worker b was killed: the answer has the cases of worker a, and "calls/1": "worker b does not answer".
Cost: what the slowest worker takes, and one or two round trips.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import json

from aggregators.case_search import depends_on_end
from aggregators.configuration import Configuration
from aggregators.contributions import Question
from aggregators.explanation import Found, Selection, Sums
from aggregators.state_explanation import Standings, StateQuestion
from exporters.explain_parts import AskedPart, ToldPart
from exporters.fleet import Assessment
from exporters.http_server import EXPLAIN_PATH, Answers, QuestionRefused
from exporters.worker_client import WorkerSilent
from streams.live_explaining import TopicPartition, answer_by, asked_question
from streams.live_view import LIVE


class Client(Protocol):
    """What is asked of exporters.worker_client.WorkerClient."""

    async def ask(self, address: str, asked: AskedPart) -> ToldPart:
        """Return a worker's answer. Raises WorkerSilent."""


class _There:
    """The partitions of one worker; `missing` holds those that it did not answer for, and why."""

    def __init__(self, client: Client, address: str, name: str, partitions: Sequence[TopicPartition]) -> None:
        self.missing: dict[TopicPartition, str] = {}
        self._found: Found | None = None
        self._client = client
        self._address = address
        self._name = name
        self._partitions = list(partitions)

    async def sums(self, question: Question) -> Sums | None:
        told = await self._ask(_asked_of_window(question, self._partitions, None))
        if told is None:
            return None
        self._note_lost(told)
        # Of such a number the latest cases are listed, whatever the sums are: they come with them.
        self._found = told.found if depends_on_end(question) else None
        return told.sums

    async def cases(self, question: Question, selection: Selection) -> Found | None:
        if self._found is not None:
            return self._found
        told = await self._ask(_asked_of_window(question, self._partitions, selection))
        if told is None:
            return None
        if set(told.partitions) != set(self._partitions):
            self._leave_out(f"worker {self._name} has just lost partitions; ask again")
            return None
        return told.found

    async def standings(self, question: StateQuestion) -> Standings | None:
        told = await self._ask(
            AskedPart(
                metric=question.metric.name,
                channel=question.place.channel,
                queue=question.place.queue,
                start=question.now,
                end=question.now,
                now=question.now,
                measure=question.measure,
                partitions=_by_topic(self._partitions),
            )
        )
        if told is not None:
            self._note_lost(told)
        return None if told is None else told.standings

    def _note_lost(self, told: ToldPart) -> None:
        lost = set(self._partitions) - set(told.partitions)
        self.missing |= dict.fromkeys(lost, f"worker {self._name} does not have it any more")
        self._partitions = list(told.partitions)

    async def _ask(self, asked: AskedPart) -> ToldPart | None:
        try:
            return await self._client.ask(self._address, asked)
        except WorkerSilent as error:
            self._leave_out(f"worker {self._name} at {self._address} does not answer: {error}")
            return None

    def _leave_out(self, reason: str) -> None:
        self.missing |= dict.fromkeys(self._partitions, reason)


def _asked_of_window(
    question: Question, partitions: list[TopicPartition], selection: Selection | None
) -> AskedPart:
    return AskedPart(
        metric=question.metric.measure,
        channel=question.place.channel,
        queue=question.place.queue,
        start=question.start,
        end=question.end,
        partitions=_by_topic(partitions),
        selection=selection,
    )


def _by_topic(partitions: Sequence[TopicPartition]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for topic, number in partitions:
        found.setdefault(topic, []).append(number)
    return found


class Fleet(Protocol):
    """What is read of streams.fleet_reading.FleetReading."""

    @property
    def assessment(self) -> Assessment:
        """What the workers reported last."""

    @property
    def now(self) -> int | None:
        """The moment of the newest tick (ms)."""


class FleetExplainer:
    """Answers by asking the workers that own the partitions."""

    def __init__(self, configuration: Configuration, fleet: Fleet, client: Client) -> None:
        self._configuration = configuration
        self._fleet = fleet
        self._client = client

    @property
    def answers(self) -> Answers:
        """What it answers, by path."""
        return {EXPLAIN_PATH: self.answer}

    async def answer(self, query: Mapping[str, str]) -> bytes:
        """Return the JSON of an answer; partitions whose worker does not answer are named in it.

        Raises QuestionRefused, with what to ask instead, or why workers must not be added.
        """
        asked = asked_question(query, self._fleet.now, self._configuration)
        assessment = self._fleet.assessment
        if assessment.conflicts:
            raise QuestionRefused(assessment.conflicts[0].text)
        missing: dict[TopicPartition, str] = {}
        by_worker: dict[tuple[str, str], list[TopicPartition]] = {}
        for status in assessment.partitions:
            place = (status.topic, status.partition)
            reporter = assessment.reporters.get(place)
            if status.topic not in asked.topics:
                continue
            if reporter is None:
                missing[place] = "no worker reports it"
            elif status.state != LIVE:
                missing[place] = f"worker {reporter.name} reports it as {status.state}"
            elif not reporter.address:
                missing[place] = f"worker {reporter.name} tells no address; run one version everywhere"
            else:
                by_worker.setdefault((reporter.address, reporter.name), []).append(place)
        parts = [_There(self._client, *worker, places) for worker, places in by_worker.items()]
        document = await answer_by(asked, parts)
        for part in parts:
            missing |= part.missing
        named = {f"{topic}/{number}": reason for (topic, number), reason in sorted(missing.items())}
        return json.encode(document(named))
