"""Why a number is what it is, asked of who has the cases: of this process, or of several parts of a fleet.

Guarantee: all ways are one: sums of every part, a selection from them, the best cases of every part. A
partition that has no part in an answer is named in it with the reason, and what it has is in neither sums nor
cases. One question is answered at a time; the event loop goes on meanwhile.

    sums of all parts ──► selection ──► best cases of all parts ──► answer

Worked: a worker that is still reading back calls/1: the cases of calls/0, and "calls/1" among the missing.
Cost: what rows and cases take (`aggregators.case_search`); the next question waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from msgspec import Struct, json

from aggregators.case_search import depends_on_end, searching, summing, summing_and_searching
from aggregators.configuration import Configuration
from aggregators.contributions import Place, Question
from aggregators.events import Topic
from aggregators.explanation import (
    EXPLAINED_TOPICS,
    Explanation,
    Found,
    Selection,
    Sums,
    explanation_of,
    merged,
    selection_of,
)
from aggregators.ledger import PartitionLedger
from aggregators.state_explanation import (
    EXPLAINED_STATES,
    Standings,
    StateQuestion,
    merged_standings,
    standing_behind,
)
from aggregators.window_row import STATS
from exporters.explain_parts import ASKED, PART_PATH, AskedPart, ToldPart, read_asked
from exporters.fleet_parts import NotReadable
from exporters.http_server import EXPLAIN_PATH, Answers, QuestionRefused
from streams.errors import UsageError
from streams.explaining import (
    SHOWN,
    answer_document,
    metric_question,
    stat_from,
    state_document,
    state_question,
    window_ending_at,
)
from streams.live_view import Ledgers
from streams.turns import Turns

NOTHING_YET: Final = "nothing is shown yet, so nothing can be explained; ask again in a moment"
TopicPartition = tuple[str, int]


class Part(Protocol):
    """Who has the cases of some partitions; both return None where they have nothing to say (any more)."""

    async def sums(self, question: Question) -> Sums | None:
        """Return what stands behind a number there."""

    async def cases(self, question: Question, selection: Selection) -> Found | None:
        """Return the best cases there."""

    async def standings(self, question: StateQuestion) -> Standings | None:
        """Return what stands behind a number of the state there."""


class AskedQuestion(Struct, frozen=True):
    """A question as it was asked, with the statistic that the cases are chosen by."""

    question: Question | StateQuestion
    stat: str

    @property
    def topics(self) -> frozenset[Topic]:
        """Whose cases have a part in the answer."""
        return EXPLAINED_TOPICS if isinstance(self.question, Question) else self.question.topics


Document = Callable[[Mapping[str, str]], dict[str, object]]
"""Gives an answer as a document; takes what is missing in it, and why."""


async def answer_by(asked: AskedQuestion, parts: Sequence[Part]) -> Document:
    """Return what all parts that answer have to say."""
    question = asked.question
    if isinstance(question, Question):
        return partial(answer_document, question, await explanation_by(question, asked.stat, parts))
    told = await asyncio.gather(*(part.standings(question) for part in parts))
    standings = merged_standings([each for each in told if each is not None], SHOWN)
    return partial(state_document, question, standings)


async def explanation_by(question: Question, stat: str, parts: Sequence[Part]) -> Explanation:
    """Return what stands behind a number of a window, of all parts that answer."""
    told = await asyncio.gather(*(part.sums(question) for part in parts))
    sums = _added(told)
    selection = selection_of(sums, stat, SHOWN)
    found = await asyncio.gather(
        *(part.cases(question, selection) for part, its in zip(parts, told, strict=True) if its is not None)
    )
    # Who fell silent between the two has no part in the sums either.
    heard = [its for its in told if its is not None]
    sums = _added([its for its, cases in zip(heard, found, strict=True) if cases is not None])
    return explanation_of(sums, merged([each for each in found if each is not None], selection))


def _added(told: Sequence[Sums | None]) -> Sums:
    sums = Sums()
    for each in told:
        if each is not None:
            sums.add(each)
    return sums


def asked_question(query: Mapping[str, str], now: int | None, configuration: Configuration) -> AskedQuestion:
    """Return the question of a query; now: of the view that is shown (ms), None while there is none.

    Raises QuestionRefused, with what to ask instead.
    """
    if now is None:
        raise QuestionRefused(NOTHING_YET)
    try:
        stat = stat_from(query.get("stat", STATS[0]))
        metric, place = query.get("metric", ""), Place(query.get("channel"), query.get("queue"))
        if metric in EXPLAINED_STATES:
            return AskedQuestion(state_question(metric, place, now, query.get("measure")), stat)
        window = window_ending_at(query.get("window", "today"), now, configuration)
        return AskedQuestion(metric_question(metric, place, *window), stat)
    except UsageError as error:
        raise QuestionRefused(str(error)) from error


class _Here:
    """Partitions of this process."""

    def __init__(self, ledgers: Sequence[PartitionLedger]) -> None:
        self.found: Found | None = None
        """The best cases, where they were found together with the sums."""
        self._ledgers = ledgers

    async def sums(self, question: Question) -> Sums:
        sums, turns = Sums(), Turns()
        if depends_on_end(question):
            both = summing_and_searching(question, Selection(SHOWN), self._ledgers)
            sums, self.found = await turns.take(both)
            return sums
        for ledger in self._ledgers:
            sums.add(await turns.take(summing(question, ledger)))
        return sums

    async def cases(self, question: Question, selection: Selection) -> Found:
        if self.found is not None:
            return self.found
        return await Turns().take(searching(question, selection, self._ledgers))

    async def standings(self, question: StateQuestion) -> Standings:
        return await Turns().take(standing_behind(question, self._ledgers, SHOWN))


class Owner(Protocol):
    """What is read of a processor."""

    @property
    def ledgers(self) -> Ledgers:
        """The state of every live partition."""

    @property
    def partitions(self) -> Sequence[TopicStatus]:
        """Every assigned partition."""


class TopicStatus(Protocol):
    """What is read of the status of a partition."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its number."""


class LiveExplainer:
    """Answers from the partitions of this process: to people, and to exporters."""

    def __init__(self, configuration: Configuration, owner: Owner, now: Callable[[], int | None]) -> None:
        """Prepare; now: gives the moment of the last view (ms), None while there is none."""
        self._configuration = configuration
        self._owner = owner
        self._now = now
        self._one_at_a_time = asyncio.Lock()

    @property
    def answers(self) -> Answers:
        """What it answers, by path."""
        return {EXPLAIN_PATH: self.answer, PART_PATH: self.answer_part}

    async def answer(self, query: Mapping[str, str]) -> bytes:
        """Return the JSON of an answer. Raises QuestionRefused, with what to ask instead."""
        asked = asked_question(query, self._now(), self._configuration)
        async with self._one_at_a_time:
            ledgers = self._owner.ledgers
            missing = {
                f"{each.topic}/{each.partition}": "its state is being read back"
                for each in self._owner.partitions
                if each.topic in asked.topics and (each.topic, each.partition) not in ledgers
            }
            document = await answer_by(asked, [_Here(list(ledgers.values()))])
        return json.encode(document(missing))

    async def answer_part(self, query: Mapping[str, str]) -> bytes:
        """Return what an exporter asks for. Raises QuestionRefused where it speaks another format."""
        try:
            asked = read_asked(query.get(ASKED, ""))
        except NotReadable as error:
            raise QuestionRefused(f"{error}; run one version of the program everywhere") from error
        try:
            return json.encode(await self._told(asked))
        except UsageError as error:
            raise QuestionRefused(f"{error}; run one version of the program everywhere") from error

    async def _told(self, asked: AskedPart) -> ToldPart:
        """Return the answer to an exporter. Raises UsageError where this program cannot give it."""
        place = Place(asked.channel, asked.queue)
        async with self._one_at_a_time:
            ledgers = {
                (topic, number): ledger
                for (topic, number), ledger in self._owner.ledgers.items()
                if number in asked.partitions.get(topic, ())
            }
            partitions: list[TopicPartition] = list(ledgers)
            here = _Here(list(ledgers.values()))
            if asked.now is not None:
                of_state = state_question(asked.metric, place, asked.now, asked.measure)
                return ToldPart(partitions=partitions, standings=await here.standings(of_state))
            question = metric_question(asked.metric, place, asked.start, asked.end)
            if asked.selection is None:
                sums = await here.sums(question)
                return ToldPart(partitions=partitions, sums=sums, found=here.found or Found())
            return ToldPart(partitions=partitions, found=await here.cases(question, asked.selection))
