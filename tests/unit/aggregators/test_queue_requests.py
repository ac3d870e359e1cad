"""Requests per queue over the horizon."""

from aggregators.measures import Count, Parts, Series
from aggregators.queue_requests import QueueRequests

SALES, HELP = ("phone", "sales"), ("chat", "help")


def test_rows_that_changed_or_went_are_counted_anew() -> None:
    """3 and 2 in sales; a row goes, another one grows, a queue without requests is left out."""
    requests = QueueRequests()
    coarse: dict[int, dict[Series, Parts]] = {
        1: {SALES: {Count.REQUESTS: 3}},
        2: {SALES: {Count.REQUESTS: 2}, HELP: {Count.OFFERED: 1}},
    }
    requests.note(1)
    requests.note(2)
    assert requests.read(coarse) == {"sales": 5}
    del coarse[1]
    coarse[2][HELP][Count.REQUESTS] = 4
    requests.note(1)
    requests.note(2)
    assert requests.read(coarse) == {"sales": 2, "help": 4}
    coarse.clear()
    requests.note(2)
    assert requests.read(coarse) == {}


def test_what_was_read_belongs_to_the_reader() -> None:
    """Whoever merges may add to it."""
    requests = QueueRequests()
    requests.note(1)
    coarse: dict[int, dict[Series, Parts]] = {1: {SALES: {Count.REQUESTS: 3}}}
    requests.read(coarse)["sales"] += 1
    assert requests.read(coarse) == {"sales": 3}
