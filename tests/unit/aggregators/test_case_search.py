"""Where in the rows it is worth to search, and which cases are looked at."""

from aggregators.case_search import searching, summing
from aggregators.contributions import Place, Question
from aggregators.explanation import EXPLAINED, Selection, Sums, selection_of
from aggregators.ledger import PartitionLedger
from aggregators.measures import Count
from aggregators.steps import finished
from tests.building import at, call, configured

DAY = 24 * 3_600_000


def question(start: str, end: str, metric: str = "offered") -> Question:
    """Return a question about everything in a window."""
    return Question(EXPLAINED[metric], Place(), at(start), at(end))


def partition(*clocks: str, wait: int = 5) -> PartitionLedger:
    """Return a partition with calls that were offered then and given up after some seconds."""
    ledger = PartitionLedger("calls", configured())
    events = [
        event
        for number, clock in enumerate(clocks)
        for event in (
            call("offered", f"{clock}:00", queue="sales", case=f"c{number}"),
            call("abandoned", f"{clock}:{wait:02}", case=f"c{number}"),
        )
    ]
    ledger.fold(events, len(events))
    return ledger


def test_a_partition_is_asked_for_its_cases() -> None:
    """Those of the window alone."""
    ledger = partition("09:00", "09:10")
    assert finished(summing(question("08:00", "10:00"), ledger)) == Sums({Count.OFFERED: 2})
    (found,) = finished(searching(question("09:05", "10:00"), Selection(9), [ledger])).contributions
    assert (found.case, found.name) == ("c1", "offered")
    assert finished(searching(question("09:30", "10:00"), Selection(9), [ledger])).contributions == []


def test_of_a_long_window_coarse_rows_and_the_edges_are_added() -> None:
    """Of a day only the last hours have fine rows; bounds that no row has are read from cases."""
    ledger = partition("2026-03-01T09:50", "2026-03-01T10:20", "09:00", "10:59")
    for start in ("2026-03-01T10:00", "2026-03-01T10:10"):
        assert finished(summing(question(start, "11:00"), ledger)) == Sums({Count.OFFERED: 3})
        found = finished(searching(question(start, "11:00"), Selection(2), [ledger]))
        assert [each.case for each in found.contributions] == ["c3", "c2"]


def test_durations_of_no_time_at_all_count() -> None:
    """Of a row that is closed, in which a sum of 0 ms has no key."""
    ledger = partition("2026-03-01T10:20", "2026-03-01T10:20", "10:59", wait=0)
    sums = finished(summing(question("2026-03-01T10:00", "11:00", "wait_seconds"), ledger))
    (measure,) = sums.times
    assert sums == Sums({measure: 3}, {measure: 0}, {0: 3})


def test_where_few_cases_may_be_looked_at_what_is_shown_is_the_beginning() -> None:
    """Of four calls in four quarters the latest one, and the one that waited longest."""
    ledger = partition("09:00", "09:20", "09:40", "10:00")
    asked = question("09:00", "10:15", "abandoned")
    found = finished(searching(asked, Selection(9), [ledger], most=0))
    assert [each.case for each in found.contributions] == ["c3"]
    assert found.beyond == at("09:45") - 1
    waited = question("09:00", "10:15", "wait_seconds")
    longer = partition("09:07", wait=59)
    sums = Sums()
    for each in (ledger, longer):
        sums.add(finished(summing(waited, each)))
    selection = selection_of(sums, "max", 9)
    found = finished(searching(waited, selection, [ledger, longer], most=0))
    assert [each.value for each in found.contributions] == [59_000]


def test_a_long_case_is_looked_at_where_one_of_its_events_is() -> None:
    """A call that was put on hold again and again; and not where it has none."""
    ledger = PartitionLedger("calls", configured())
    held = [
        call("hold" if second % 2 else "unhold", f"09:00:{second:02}", case="c1") for second in range(1, 31)
    ]
    begun = [call("offered", "09:00", queue="sales"), call("answered", "09:00:00.500")]
    ended = [call("ended", "09:50"), call("wrapup_ended", "10:10")]
    ledger.fold([*begun, *held, *ended], 34)
    for start, end, number in (("09:00", "09:10", 1), ("09:20", "09:40", 0)):
        found = finished(searching(question(start, end, "answered"), Selection(9), [ledger]))
        assert len(found.contributions) == number


def test_surveys_and_agents_have_no_part_in_it() -> None:
    """Their partitions have nothing to say about a window metric of the operations."""
    agents = PartitionLedger("agents", configured())
    asked = question("08:00", "10:00")
    assert finished(summing(asked, agents)) == Sums()
    assert finished(searching(asked, Selection(9), [agents])).contributions == []
