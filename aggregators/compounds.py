"""Compound measures: one fact for what always happens together.

Guarantee: a compound says nothing that its parts would not say. An answered contact adds one to `answered`,
perhaps to `answered_within`, `assigned` and both parts of the service level, and one duration to two
distributions; as a compound that is one fact and two additions to its row instead of seven facts and nine
additions.

    fact (t, series, compound of {ANSWERED, ASSIGNED; ANSWER, WAIT}, 8000, +1)
      = (t, series, ANSWERED, 1, +1), (t, series, ASSIGNED, 1, +1), (t, series, ANSWER, 8000, +1), (…, WAIT,
      8000, +1)

Rows and totals sum compounds under their own keys; whoever reads them takes them apart (`expand_parts`), so
that everything that is published knows only the plain measures.

Keys: compounds of counts alone are numbered from 96 below DURATION; those with durations follow the plain
distributions, so that `(measure − DURATION + 1) << SPAN` is the key of their sum too. They are given out at
import, in the order of the program, and leave no process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from aggregators.facts import DURATION, Fact, Facts
from aggregators.measures import SPAN, Count, Distribution, Parts, sum_key

FIRST_COMPOUND: Final = 96
_PLAIN_SLOTS: Final = len(Distribution)
_APART: Final = 1 << (44 - SPAN)
"""Keys whose slot is at least this are plain, too: those of `aggregators.customer_measures`."""
_OFFSET: Final = (1 << SPAN) - 1


class Compound(Struct, frozen=True):
    """What one fact says: one of each count, and its value as a duration of each distribution."""

    counts: tuple[int, ...]
    distributions: tuple[int, ...] = ()


_NUMBERS: Final[dict[Compound, int]] = {}
_COUNTS: Final[dict[int, tuple[int, ...]]] = {}
"""Key of a compound of counts → the counts."""
_DURATIONS: Final[dict[int, tuple[tuple[int, ...], tuple[int, ...]]]] = {}
"""Slot of a compound with durations → the sum keys of its distributions, and its counts."""


def compound(counts: Iterable[int], distributions: Iterable[Distribution] = ()) -> int:
    """Return the measure under which facts say all of this at once; the same one for the same parts."""
    described = Compound(tuple(sorted(map(int, counts))), tuple(sorted(map(int, distributions))))
    number = _NUMBERS.get(described)
    if number is None:
        if described.distributions:
            number = DURATION + _PLAIN_SLOTS + len(_DURATIONS)
            bases = tuple(map(sum_key, described.distributions))
            _DURATIONS[number - DURATION + 1] = (bases, described.counts)
        else:
            number = FIRST_COMPOUND + len(_COUNTS)
            assert number < DURATION, number
            _COUNTS[number] = described.counts
        _NUMBERS[described] = number
    return number


def parts_of(measure: int) -> Compound:
    """Return what a fact's measure says, plain ones too."""
    if measure < FIRST_COMPOUND:
        return Compound((measure,))
    if measure < DURATION:
        return Compound(_COUNTS[measure])
    slot = measure - DURATION + 1
    if slot <= _PLAIN_SLOTS:
        return Compound((), (slot - 1,))
    bases, counts = _DURATIONS[slot]
    return Compound(counts, tuple((base >> SPAN) - 1 for base in bases))


def plain_measures(measure: int) -> tuple[int, ...]:
    """Return the plain measures that a fact's measure stands for; of a plain one itself."""
    said = parts_of(measure)
    return (*said.counts, *(DURATION + distribution for distribution in said.distributions))


def duration_measures() -> tuple[int, ...]:
    """Return the measures with a duration; compounds are there once the kinds of cases are imported."""
    return (
        *(DURATION + distribution for distribution in Distribution),
        *(slot + DURATION - 1 for slot in _DURATIONS),
    )


def expanded(facts: Iterable[Fact]) -> Facts:
    """Return facts of plain measures that say the same."""
    return [plain for fact in facts for plain in _plain(fact)]


def _plain(fact: Fact) -> Iterator[Fact]:
    time, series, measure, value, sign = fact
    if measure < FIRST_COMPOUND or DURATION <= measure < DURATION + _PLAIN_SLOTS:
        yield fact
        return
    said = parts_of(measure)
    for count in said.counts:
        yield (time, series, count, 1, sign)
    for distribution in said.distributions:
        yield (time, series, DURATION + distribution, value, sign)


def expand_parts(parts: Parts) -> Parts:
    """Return the sums of a row with plain measures only and without what is 0; a new mapping."""
    found: Parts = {}
    get = found.get
    for key, amount in parts.items():
        slot = key >> SPAN
        if (slot and slot <= _PLAIN_SLOTS) or key < FIRST_COMPOUND or slot >= _APART:
            found[key] = get(key, 0) + amount
        elif not slot:
            for count in _COUNTS[key]:
                found[count] = get(count, 0) + amount
        else:
            bases, counts = _DURATIONS[slot]
            offset = key & _OFFSET
            for base in bases:
                found[base + offset] = get(base + offset, 0) + amount
            if offset:  # a bucket: so many facts; without an offset it is the sum of milliseconds
                for count in counts:
                    found[count] = get(count, 0) + amount
    if 0 in found.values():
        return {key: amount for key, amount in found.items() if amount}
    return found


def measures_with(count: Count) -> tuple[int, ...]:
    """Return the keys of counts alone, plain and compound, that say `count`."""
    return (int(count), *(number for number, counts in _COUNTS.items() if count in counts))
