"""Stories of single cases."""

import json
from random import Random

import pytest

from aggregators.events import Event
from chaos.stories import RETRACTS, STORIES
from streams.codec import decode


@pytest.mark.parametrize("topic", STORIES)
def test_every_happening_is_an_event_of_its_topic(topic: str) -> None:
    """Whatever chance says, the door takes it."""
    for seed in range(300):
        for place, happening in enumerate(STORIES[topic](Random(seed))):
            assert happening.offset >= 0
            event = {
                "specversion": "1.0",
                "id": f"e{place}",
                "source": "/s",
                "type": happening.type,
                "subject": "c",
                "time": "2026-03-02T10:00:00Z",
                "data": json.loads(happening.data.replace("%s", "e1")),
            }
            decoded = decode(json.dumps(event).encode(), topic=topic)  # type: ignore[arg-type]  # it is one
            assert isinstance(decoded, Event), decoded


@pytest.mark.parametrize("topic", STORIES)
def test_some_mistakes_are_taken_back(topic: str) -> None:
    """By a later event of the same story, never without one."""
    stories = [STORIES[topic](Random(seed)) for seed in range(400)]
    mistaken = [story for story in stories if any(each.mistake for each in story)]
    assert 5 < len(mistaken) < 80
    for story in mistaken:
        (mistake,) = [each for each in story if each.mistake]
        (correction,) = [each for each in story if RETRACTS in each.data]
        assert correction.offset > mistake.offset
