"""Deliveries, then retractions, then natural duplicates, then ties."""

from __future__ import annotations

from aggregators.events import Event
from aggregators.timeline import canonical, deliveries_of, preferred, timeline_of
from tests.stories import told


def ids(events: list[Event]) -> list[str]:
    """Return the ids of the timeline of these deliveries."""
    return [event.id for event in timeline_of(deliveries_of(events).values())]


def test_a_second_delivery_changes_nothing() -> None:
    """The same (source, id) counts once."""
    assert ids(told("0 call.offered queue=q id=a / 0 call.offered queue=q id=a")) == ["a"]


def test_of_two_contents_the_earlier_stands_then_the_smaller() -> None:
    """In either order of arrival."""
    late, early = told("9 call.offered queue=q id=a / 3 call.offered queue=z id=a")
    assert preferred(late, early) is preferred(early, late) is early
    small, large = told("3 call.offered queue=a id=a / 3 call.offered queue=b id=a")
    assert canonical(small) < canonical(large)
    assert preferred(small, large) is preferred(large, small) is small


def test_the_same_id_of_two_sources_is_two_events() -> None:
    """Identity is (source, id)."""
    assert ids(told("0 call.hold id=a source=/x / 1 call.hold id=a source=/y")) == ["a", "a"]


def test_a_retracted_event_never_arrived() -> None:
    """Also where the retraction comes first; one of another source retracts nothing."""
    assert ids(told("5 call.ended id=b retracts=a / 0 call.offered queue=q id=a")) == ["b"]
    assert ids(told("5 call.ended id=b retracts=a source=/x / 0 call.offered queue=q id=a")) == ["a", "b"]


def test_a_retraction_cannot_be_retracted() -> None:
    """It stays, and what it retracts stays away."""
    story = "0 call.offered queue=q id=a / 1 call.hold id=b retracts=a / 2 call.unhold id=c retracts=b"
    assert ids(told(story)) == ["b", "c"]


def test_natural_duplicates_count_once_with_the_smaller_id() -> None:
    """Defaults are filled in before the comparison: leg 1 is the default leg."""
    assert ids(told("0 call.hold id=b / 0 call.hold id=a leg=1 / 0 call.hold id=c leg=2")) == ["a", "c"]


def test_a_retracted_event_leaves_its_natural_duplicate() -> None:
    """Retractions are treated first."""
    assert ids(told("0 call.hold id=a / 0 call.hold id=b / 1 call.unhold id=c retracts=a")) == ["b", "c"]


def test_ties_go_by_row_then_id_then_source() -> None:
    """All at one moment."""
    holds = "0 call.hold id=d agent=x / 0 call.hold id=b source=/z / 0 call.hold id=b source=/y"
    story = f"0 call.unhold id=a / {holds}"
    assert [(event.id, event.source) for event in timeline_of(told(story))] == [
        ("b", "/y"),
        ("b", "/z"),
        ("d", "/s"),
        ("a", "/s"),
    ]
