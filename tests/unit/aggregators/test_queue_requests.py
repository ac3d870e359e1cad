"""Requests per queue over the horizon."""

from collections.abc import Callable

from aggregators.compounds import compound
from aggregators.facts import DURATION, Fact
from aggregators.measures import Count, Distribution, Parts, Series
from aggregators.queue_requests import QueueRequests

SALES, HELP = ("phone", "sales"), ("chat", "help")
REQUEST: Fact = (0, SALES, int(Count.REQUESTS), 1, 1)
ARRIVAL: Fact = (0, SALES, compound((Count.REQUESTS, Count.UNANSWERED)), 1, 1)
ANSWER: Fact = (0, SALES, DURATION + Distribution.ANSWER, 7_000, 1)


def rows_of(rows: dict[int, dict[Series, Parts]]) -> Callable[[int], dict[Series, Parts]]:
    """Return what gives the row of a bucket."""
    return lambda bucket: rows.get(bucket, {})


def test_rows_that_changed_or_went_are_counted_anew() -> None:
    """3 and 2 in sales; a row goes, another one grows, a queue without requests is left out."""
    requests = QueueRequests()
    coarse: dict[int, dict[Series, Parts]] = {
        1: {SALES: {Count.REQUESTS: 3}},
        2: {SALES: {Count.REQUESTS: 2}, HELP: {Count.OFFERED: 1}},
    }
    requests.note(1, [REQUEST])
    requests.note(2, [ANSWER, REQUEST])
    assert requests.read(rows_of(coarse)) == {"sales": 5}
    del coarse[1]
    coarse[2][HELP][Count.REQUESTS] = 4
    requests.note_gone(1)
    requests.note(2, [REQUEST])
    assert requests.read(rows_of(coarse)) == {"sales": 2, "help": 4}
    coarse.clear()
    requests.note_gone(2)
    assert requests.read(rows_of(coarse)) == {}


def test_what_was_read_belongs_to_the_reader() -> None:
    """Whoever merges may add to it."""
    requests = QueueRequests()
    requests.note(1, [REQUEST])
    coarse: dict[int, dict[Series, Parts]] = {1: {SALES: {Count.REQUESTS: 3}}}
    requests.read(rows_of(coarse))["sales"] += 1
    assert requests.read(rows_of(coarse)) == {"sales": 3}


def test_a_compound_that_says_request_counts_and_other_facts_cost_nothing() -> None:
    """Two arrivals; an answer does not let the row be looked at again."""
    requests = QueueRequests()
    coarse: dict[int, dict[Series, Parts]] = {1: {SALES: {ARRIVAL[2]: 2}}}
    requests.note(1, [ARRIVAL])
    assert requests.read(rows_of(coarse)) == {"sales": 2}
    coarse[1][SALES][Count.REQUESTS] = 9
    requests.note(1, [ANSWER])
    assert requests.read(rows_of(coarse)) == {"sales": 2}
