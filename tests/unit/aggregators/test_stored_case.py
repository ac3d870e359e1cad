"""Cases as they are kept."""

from aggregators.stored_case import Case, pack, unpack
from tests.building import call, ticket


def test_unpacking_gives_the_same_deliveries() -> None:
    """Also fields that were not stated stay unstated."""
    events = [call("offered", "10:00", queue="q"), call("exited", "10:01", reason="timeout", retracts="zz")]
    assert unpack("c1", pack(events, last=events[-1].time, is_open=False)) == events


def test_all_kinds_of_events_can_be_kept() -> None:
    """A ticket's message has other fields than a call."""
    events = [ticket("message", "10:00", author="agent", public=False)]
    assert unpack("c1", pack(events, last=events[-1].time, is_open=False)) == events


def test_a_case_remembers_what_its_deliveries_retract() -> None:
    """By source and id."""
    events = [call("ended", "10:01", retracts="x")]
    case = Case(events, events, None)
    case.note_retractions(events)
    assert case.retracted == {("/test", "x")}


def test_a_detached_timeline_does_not_follow_the_deliveries() -> None:
    """Until then they are one list."""
    events = [call("ended", "10:01")]
    case = Case(events, events, None)
    case.detach()
    events.append(call("ended", "10:02"))
    assert len(case.timeline) == 1
