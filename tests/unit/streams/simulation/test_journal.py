"""The journal: events as bytes, in order, with ids of their own."""

import json

from streams.simulation.agenda import Agenda
from streams.simulation.journal import CaseJournal, Journal


def test_what_is_written_is_a_cloud_event_of_now() -> None:
    """Time, key and id come from the agenda and the case."""
    journal = Journal(Agenda(1_772_445_600_007))
    case = CaseJournal(journal, "calls", source="/pbx", subject="c1")
    case.write("call.offered", queue="sales")
    case.write("call.abandoned")
    first, second = journal.take()
    assert json.loads(first.value) == {
        "specversion": "1.0",
        "id": "c1-1",
        "source": "/pbx",
        "type": "call.offered",
        "subject": "c1",
        "time": "2026-03-02T10:00:00.007Z",
        "data": {"queue": "sales"},
    }
    assert (first.key, first.topic, first.time, first.due) == (b"c1", "calls", journal.agenda.now, first.time)
    assert json.loads(second.value)["id"] == "c1-2"
    assert journal.take() == []


def test_a_subject_of_many_runs_has_ids_of_each() -> None:
    """An agent is the same person tomorrow, with other events."""
    journal = Journal(Agenda(0))
    CaseJournal(journal, "agents", source="/pbx", subject="a1", run="r7").write("agent.state")
    assert json.loads(journal.take()[0].value)["id"] == "a1-r7-1"
