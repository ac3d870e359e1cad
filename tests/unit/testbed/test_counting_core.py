"""The counting core hides nothing."""

from aggregators.events import Data, Event
from testbed.counting_core import CountingLedger, CountingRestoration, counting_engine, plain_configuration


def event(name: str, case: str = "c") -> Event:
    """Return an event with an id."""
    return Event(0, 19, name, "/pbx", case, Data())


def test_a_doubled_event_is_seen() -> None:
    """The real ledger would forgive it."""
    ledger = CountingLedger("calls", plain_configuration())
    outcome = ledger.fold([event("e1"), event("e2"), event("e2")], 3)
    assert ledger.ids == ["e1", "e2", "e2"]
    assert outcome.results == {(19, "applied"): 3}


def test_checkpoints_restore_what_was_folded() -> None:
    """News and slices of several cycles, in chunks."""
    configuration = plain_configuration()
    ledger, restoration = CountingLedger("calls", configuration), CountingRestoration("calls", configuration)
    cycles = set()
    for number in range(30):
        events = [event(f"e{number}-{index}", f"c{number % 7}") for index in range(200)]
        ledger.fold(events, ledger.position + 200)
        draft = ledger.draft_checkpoint(3)
        restoration.add(draft.chunks, draft.to_position)
        cycles.add(draft.cycle)
    assert len(cycles) > 1
    assert restoration.ledger.cases == ledger.cases
    assert restoration.ledger.position == 6_000


def test_the_engine_makes_both() -> None:
    """With the interface of the core."""
    engine = counting_engine()
    assert engine.new_ledger("calls", plain_configuration()).position == 0
    assert engine.new_restoration("calls", plain_configuration()).ledger.position == 0
