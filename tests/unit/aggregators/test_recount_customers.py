"""The recount's stories of customers."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aggregators.recount import read_lines
from aggregators.recount_customers import SITE, Amount, Due, Spell, Story, story_of
from aggregators.recount_timeline import cases_of
from tests.laws.logs import as_line
from tests.laws.strategies import BASE, written

DAY = 86_400
BASIC = {"product": "basic"}
EUROS = {"product": "basic", "mrr": 1_000, "currency": "EUR"}


def story(*events: tuple[int, str, dict[str, Any]]) -> Story:
    """Return the story of events (days after Monday, 2 March 2026, 10:00 UTC; kind; fields)."""
    log = written(*((days * DAY, f"customer.{kind}", "anna", data) for days, kind, data in events))
    found, refused = read_lines(map(as_line, log))
    assert refused == []
    (case,) = cases_of(found)
    return story_of(case, ZoneInfo("UTC"))


def moment(days: int) -> int:
    """Return so many days after the beginning, in milliseconds."""
    return BASE + days * DAY * 1000


def test_spells_last_from_winning_to_losing() -> None:
    """Gone and come back; the site as long as any product."""
    plus = {**EUROS, "product": "plus"}
    found = story(
        (0, "subscribed", EUROS), (1, "subscribed", plus), (2, "cancelled", BASIC), (4, "subscribed", EUROS)
    )
    assert found.spells["basic"] == [Spell(moment(0), moment(2)), Spell(moment(4))]
    assert found.spells[SITE] == [Spell(moment(0))]
    assert found.is_subscribed
    assert not story((0, "subscribed", EUROS), (1, "cancelled", BASIC)).is_subscribed
    assert [found.spells["basic"][0].holds_at(moment(day)) for day in (0, 1, 2, 3)] == [
        False,
        True,
        True,
        False,
    ]


def test_revenue_moves_in_its_currency() -> None:
    """Up, down, and gone."""
    found = story(
        (0, "subscribed", EUROS),
        (1, "changed", {**BASIC, "mrr": 1_500}),
        (2, "changed", {**BASIC, "mrr": 1_400}),
        (3, "cancelled", BASIC),
    )
    moved = [("new", 1_000), ("expanded", 500), ("contracted", 100), ("cancelled", 1_400)]
    assert found.amounts == [Amount(moment(day), "basic", "EUR", *each) for day, each in enumerate(moved)]


def test_dues_are_those_taken_and_the_one_after() -> None:
    """A month from 2 March; renewed once."""
    found = story((0, "subscribed", {**EUROS, "term_months": 1}), (31, "renewed", BASIC))
    days = [int(datetime(2026, month, 2, tzinfo=UTC).timestamp()) * 1000 for month in (4, 5)]
    assert found.dues == [Due(days[0], "basic", was_taken=True), Due(days[1], "basic", was_taken=False)]
    assert story((0, "subscribed", {**EUROS, "term_months": 1}), (5, "cancelled", BASIC)).dues == []


def test_what_names_no_product() -> None:
    """Orders, visits, carts that were opened."""
    cart = {"cart": "k"}
    found = story(
        (0, "cart_abandoned", cart),
        (1, "cart_opened", cart),
        (2, "cart_abandoned", cart),
        (3, "visited", {}),
        (4, "purchased", {"amount": 1, "currency": "EUR", "upsell": True}),
        (5, "engaged", {}),
    )
    assert found.moments == {
        "carts_opened": [moment(1)],
        "carts_abandoned": [moment(2)],
        "visits": [moment(3)],
        "orders": [moment(4)],
        "interactions": [moment(5)],
    }
    assert found.sales == [(moment(4), "none", True)]
    assert found.products() == {"none"}
