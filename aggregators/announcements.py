"""What is said of the SLA targets of a case, and when something else has to be said.

Pure: what was said so far, what the timeline says now and the moment give what is said next. Time alone takes
nothing back: only a changed timeline does, so a moment that lies before an earlier one says nothing.

    deadline 10:00, 15 minutes before       at_risk   revision 1
    deadline passed                         breached  revision 1
    a reply of 09:50 comes late             withdrawn revision 1, met revision 2

Laws: the words that stand at the end, per cycle, are those that one pass over the whole log gives; what was
said and holds no more is followed by `withdrawn`; no (cycle, word, revision) is said twice.
Cost: 3 µs for a case with two targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from aggregators.configuration import AnnouncingTerms
from aggregators.measures import Series
from aggregators.targets import Cycle, Outcome

Word = Literal["at_risk", "breached", "met", "withdrawn"]
WORDS: Final[tuple[Word, ...]] = ("at_risk", "breached", "met", "withdrawn")


class Said(Struct, frozen=True, array_like=True, gc=False):
    """One announcement of a case.

    revision: 1, and one more after each withdrawal; moment: of the outcome, of one at risk its deadline;
    deadline: as in `Outcome`; decided: the moment at which it was decided (all ms); withdrawn: the word that
    holds no more, where this is a withdrawal: then moment, series and deadline are that one's.
    """

    cycle: Cycle
    word: Word
    revision: int
    moment: int
    series: Series
    deadline: int | None
    decided: int
    withdrawn: Word | None = None


class Occasion(Struct, frozen=True):
    """When something is decided.

    now: milliseconds, up to which everything was read; is_catching_up: the log is read, but it is history:
    then nothing is at risk.
    """

    now: int
    is_catching_up: bool = False


def sayings(
    before: Iterable[Said], outcomes: Iterable[Outcome], occasion: Occasion, terms: AnnouncingTerms
) -> list[Said]:
    """Return what is to be said of a case, in order; before: what was said last of each cycle."""
    last = {said.cycle: said for said in before}
    found: list[Said] = []
    for outcome in outcomes:
        found += _of_cycle(last.pop(outcome.cycle, None), outcome, occasion, terms)
    found += [_withdrawal(said, occasion.now) for said in last.values() if said.word != "withdrawn"]
    return found


def with_last(before: Sequence[Said], said: Sequence[Said]) -> list[Said]:
    """Return what was said last of each cycle after something more was said."""
    return list({each.cycle: each for each in (*before, *said)}.values())


def next_look(
    last: Iterable[Said], outcomes: Iterable[Outcome], now: int, terms: AnnouncingTerms
) -> int | None:
    """Return when time alone may give something to say (ms); None where only an event can.

    last: what was said last of each cycle, up to `now`.
    """
    said = {each.cycle: each for each in last}
    moments = [
        _next_look_at(said.get(outcome.cycle), outcome, now, terms)
        for outcome in outcomes
        if outcome.kind == "breached" and not outcome.is_final
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def _next_look_at(last: Said | None, outcome: Outcome, now: int, terms: AnnouncingTerms) -> int | None:
    is_standing = last is not None and _holds(last, outcome)
    if is_standing and last is not None and last.word == "breached":
        return None
    risk = outcome.moment - terms.at_risk
    return risk if risk > now and not is_standing else outcome.moment + terms.patience


def _of_cycle(last: Said | None, outcome: Outcome, occasion: Occasion, terms: AnnouncingTerms) -> list[Said]:
    word = _word_of(outcome, occasion, terms)
    if last is None or last.word == "withdrawn":
        revision = 1 if last is None else last.revision + 1
        return [] if word is None else [_saying(outcome, word, revision, occasion.now)]
    if _holds(last, outcome):
        # Said is said, also where the moment lies before the one at which it was.
        if last.word != "at_risk" or word in (None, "at_risk"):
            return []
        return [_saying(outcome, word, last.revision, occasion.now)]
    if last.word == "at_risk" and word in ("met", "breached"):
        return [_saying(outcome, word, last.revision, occasion.now)]
    withdrawal = _withdrawal(last, occasion.now)
    return [withdrawal, *_of_cycle(withdrawal, outcome, occasion, terms)]


def _word_of(outcome: Outcome, occasion: Occasion, terms: AnnouncingTerms) -> Word | None:
    """Return what an outcome is called at a moment, None while there is nothing to say."""
    if outcome.kind == "met":
        return "met"
    if outcome.is_final or outcome.moment + terms.patience <= occasion.now:
        return "breached"
    is_near = occasion.now < outcome.moment <= occasion.now + terms.at_risk
    return "at_risk" if is_near and not occasion.is_catching_up else None


def _holds(said: Said, outcome: Outcome) -> bool:
    """Say whether what was said last is still so; at risk is a breach that lies ahead."""
    kind = "breached" if said.word == "at_risk" else said.word
    return (kind, said.moment, said.series, said.deadline) == (
        outcome.kind,
        outcome.moment,
        outcome.series,
        outcome.deadline,
    )


def _saying(outcome: Outcome, word: Word, revision: int, now: int) -> Said:
    return Said(outcome.cycle, word, revision, outcome.moment, outcome.series, outcome.deadline, now)


def _withdrawal(said: Said, now: int) -> Said:
    return Said(
        said.cycle, "withdrawn", said.revision, said.moment, said.series, said.deadline, now, said.word
    )
