"""The six service-level formulas as sums: what the end of a wait adds to numerator and denominator.

Guarantee: a formula is linear in the counts of outcomes, so every visit contributes by its own queue's
formula, and any roll-up, over queues with other formulas too, is an addition.

Worked: `excluding_short`: a visit abandoned after 3 s (short, within T) is in `abandoned` (+1) and in
`abandoned_short` (−1), so it adds nothing; answered within T it adds 1 to numerator and denominator.
Source: Gans, Koole, Mandelbaum, "Telephone Call Centers: Tutorial, Review, and Research Prospects", 2003.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from aggregators.configuration import Formula
from aggregators.measures import Count


class FormulaParts(Struct, frozen=True):
    """A service-level formula: the counts of its numerator, those added to and taken from its denominator."""

    numerator: tuple[Count, ...]
    added: tuple[Count, ...]
    taken: tuple[Count, ...] = ()


FORMULA_PARTS: Final[dict[Formula, FormulaParts]] = {
    Formula.EXCLUDING_SHORT: FormulaParts(
        (Count.ANSWERED_WITHIN,), (Count.ANSWERED, Count.ABANDONED), (Count.SHORT_ABANDONED,)
    ),
    Formula.ANSWERED_ONLY: FormulaParts((Count.ANSWERED_WITHIN,), (Count.ANSWERED,)),
    Formula.ABANDONS_NEGATIVE: FormulaParts((Count.ANSWERED_WITHIN,), (Count.ANSWERED, Count.ABANDONED)),
    Formula.ABANDONS_WITHIN_IGNORED: FormulaParts(
        (Count.ANSWERED_WITHIN,), (Count.ANSWERED, Count.ABANDONED), (Count.ABANDONED_WITHIN,)
    ),
    Formula.ABANDONS_POSITIVE: FormulaParts(
        (Count.ANSWERED_WITHIN, Count.ABANDONED_WITHIN), (Count.ANSWERED, Count.ABANDONED)
    ),
    Formula.REMOVED_WITHIN: FormulaParts(
        (Count.ANSWERED_WITHIN, Count.ABANDONED_WITHIN, Count.EXITED_WITHIN),
        (Count.ANSWERED, Count.ABANDONED, Count.EXITED),
    ),
}


def level_facts(formula: Formula, outcome: Iterable[Count]) -> tuple[int, ...]:
    """Return which of LEVEL_MET and LEVEL_ELIGIBLE a visit adds one to.

    outcome: the counts that the end of the visit adds to, such as (ABANDONED, ABANDONED_WITHIN).
    """
    terms = FORMULA_PARTS[formula]
    counts = set(outcome)
    found = [int(Count.LEVEL_MET)] if counts.intersection(terms.numerator) else []
    if counts.intersection(terms.added) and not counts.intersection(terms.taken):
        found.append(int(Count.LEVEL_ELIGIBLE))
    return tuple(found)
