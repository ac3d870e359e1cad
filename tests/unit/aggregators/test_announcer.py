"""Which cases are looked at, what is decided and kept, and that nothing is done where it is switched off."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from aggregators import announcer as module
from aggregators.announcements import Occasion
from aggregators.announcer import Announcer, pack_said, unpack_said
from aggregators.configuration import AnnouncingTerms, Configuration
from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration
from streams.settings import configuration_from_mapping
from tests.laws.logs import as_events
from tests.laws.strategies import BASE, written

HOUR = 3_600_000
OFF = configuration_from_mapping({"sla": {"resolution": {"normal": "1h"}}}).engine()
ON = replace(OFF, announcing=AnnouncingTerms(at_risk=900_000, patience=0))


def ledger_of(
    *events: tuple[int, str, str, dict[str, Any]], configuration: Configuration = ON
) -> PartitionLedger:
    """Return a ledger that has folded tickets."""
    ledger = PartitionLedger("tickets", configuration)
    ledger.fold(as_events(written(*events)), len(events))
    return ledger


def said_by(ledger: PartitionLedger, now: int, *, is_history: bool = False) -> list[str]:
    """Return what a checkpoint announces, as case and word; it is sent at once."""
    draft = ledger.draft_checkpoint(10, Occasion(BASE + now, is_history))
    ledger.announcer.unsent.clear()
    return [f"{each.case} {each.said.word}" for each in draft.announcements]


CREATED = (0, "ticket.created", "ticket-1", {})
SOLVED = (600, "ticket.status", "ticket-1", {"to": "solved"})
CLOSED = (600, "ticket.status", "ticket-1", {"to": "closed"})


def test_a_case_is_looked_at_when_it_changes_and_when_time_passes() -> None:
    """And not in between: a quiet partition has no work."""
    ledger = ledger_of(CREATED)
    assert said_by(ledger, 0) == []
    assert not ledger.announcer.has_work(Occasion(BASE + HOUR - 900_001))
    assert ledger.announcer.has_work(Occasion(BASE + HOUR - 900_000))
    assert said_by(ledger, HOUR - 900_000) == ["ticket-1 at_risk"]
    assert not ledger.announcer.has_work(Occasion(BASE + HOUR - 1))
    assert said_by(ledger, HOUR) == ["ticket-1 breached"]
    assert not ledger.announcer.has_work(Occasion(BASE + 100 * HOUR))


@pytest.mark.parametrize("ending", [SOLVED, CLOSED])
def test_a_case_at_rest_is_announced_too(ending: tuple[int, str, str, dict[str, Any]]) -> None:
    """Packed as bytes before the checkpoint, in one batch or later."""
    assert said_by(ledger_of(CREATED, ending), HOUR) == ["ticket-1 met"]
    ledger = ledger_of(CREATED)
    said_by(ledger, 0)
    (event,) = as_events([{**written(ending)[0], "id": "e1"}])
    ledger.fold([event], 2)
    assert said_by(ledger, HOUR) == ["ticket-1 met"]


def test_what_was_history_is_at_risk_once_it_is_caught_up_with() -> None:
    """If it still is."""
    ledger = ledger_of(CREATED)
    assert said_by(ledger, HOUR - 600_000, is_history=True) == []
    assert ledger.announcer.has_work(Occasion(BASE + HOUR - 500_000))
    assert said_by(ledger, HOUR - 500_000) == ["ticket-1 at_risk"]


def test_without_an_occasion_it_waits() -> None:
    """Its topic cannot be written to: the change is not forgotten."""
    ledger = ledger_of(CREATED, SOLVED)
    assert ledger.draft_checkpoint(10).announcements == []
    assert said_by(ledger, HOUR) == ["ticket-1 met"]


def test_switched_off_nothing_is_announced_or_noted() -> None:
    """Not even which cases have changed."""
    ledger = ledger_of(CREATED, SOLVED, configuration=OFF)
    assert said_by(ledger, HOUR) == []
    assert not ledger.announcer.has_work(Occasion(BASE + HOUR))


def test_other_topics_announce_nothing() -> None:
    """Calls and chats have service levels instead."""
    assert PartitionLedger("calls", ON).announcer.terms is None


def restored(configuration: Configuration, drafts: list[list[bytes]]) -> PartitionLedger:
    """Return the ledger of some checkpoints."""
    restoration = Restoration("tickets", configuration)
    for number, chunks in enumerate(drafts):
        restoration.add(chunks, number)
    for _ in restoration.steps():
        pass
    return restoration.ledger


def test_switched_off_and_on_again_what_was_said_is_known() -> None:
    """What nobody has sent is still to be sent, and then what holds no more is withdrawn."""
    first = ledger_of(CREATED).draft_checkpoint(10, Occasion(BASE + HOUR))
    quiet = restored(OFF, [first.chunks])
    late = {**written((60, "ticket.status", "ticket-1", {"to": "solved"}))[0], "id": "e1"}
    quiet.fold(as_events([late]), 2)
    ledger = restored(ON, [quiet.draft_checkpoint(10).chunks])
    assert said_by(ledger, HOUR) == ["ticket-1 breached", "ticket-1 withdrawn", "ticket-1 met"]


def test_many_cases_have_their_turn_over_several_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a checkpoint takes no longer."""
    monkeypatch.setattr(module, "MOST_LOOKS", 2)
    ledger = ledger_of(*((number, "ticket.created", f"ticket-{number}", {}) for number in range(5)))
    said = [said_by(ledger, 2 * HOUR) for _ in range(3)]
    assert list(map(len, said)) == [2, 2, 1]
    assert len({each for part in said for each in part}) == 5
    assert not ledger.announcer.is_crowded(Occasion(BASE + 2 * HOUR))


def test_while_history_is_read_few_cases_are_looked_at_and_nobody_hurries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Folding it comes first; afterwards the others have their turn at once."""
    monkeypatch.setattr(module, "LOOKS_CATCHING_UP", 1)
    ledger = ledger_of(*((number, "ticket.created", f"ticket-{number}", {}) for number in range(5)))
    assert len(said_by(ledger, 2 * HOUR, is_history=True)) == 1
    assert not ledger.announcer.is_crowded(Occasion(BASE + 2 * HOUR, is_catching_up=True))
    assert ledger.announcer.is_crowded(Occasion(BASE + 2 * HOUR))
    assert len(said_by(ledger, 2 * HOUR)) == 4


def test_what_was_said_of_a_case_that_leaves_is_let_go() -> None:
    """It stays said; nobody keeps it."""
    ledger = ledger_of(CREATED, SOLVED)
    said_by(ledger, HOUR)
    assert ledger.announcer.packed("ticket-1") is not None
    days = 31 * 86_400
    ledger.fold(as_events(written((days, "ticket.created", "ticket-2", {}))), 3)
    assert "ticket-1" not in ledger.cases
    assert ledger.announcer.packed("ticket-1") is None


def test_announcements_are_packed_and_unpacked() -> None:
    """As they were; later ones of a cycle take the place of earlier ones."""
    ledger = ledger_of(CREATED)
    said_by(ledger, HOUR - 1)
    at_risk = ledger.announcer.said("ticket-1")
    said_by(ledger, HOUR)
    breached = ledger.announcer.said("ticket-1")
    assert unpack_said(pack_said(breached)) == breached
    announcer = Announcer(None)
    announcer.adopt_said("ticket-1", [pack_said(at_risk), pack_said(breached)])
    assert announcer.said("ticket-1") == breached
