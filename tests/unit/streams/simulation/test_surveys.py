"""Customers answer surveys about solved cases."""

from collections import Counter, defaultdict

from aggregators.events import TYPE_NAME, Event, SurveyResponse, TicketStatusChanged


def test_some_solved_tickets_are_followed_by_an_answer(week: list[Event]) -> None:
    """Nobody answers before the first solving; about three in ten do, in the queue of the ticket."""
    solved: dict[str, int] = {}
    answers: dict[str, list[Event]] = defaultdict(list)
    for event in week:
        if isinstance(event.data, TicketStatusChanged) and event.data.to == "solved":
            solved.setdefault(event.case, event.time)
        elif isinstance(event.data, SurveyResponse):
            answers[event.case].append(event)
    assert all(events[0].time > solved[case] for case, events in answers.items())
    assert 0.15 < len(answers) / len(solved) < 0.45
    assert any(len(events) > 1 for events in answers.values()), "some change their answer"


def test_answers_lie_on_their_scale_and_every_survey_occurs(week: list[Event]) -> None:
    """Eight surveys, scores between the bounds."""
    asked: Counter[str] = Counter()
    for event in week:
        if isinstance(event.data, SurveyResponse):
            assert TYPE_NAME[event.rank] == "survey.response"
            assert event.data.scale_min <= event.data.score <= event.data.scale_max
            asked[event.data.survey] += 1
    assert set(asked) == {"nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion"}
