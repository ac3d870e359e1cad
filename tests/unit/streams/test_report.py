"""Reports of event files."""

import pytest

from streams.errors import UsageError
from streams.event_files import Line
from streams.event_time import iso
from streams.report import as_document, moment_from, read_events, report_on, window_from
from tests.building import at, call, configured

GOOD = (
    b'{"specversion":"1.0","id":"a","source":"/t","type":"call.offered","subject":"c1",'
    b'"time":"2026-03-02T10:00:00Z","data":{"queue":"q"}}'
)


def test_refused_lines_are_named_with_number_and_reason_and_counted() -> None:
    """They do not stop the report."""
    told: list[str] = []
    events, refused = read_events(
        [Line("f", 1, b"{"), Line("f", 2, GOOD)], lambda line, why: told.append(f"{line.number} {why}")
    )
    assert len(events) == 1
    assert refused == {"invalid_json": 1}
    assert told[0].startswith("1 invalid_json: ")


def test_the_document_has_the_shape_of_the_contract() -> None:
    """windows: from, to, metrics; states: at, metrics; each metric: name, labels, value."""
    report = report_on(
        [call("offered", "10:00", queue="q")], configured(), [(at("10:00"), at("10:05"))], [], {}
    )
    (window,) = as_document(report)["windows"]  # type: ignore[misc]  # a list in this document
    assert (window["from"], window["to"]) == ("2026-03-02T10:00:00.000Z", "2026-03-02T10:05:00.000Z")
    offered = {"name": "support_window_offered", "labels": {"channel": "phone", "queue": "q"}, "value": 1}
    assert offered in window["metrics"]


def test_without_a_question_the_whole_log_and_its_end_are_shown() -> None:
    """From the first event to just after the last one."""
    events = [call("offered", "10:00", queue="q"), call("abandoned", "10:01")]
    report = report_on(events, configured(), [], [], {})
    assert [(window.start, window.end) for window in report.windows] == [(at("10:00"), at("10:01") + 1)]
    assert [state.moment for state in report.states] == [at("10:01")]


def test_nothing_at_all_gives_an_empty_report() -> None:
    """No events, no windows, no error."""
    assert as_document(report_on([], configured(), [], [], {})) == {"windows": [], "states": []}


def test_moments_with_an_offset_and_in_the_sites_zone() -> None:
    """Midnight in Berlin is 23:00 UTC in winter."""
    assert moment_from("2026-03-02T10:00:00+01:00", "UTC") == at("09:00")
    assert iso(moment_from("2026-03-02", "Europe/Berlin")) == "2026-03-01T23:00:00.000Z"


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", ""])
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    """The message shows how it is written."""
    with pytest.raises(UsageError, match="write it as"):
        moment_from(text, "UTC")


@pytest.mark.parametrize("text", ["2026-03-02", "2026-03-03..2026-03-02", "2026-03-02..2026-03-02"])
def test_a_window_has_two_moments_in_order(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(UsageError):
        window_from(text, "UTC")
