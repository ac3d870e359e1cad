"""Cases as they are kept."""

from aggregators.stored_case import Case, front_of, has_state, is_long, life_of, pack, unpack
from tests.building import at, call, ticket


def test_unpacking_gives_the_same_deliveries() -> None:
    """Also fields that were not stated stay unstated."""
    events = [call("offered", "10:00", queue="q"), call("exited", "10:01", reason="timeout", retracts="zz")]
    assert unpack("c1", pack(events, last=events[-1].time, is_open=False)) == events


def test_all_kinds_of_events_can_be_kept() -> None:
    """A ticket's message has other fields than a call."""
    events = [ticket("message", "10:00", author="agent", public=False)]
    assert unpack("c1", pack(events, last=events[-1].time, is_open=False)) == events


def test_its_life_can_be_read_without_unpacking_it() -> None:
    """The oldest event need not be the one that came first; begins are told up to a second too early."""
    events = [call("ended", "10:01:00.900"), call("offered", "10:00", queue="q")]
    packed = pack(events, last=events[0].time, is_open=True)
    assert life_of(packed) == (at("09:59:59.900"), at("10:01:00.900"))
    assert (has_state(packed), is_long(packed)) == (True, False)
    whole_hour = [call("offered", "10:00", queue="q"), call("abandoned", "11:00")]
    packed = pack(whole_hour, last=whole_hour[1].time, is_open=False)
    assert (has_state(packed), is_long(packed)) == (False, True)
    assert life_of(packed) == (at("10:00"), at("11:00"))


def test_packed_cases_compare_by_their_newest_event() -> None:
    """With what stands for a moment: it is not less if and only if its newest event is not before that."""
    events = [call("abandoned", "10:01")]
    packed = pack(events, last=events[0].time, is_open=False)
    assert packed >= front_of(at("10:01"))
    assert packed < front_of(at("10:01") + 1)


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
