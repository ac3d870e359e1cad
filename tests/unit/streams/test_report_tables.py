"""Reports as tables."""

import io

import pytest
from rich.console import Console

from streams.report import report_on
from streams.report_tables import duration_text, print_report
from tests.building import at, call, configured


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(8.04, "8.0 s"), (59.94, "59.9 s"), (272, "4:32"), (11_110, "3:05:10"), (1_047_900, "12 d 03:05")],
)
def test_durations_are_shown_as_people_say_them(seconds: float, expected: str) -> None:
    """Seconds, minutes, hours, days."""
    assert duration_text(seconds) == expected


def test_a_table_shows_numbers_and_an_empty_cell_where_there_is_none() -> None:
    """One call answered after 8 s: service level 100 %, and no first response."""
    events = [call("offered", "10:00:00", queue="sales"), call("answered", "10:00:08")]
    report = report_on(events, configured(), [(at("10:00"), at("10:05"))], [at("10:01")], {})
    console = Console(file=io.StringIO(), width=160)
    print_report(report, console, "UTC")
    text = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO from above
    (row,) = [line for line in text.splitlines() if "sales" in line and "%" in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["phone", "sales", "1", "1", "0", "100.0 %", "8.0 s", "8.0 s", "–", "–", "0", "–"]
    assert "state at 2026-03-02 10:01:00+00:00" in text
