"""A number is the sum of what stands behind it: for every window metric, place and window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregators.case_search import depends_on_end, searching, summing, summing_and_searching
from aggregators.catalogue import WINDOW_PREFIXES
from aggregators.catalogue.metric import WindowMetric
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.configuration import Configuration
from aggregators.contributions import WAITING, Contribution, Place, Question, contributions
from aggregators.evaluation import Evaluation
from aggregators.events import TOPIC_OF_RANK, Event, Topic
from aggregators.explanation import (
    EXPLAINED_TOPICS,
    Sums,
    explained,
    explanation_of,
    selection_of,
)
from aggregators.ledger import PartitionLedger
from aggregators.measures import Count, Parts, Series
from aggregators.restoration import Restoration
from aggregators.rows import add_fact
from aggregators.samples import Sample
from aggregators.steps import finished
from aggregators.window_metrics import window_samples
from aggregators.window_row import STATS
from tests.laws.logs import as_events, engine, examples
from tests.laws.strategies import BASE, CONFIGURATIONS, logs

MET = (Count.LEVEL_MET, Count.TICKET_ANSWERED_WITHIN)
Cases = dict[tuple[Topic, str], list[Event]]


def cases_of(events: Iterable[Event]) -> Cases:
    """Return the deliveries of every case."""
    cases: Cases = {}
    for event in events:
        cases.setdefault((TOPIC_OF_RANK[event.rank], event.case), []).append(event)
    return cases


def numbers_of(samples: Iterable[Sample], metric: WindowMetric) -> dict[tuple[str, Any], Any]:
    """Return the values of one metric by name and labels; a count of 0 may as well be absent."""
    names = {prefix + metric.measure for prefix, _, _ in WINDOW_PREFIXES}
    return {
        (sample.name, sample.labels): sample.value
        for sample in samples
        if sample.name in names and (sample.value != 0 or isinstance(sample.value, float))
    }


def summed(behind: Sequence[Contribution], configuration: Configuration) -> list[Sample]:
    """Return the samples of a window in which nothing happened but these contributions."""
    rows: dict[Series, Parts] = {}
    overdue: dict[Series, int] = {}
    for each in behind:
        if each.measure == WAITING:
            overdue[each.series] = overdue.get(each.series, 0) + each.times
        else:
            add_fact(rows.setdefault(each.series, {}), each.measure, each.value, each.times)
    return window_samples(rows, overdue, (), configuration)


def folded(topic: Topic, events: list[Event], configuration: Configuration) -> PartitionLedger:
    """Return a partition that these events came to."""
    ledger = PartitionLedger(topic, configuration)
    ledger.fold(events, len(events))
    return ledger


def restored(topic: Topic, events: list[Event], configuration: Configuration) -> PartitionLedger:
    """Return a partition that has been read back: all its cases are packed."""
    ledger, restoration = folded(topic, events, configuration), Restoration(topic, configuration)
    restoration.add(ledger.draft_checkpoint(len(events)).chunks, len(events))
    for _ in restoration.steps():
        pass
    return restoration.ledger


def level_of(behind: Sequence[Contribution]) -> float | None:
    """Return the service level as anybody would count it: nothing may be listed that is not in the number."""
    met = sum(each.times for each in behind if each.measure in MET)
    eligible = sum(each.times for each in behind if each.measure not in MET)
    return met / eligible if eligible else None


@examples(60)
@given(
    log=logs(),
    configuration=st.sampled_from(CONFIGURATIONS),
    start=st.integers(0, 4_000_000),
    length=st.integers(1, 4_000_000),
)
def test_a_number_is_the_sum_of_its_contributions(
    log: list[dict[str, Any]], configuration: dict[str, Any], start: int, length: int
) -> None:
    """Counts, ratios, durations and the live service level, per queue, per channel and for everything."""
    resolved, events = engine(configuration), as_events(log)
    start += BASE
    parts = Evaluation(events, resolved).window(start, start + length)
    shown = window_samples(parts.rows, parts.overdue_waits, (), resolved)
    for metric in WINDOW_METRICS:
        question = Question(metric, Place(), start, start + length)
        behind = [
            each
            for (topic, _), deliveries in cases_of(events).items()
            for each in contributions(question, topic, deliveries, resolved)
        ]
        assert numbers_of(summed(behind, resolved), metric) == numbers_of(shown, metric), metric.measure
        if metric.measure == "service_level_ratio":
            assert level_of(behind) == numbers_of(shown, metric).get(
                ("support_all_window_service_level_ratio", ())
            )


@examples(30)
@given(log=logs(), configuration=st.sampled_from(CONFIGURATIONS))
def test_a_place_has_what_lies_there(log: list[dict[str, Any]], configuration: dict[str, Any]) -> None:
    """What is behind the number of a queue is what is behind that of everything, of this queue."""
    resolved, cases = engine(configuration), cases_of(as_events(log))
    for metric in WINDOW_METRICS[:4]:
        everything, queue = (
            [
                each
                for (topic, _), deliveries in cases.items()
                for each in contributions(
                    Question(metric, place, BASE, BASE + 4_000_000), topic, deliveries, resolved
                )
            ]
            for place in (Place(), Place(queue="a"))
        )
        assert queue == [each for each in everything if each.series[1] == "a"]


@examples(40)
@given(
    log=logs(),
    configuration=st.sampled_from(CONFIGURATIONS),
    window=st.tuples(st.integers(0, 4_000_000), st.integers(0, 4_000_000)),
    wish=st.tuples(st.sampled_from(STATS), st.integers(1, 6)),
    partition=st.sampled_from((folded, restored)),
)
def test_partitions_explain_a_number_as_all_of_their_cases_do(
    log: list[dict[str, Any]],
    configuration: dict[str, Any],
    window: tuple[int, int],
    wish: tuple[str, int],
    partition: Callable[[Topic, list[Event], Configuration], PartitionLedger],
) -> None:
    """Rows give the sums, and what is not searched has no part in what is shown.

    Where only a few cases may be looked at, what is shown is the beginning of what else would be.
    """
    resolved, cases = engine(configuration), cases_of(as_events(log))
    newest = max((event.time for events in cases.values() for event in events), default=BASE)
    resolution = resolved.resolution
    start = (newest - window[0]) // resolution * resolution
    end = (start + window[1]) // resolution * resolution + resolution
    ledgers = []
    for topic in EXPLAINED_TOPICS:
        events = [event for (its, _), deliveries in cases.items() if its == topic for event in deliveries]
        ledgers.append(partition(topic, events, resolved))
    for metric in WINDOW_METRICS:
        question = Question(metric, Place(), start, end)
        everything = [
            each
            for (topic, _), deliveries in cases.items()
            for each in contributions(question, topic, deliveries, resolved)
        ]
        sums = Sums()
        for ledger in ledgers:
            sums.add(finished(summing(question, ledger)))
        selection = selection_of(sums, *wish)
        found = finished(searching(question, selection, ledgers))
        assert explanation_of(sums, found) == explained(everything, *wish), metric.measure
        if depends_on_end(question):
            assert finished(summing_and_searching(question, selection, ledgers)) == (sums, found)
        hurried = finished(searching(question, selection, ledgers, most=0)).contributions
        assert hurried == found.contributions[: len(hurried)], metric.measure
