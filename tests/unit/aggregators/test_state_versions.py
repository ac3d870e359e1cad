"""Chunks of versions before."""

import msgspec

from aggregators.state_versions import PRESENT, as_present, is_readable
from aggregators.stored_case import NO_EVENTS, unpack_events
from tests.building import call


def test_the_present_version_is_left_as_it_is() -> None:
    """And so are unknown ones refused."""
    chunks = [b"x"]
    assert as_present(chunks, PRESENT) is chunks
    assert [version for version in range(5) if is_readable(version)] == [1, 2, 3]


def test_events_of_version_1_are_the_same_events() -> None:
    """Sources and fields included; a case without any stays one that has left."""
    events = [
        call("offered", "10:00", queue="q"),
        call("answered", "09:59", source="/other", agent="a"),
    ]
    stored = [(event.time, event.rank, event.id, event.source, event.data) for event in events]
    old = msgspec.msgpack.encode((None, 7, [("phone", "q")], [("c1", True, stored), ("c2", True, [])]))
    (chunk,) = as_present([old], 1)
    watermark, step, gone, cases = msgspec.msgpack.decode(
        chunk, type=tuple[None, int, list[tuple[str, str]], list[tuple[str, bool, msgspec.Raw]]]
    )
    assert (watermark, step, gone) == (None, 7, [("phone", "q")])
    assert unpack_events("c1", cases[0][2]) == events
    assert bytes(cases[1][2]) == NO_EVENTS
