"""The state of one partition."""

from aggregators.ledger import STEP, PartitionLedger
from aggregators.measures import Count
from tests.building import at, call, configured, ticket

SMALL = {"windows": {"horizon": "2h", "retention": {"calls": "3h", "tickets": "3h", "chats": "3h"}}}


def test_results_are_counted_by_type() -> None:
    """Applied, repeated, and older than the horizon."""
    ledger = PartitionLedger("calls", configured(SMALL))
    offered = call("offered", "12:00", queue="q")
    outcome = ledger.fold([offered, offered, call("offered", "09:30", case="old", queue="q")], 3)
    assert outcome.results == {
        (offered.rank, "applied"): 1,
        (offered.rank, "duplicate"): 1,
        (offered.rank, "late"): 1,
    }


def test_the_position_is_the_offset_after_the_batch() -> None:
    """Refused records move it too."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([], 7)
    assert (ledger.position, ledger.watermark) == (7, None)


def test_an_event_older_than_the_retention_of_an_unknown_case_is_expired() -> None:
    """It is named by its place in the batch; of a known case it is folded."""
    ledger = PartitionLedger("tickets", configured(SMALL))
    events = [
        ticket("created", "08:00", case="known"),
        ticket("created", "12:00", case="new"),
        ticket("message", "08:30", case="known", author="agent"),
        ticket("message", "08:30", case="unknown", author="agent"),
    ]
    assert ledger.fold(events, 4).expired == [3]
    assert set(ledger.cases) == {"known", "new"}


def test_a_case_leaves_at_the_step_at_which_its_retention_has_passed() -> None:
    """Ended 10:00, retention 3 h: still there at 12:59, gone at 13:00."""
    ledger = PartitionLedger("calls", configured(SMALL))
    ledger.fold([call("offered", "10:00", queue="q"), call("abandoned", "10:00")], 2)
    ledger.fold([call("offered", "12:59", case="c2", queue="q")], 3)
    assert "c1" in ledger.cases
    ledger.fold([call("offered", "13:00", case="c3", queue="q")], 4)
    assert "c1" not in ledger.cases
    assert ledger.step == at("13:00") // STEP * STEP


def test_an_open_ticket_stays_whatever_its_age() -> None:
    """It has a state."""
    ledger = PartitionLedger("tickets", configured(SMALL))
    ledger.fold([ticket("created", "10:00")], 1)
    ledger.fold([ticket("created", "2026-03-09T10:00", case="c2")], 2)
    assert set(ledger.cases) == {"c1", "c2"}


def test_windows_and_states_of_a_moment() -> None:
    """One call waits; it was offered within the last five minutes."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:05", queue="q")], 1)
    moment = ledger.moment(at("10:00:10"), at("10:00:20"))
    assert moment.windows["5m"]["phone", "q"][Count.OFFERED] == 1
    assert moment.states["phone", "q"].open_cases == [1, 0, 0, 0]


def test_a_case_can_be_read_without_changing_anything() -> None:
    """None when it is unknown."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00", queue="q")], 1)
    case = ledger.case("c1")
    assert case is not None
    assert len(case.deliveries) == 1
    assert ledger.case("nobody") is None
