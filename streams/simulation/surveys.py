"""What some customers answer after their case was solved: one survey each, some of them twice.

Guarantee: every answer obeys the event contract, on scales and polarities that sites use.

Worked: solved at 10:00, asked at once, answered 9 of 0–10 at 12:40; one in ten changes it an hour later.
"""

from __future__ import annotations

from random import Random
from typing import Final

from streams.simulation.agenda import Agenda, Process
from streams.simulation.chance import seeded
from streams.simulation.journal import CaseJournal, Journal
from streams.simulation.plan import HOUR, SimulationPlan

_ANSWERS: Final = 0.3
_CHANGES: Final = 0.1
_QUESTIONS: Final = (
    ("nps", 0, 10, True),
    ("nps", 0, 10, True),
    ("csat", 1, 5, True),
    ("csat", 1, 5, True),
    ("ces", 1, 7, False),
    ("recommend", 0, 10, True),
    ("switch", 0, 10, False),
    ("repurchase", 1, 5, True),
    ("emotion", -1, 1, True),
    ("iqs", 0, 100, True),
)
"""Survey, scale and polarity; what is asked more often stands here more often."""


class Questionnaire:
    """Asks customers whose case is solved."""

    def __init__(self, plan: SimulationPlan, agenda: Agenda, journal: Journal) -> None:
        self._plan = plan
        self._agenda = agenda
        self._journal = journal
        # Dice of its own: whether anybody is asked changes nothing else.
        self._random = seeded(plan.seed, "surveys")

    def ask(self, subject: str, queue: str) -> None:
        """Ask about a case that was solved in a queue."""
        if self._random.random() < _ANSWERS:
            self._agenda.begin(self._answers(subject, queue), self._while(3 * HOUR))

    def _answers(self, subject: str, queue: str) -> Process:
        random = self._random
        # The subject has a log of its own in the other topic: its ids may not meet those of the case.
        case = CaseJournal(
            self._journal, "surveys", source="/simulator/surveys", subject=subject, run="survey"
        )
        survey, low, high, is_good = random.choice(_QUESTIONS)
        while True:
            score = _score(random, low, high, is_good=is_good)
            case.write(
                "survey.response",
                queue=queue,
                survey=survey,
                score=score,
                scale_min=low,
                scale_max=high,
                high_is_good=is_good,
            )
            if random.random() >= _CHANGES:
                return
            yield self._while(HOUR)

    def _while(self, mean: float) -> int:
        return int(self._random.expovariate(1 / mean) / self._plan.ticket_haste) + 1_000


def _score(random: Random, low: int, high: int, *, is_good: bool) -> int:
    """Return a score: most customers are content."""
    place = random.betavariate(4, 1.6)
    return round(low + (high - low) * (place if is_good else 1 - place))
