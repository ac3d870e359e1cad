"""Rows of customers: stocks stay when their date goes, dues lie ahead, windows are carried on."""

from typing import Any

from aggregators.customer_measures import CustomerMeasure, measure_of
from aggregators.customer_rows import CustomerRows, CustomerWindows
from aggregators.facts import Fact
from aggregators.measures import Parts, Series
from aggregators.steps import finished
from aggregators.topic_rows import rows_of, windows_of
from tests.building import at, configured

A = ("product", "a")
DAY = 86_400_000
STOCK, WON, DUE = (
    measure_of(kind) for kind in (CustomerMeasure.CUSTOMERS, CustomerMeasure.WON, CustomerMeasure.DUE)
)
AT_START = measure_of(CustomerMeasure.CUSTOMERS_AT_START)
BERLIN = configured({"site": {"time_zone": "Europe/Berlin"}, "windows": {"horizon": {"customers": "33d"}}})


def rows() -> CustomerRows:
    """Return empty rows of a site in Berlin with a horizon of 33 days."""
    found = rows_of("customers", BERLIN)
    assert isinstance(found, CustomerRows)
    return found


def fact(time: int, measure: int, amount: int = 1) -> Fact:
    """Return a fact of product a."""
    return (time, A, measure, amount, 1)


def read(windows: Any, start: int, end: int) -> dict[Series, Parts]:
    """Return the sums of one period, zeros left out."""
    assert isinstance(windows, CustomerWindows)
    sums = finished(windows.of_periods({"p": (start, end)}))["p"]
    return {series: {key: value for key, value in parts.items() if value} for series, parts in sums.items()}


def test_a_stock_stays_when_its_date_goes() -> None:
    """The customer of 60 days ago is there at the start; that he was won then is not kept."""
    kept = rows()
    kept.add([fact(at("10:00"), STOCK), fact(at("10:00"), WON)])
    kept.forget(at("10:00") + 60 * DAY)
    assert kept.coarse == {}
    assert kept.before == {A: {STOCK: 1}}
    assert kept.known() == {A}
    start = at("2026-04-29T22:00")
    assert read(windows_of(kept), start, start + DAY) == {A: {AT_START: 1}}
    kept.add([fact(at("09:00"), STOCK), fact(at("09:00"), WON)])
    assert kept.before == {A: {STOCK: 2}}, "a late one, too"


def test_windows_are_carried_on() -> None:
    """Facts before, in and behind the period, after it was read."""
    kept = rows()
    windows = windows_of(kept)
    start = at("2026-03-01T23:00")
    assert read(windows, start, at("12:00")) == {}
    facts = [
        fact(at("2026-02-20T10:00"), STOCK),
        fact(at("10:00"), STOCK),
        fact(at("10:00"), WON),
        fact(at("12:00"), WON),
        fact(at("2026-03-05T00:00"), WON),
    ]
    kept.add(facts)
    windows.add(facts)
    assert read(windows, start, at("12:00")) == {A: {AT_START: 1, STOCK: 1, WON: 1}}
    assert read(windows, start, at("12:00:10")) == {A: {AT_START: 1, STOCK: 1, WON: 2}}
    assert read(windows_of(kept), start, at("12:00")) == {A: {AT_START: 1, STOCK: 1, WON: 1}}, "summed anew"


def test_what_is_due_in_years_does_not_hide_what_is_recent() -> None:
    """It lies in the row of its date, and an order behind the end is left out all the same."""
    kept = rows()
    facts = [fact(at("2030-03-01T23:00"), DUE), fact(at("12:00"), WON)]
    kept.add(facts)
    assert len(kept.coarse) == 2
    assert read(windows_of(kept), at("2026-03-01T23:00"), at("11:59")) == {A: {}}


def test_references_are_kept_by_date() -> None:
    """Two earlier orders of one date are one key."""
    kept = rows()
    bought = [
        measure_of(CustomerMeasure.BOUGHT, at(clock)) for clock in ("2026-03-01T10:00", "2026-03-01T11:00")
    ]
    kept.add([fact(at("10:00"), measure) for measure in bought])
    (row,) = kept.coarse.values()
    assert list(row[A].values()) == [2]
    assert read(windows_of(kept), at("2026-03-01T23:00"), at("12:00")) == {
        A: {measure_of(CustomerMeasure.BOUGHT): 2}
    }
