"""Compound measures say what their parts say."""

from aggregators.compounds import (
    compound,
    duration_measures,
    expand_parts,
    expanded,
    measures_with,
    parts_of,
)
from aggregators.facts import DURATION, Fact
from aggregators.measures import Count, Distribution, Parts
from aggregators.rows import add_fact

SERIES = ("phone", "sales")
ANSWERED = compound((Count.ANSWERED, Count.ASSIGNED), (Distribution.ANSWER, Distribution.WAIT))
ARRIVED = compound((Count.REQUESTS, Count.OFFERED))


def test_the_same_parts_are_the_same_compound() -> None:
    """In whatever order they are named."""
    assert compound((Count.OFFERED, Count.REQUESTS)) == ARRIVED
    assert compound((Count.OFFERED, Count.REQUESTS, Count.UNANSWERED)) != ARRIVED


def test_a_fact_is_taken_apart_into_one_for_each_part() -> None:
    """Counts with the value 1, durations with its value; plain facts stay."""
    plain: Fact = (3, SERIES, int(Count.EXITED), 1, -1)
    assert expanded([(5, SERIES, ANSWERED, 8_000, 1), plain]) == [
        (5, SERIES, Count.ANSWERED, 1, 1),
        (5, SERIES, Count.ASSIGNED, 1, 1),
        (5, SERIES, DURATION + Distribution.ANSWER, 8_000, 1),
        (5, SERIES, DURATION + Distribution.WAIT, 8_000, 1),
        plain,
    ]


def test_sums_of_compounds_are_the_sums_of_their_parts() -> None:
    """Two answers of 8 s and one arrival, withdrawn again, summed either way."""
    facts: list[Fact] = [
        (5, SERIES, ANSWERED, 8_000, 1),
        (5, SERIES, ANSWERED, 8_000, 1),
        (5, SERIES, ARRIVED, 1, 1),
        (5, SERIES, ARRIVED, 1, -1),
        (5, SERIES, DURATION + Distribution.WAIT, 9, 1),
    ]
    compounds: Parts = {}
    parts: Parts = {}
    for _, _, measure, value, sign in facts:
        add_fact(compounds, measure, value, sign)
    for _, _, measure, value, sign in expanded(facts):
        add_fact(parts, measure, value, sign)
    assert expand_parts(compounds) == {key: amount for key, amount in parts.items() if amount}


def test_every_measure_tells_its_parts() -> None:
    """Plain counts and durations have themselves."""
    assert parts_of(Count.OFFERED).counts == (Count.OFFERED,)
    assert parts_of(DURATION + Distribution.HOLD).distributions == (Distribution.HOLD,)
    assert parts_of(ARRIVED).counts == (Count.REQUESTS, Count.OFFERED)
    assert parts_of(ANSWERED).distributions == (Distribution.ANSWER, Distribution.WAIT)


def test_measures_are_found_by_what_they_say() -> None:
    """Plain first; compounds with durations have no key of their own for a count."""
    assert measures_with(Count.REQUESTS)[0] == Count.REQUESTS
    assert ARRIVED in measures_with(Count.REQUESTS)
    assert ANSWERED in duration_measures()
    assert DURATION + Distribution.TALK in duration_measures()
