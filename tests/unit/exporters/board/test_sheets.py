"""A view as the tables of the pages of surveys and customers."""

import pytest

from aggregators.catalogue import metrics
from exporters.board.sheets import CUSTOMERS, QUALITY, Place, Sheet, SheetTable
from exporters.live_json import View
from tests.building import at
from tests.building_views import view_at
from tests.loyalty import loyal_events

NOW = "2026-03-28T12:00:00"
TARGETS = {"surveys": {"nps_target": 30}, "customers": {"churn_target": 0.03}}


@pytest.fixture(scope="module")
def view() -> View:
    """Give the view of a centre with surveys and customers."""
    return view_at(NOW, loyal_events(at(NOW)), configuration=TARGETS)


def values(view: View, sheet: Sheet, column: str, window: str = "30d") -> dict[Place, float]:
    """Return the values of a column by place, those that there are."""
    index = sheet.columns.index(column)
    rows = SheetTable(sheet, ("7d", "30d", "90d")).rows(view, window)
    return {place: value for place, row in rows.items() if (value := row[index]) is not None}


def test_queues_have_the_window_asked_for_and_the_site_every_one(view: View) -> None:
    """So a number stands beside its own past, and a large site sends its queues once."""
    found = values(view, QUALITY, "nps_score", "7d")
    assert found.keys() == {("7d", "sales"), ("7d", "service"), ("7d", None), ("30d", None), ("90d", None)}
    assert values(view, QUALITY, "survey_responses.nps", "7d")["7d", None] == 48
    assert found["7d", None] == sum(
        sample.value for sample in view.windows["7d"] if sample.name == "support_all_window_nps_score"
    )


def test_the_state_has_a_row_without_a_window(view: View) -> None:
    """Targets, and what a customer is worth now."""
    assert values(view, QUALITY, "nps_target_score") == {(None, None): 30}
    assert values(view, QUALITY, "csat_target_ratio") == {}
    assert values(view, CUSTOMERS, "churn_target_ratio") == {(None, None, None): 0.03}
    worth = values(view, CUSTOMERS, "customer_lifetime_value")
    assert (None, None, "EUR") in worth
    assert (None, "basic", "EUR") in worth


def test_money_has_a_row_for_each_currency(view: View) -> None:
    """They are never added: without a currency there is no amount."""
    found = values(view, CUSTOMERS, "mrr_parts.at_end")
    assert found["30d", None, "CHF"] == found["30d", "team", "CHF"]
    assert found["30d", None, "EUR"] == found["30d", "basic", "EUR"] + found["30d", "plus", "EUR"]
    assert all(currency is not None for _, _, currency in found)
    assert values(view, CUSTOMERS, "customers_lost")["30d", None, None] == 5


@pytest.mark.parametrize(("sheet", "group"), [(QUALITY, "surveys"), (CUSTOMERS, "customers")])
def test_every_metric_of_the_group_is_there_and_described(sheet: Sheet, group: str) -> None:
    """By its columns, and by what the reference says of it."""
    wanted = [metric for metric in metrics() if metric.group == group]
    shorts = {column.partition(".")[0] for column in sheet.columns}
    assert sheet.catalogue.keys() == shorts
    for metric in wanted:
        assert any(metric.name.endswith(f"_{short}") for short in shorts) or "_mrr_" in metric.name
    for told in sheet.catalogue.values():
        assert told.help
        assert told.german
        assert told.trap


def test_every_column_is_filled_by_a_busy_centre(view: View) -> None:
    """No column is only a name, but for the target that is not set and what only one currency has."""
    for sheet in (QUALITY, CUSTOMERS):
        rows = SheetTable(sheet, ("7d", "30d", "90d")).rows(view, "30d").values()
        empty = {
            column for index, column in enumerate(sheet.columns) if all(row[index] is None for row in rows)
        }
        assert empty <= {"csat_target_ratio"}, empty


def test_a_centre_without_surveys_and_customers_has_no_rows() -> None:
    """No answers are not zero answers."""
    for sheet in (QUALITY, CUSTOMERS):
        assert SheetTable(sheet, ("7d", "30d")).rows(view_at(NOW), "30d") == {}
