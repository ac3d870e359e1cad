"""Reading a ledger at a moment."""

from aggregators.ledger import PartitionLedger
from aggregators.measures import Count
from tests.building import at, call, configured


def test_an_event_dated_later_than_now_is_in_the_windows_and_not_in_the_states() -> None:
    """Answered at 10:00:15, seen at 10:00:12 with windows that end at 10:00:20."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:00", queue="q"), call("answered", "10:00:15")], 2)
    moment = ledger.moment(at("10:00:12"), at("10:00:20"))
    assert moment.states["phone", "q"].open_cases == [1, 0, 0, 0]
    assert moment.windows["5m"]["phone", "q"][Count.ANSWERED] == 1


def test_an_answer_after_the_end_of_the_windows_leaves_the_request_unanswered() -> None:
    """Answered at 10:00:30, windows end at 10:00:20."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:00", queue="q"), call("answered", "10:00:30")], 2)
    moment = ledger.moment(at("10:00:12"), at("10:00:20"))
    assert moment.windows["5m"]["phone", "q"][Count.UNANSWERED] == 1


def test_reading_changes_nothing() -> None:
    """The same question has the same answer."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:00", queue="q"), call("answered", "10:00:15")], 2)
    early = ledger.moment(at("10:00:05"), at("10:00:10"))
    ledger.moment(at("11:00:05"), at("11:00:10"))
    assert ledger.moment(at("10:00:05"), at("10:00:10")) == early


def test_a_wait_beyond_the_threshold_at_the_end_of_the_windows_is_overdue() -> None:
    """T = 20 s: offered 10:00:00, windows end at 10:00:30."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:00", queue="q")], 1)
    moment = ledger.moment(at("10:00:25"), at("10:00:30"))
    assert moment.states["phone", "q"].overdue_waits == 1


def test_a_partition_with_few_queues_tells_their_requests() -> None:
    """Together with others it may know more queues than are shown, and then these requests rank them."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:00", queue="q")], 1)
    assert ledger.moment(at("10:00:05"), at("10:00:10")).requests_in_horizon == {"q": 1}
